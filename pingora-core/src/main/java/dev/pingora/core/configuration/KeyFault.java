// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.io.Serial;
import java.util.Objects;

/// A record refuses its components, and knows under which key the wrong one stands.
///
/// Thrown by constructors and builders, for rules over several keys. A reader of files turns it
/// into a [Problem] with the place of that key.
public final class KeyFault extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1L;

  private final String key;
  private final String what;
  private final String hint;

  /// Creates a fault.
  ///
  /// @param key the key, relative to the block of the record; empty when the whole block is meant
  /// @param what what is wrong
  /// @param hint what would be right, as `expected: …`; may be empty
  public KeyFault(String key, String what, String hint) {
    super((key.isEmpty() ? "" : key + ": ") + what + (hint.isEmpty() ? "" : " (" + hint + ")"));
    this.key = Objects.requireNonNull(key, "key");
    this.what = what;
    this.hint = hint;
  }

  /// Adds this fault of the block at `node` to the problems.
  void tell(ConfigNode node, KeyPath at, Problems problems) {
    boolean whole = key.isEmpty();
    Place place = whole ? node.place() : KeyPath.root().key(key).placeIn(node);
    problems.add(place, whole ? at : at.key(key), what, hint);
  }
}
