// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import java.util.Iterator;
import java.util.NoSuchElementException;

/// The lines of a [Fields] in order. Lines that are added meanwhile are seen, and a removal shifts
/// the rest; nothing breaks.
final class FieldIterator implements Iterator<Field> {
  private final Fields fields;
  private int next;

  FieldIterator(Fields fields) {
    this.fields = fields;
  }

  @Override
  public boolean hasNext() {
    return next < fields.size();
  }

  @Override
  public Field next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Field field = new Field(fields.name(next), fields.value(next));
    next++;
    return field;
  }
}
