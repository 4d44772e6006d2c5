// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Asks a selection for its first choice again and again: for those whose choice is another one
/// each time, in the same proportions. Endless, unless there is nobody.
final class Again implements Iterator<Backend> {
  private final Selection selection;
  private final Object key;
  private @Nullable Backend next;

  private Again(Selection selection, Object key) {
    this.selection = selection;
    this.key = key;
  }

  static Iterator<Backend> of(Selection selection, Object key) {
    return new Again(selection, key);
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      next = selection.first(key);
    }
    return next != null;
  }

  @Override
  public Backend next() {
    Backend own = hasNext() ? next : null;
    if (own == null) {
      throw new NoSuchElementException("there is no backend");
    }
    next = null;
    return own;
  }
}
