// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import java.util.ArrayList;
import java.util.List;

/// A fixed set of field names. Asking whether a message holds any of them is one AND in the usual
/// case that it does not.
public final class FieldNames {
  private final List<FieldName> names;
  private final FieldName[] unknown;
  private final long lowIds;
  private final long highIds;
  private final long presence;

  private FieldNames(List<FieldName> names) {
    this.names = names;
    this.unknown = names.stream().filter(n -> n.id() == 0).toArray(FieldName[]::new);
    long low = 0;
    long high = 0;
    long mask = 0;
    for (FieldName name : names) {
      int id = name.id();
      low |= id > 0 && id < 64 ? 1L << id : 0;
      high |= id >= 64 ? 1L << id : 0;
      mask |= name.presence();
    }
    this.lowIds = low;
    this.highIds = high;
    this.presence = mask;
  }

  /// {@return the set of these names}
  public static FieldNames of(FieldName... names) {
    List<FieldName> distinct = new ArrayList<>(names.length);
    for (FieldName name : names) {
      if (!distinct.contains(name)) {
        distinct.add(name);
      }
    }
    return new FieldNames(List.copyOf(distinct));
  }

  /// {@return the names, in the order given}
  public List<FieldName> names() {
    return names;
  }

  /// {@return whether the set holds the name}
  public boolean contains(FieldName name) {
    return name.id() != 0 ? containsId(name.id()) : names.contains(name);
  }

  /// {@return whether the set holds the name of a line}
  public boolean contains(Fields fields, int index) {
    int id = fields.nameId(index);
    if (id != 0) {
      return containsId(id);
    }
    for (FieldName name : unknown) {
      if (fields.nameEquals(index, name)) {
        return true;
      }
    }
    return false;
  }

  /// Removes the lines of these names.
  ///
  /// @return whether there was one
  boolean removeFrom(Fields fields) {
    int before = fields.size();
    for (int i = before - 1; i >= 0; i--) {
      if (contains(fields, i)) {
        fields.removeAt(i);
      }
    }
    return fields.size() != before;
  }

  private boolean containsId(int id) {
    return ((id < 64 ? lowIds : highIds) & 1L << id) != 0;
  }

  /// The presence bits of all names, see [KnownNames#presence].
  long presence() {
    return presence;
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
