// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Collects what is wrong with a configuration, so that the operator is told everything at once.
///
/// Holds at most [#MAX] problems and counts the rest. Confined to one thread.
public final class Problems {
  /// Problems kept; a file with more of them is not a configuration.
  public static final int MAX = 100;

  private static final Comparator<Problem> IN_FILE_ORDER =
      Comparator.comparing(
          Problem::place,
          Comparator.nullsFirst(
              Comparator.comparingInt(Place::line).thenComparingInt(Place::column)));

  private final List<Problem> kept = new ArrayList<>();
  private int left;

  /// Creates a collector without problems.
  public Problems() {}

  /// Adds a problem with a hint such as `expected: 1..65535`.
  ///
  /// Of several problems with one value, the first is kept: the others follow from it, as a missing
  /// variable makes a number that is none.
  public void add(@Nullable Place place, KeyPath key, String what, String hint) {
    var problem = new Problem(place, key.toString(), what, hint);
    if (place != null && kept.stream().anyMatch(problem::isAbout)) {
      return;
    }
    if (kept.size() == MAX) {
      left++;
      return;
    }
    kept.add(problem);
  }

  /// Adds a problem whose text says it all.
  public void add(@Nullable Place place, KeyPath key, String what) {
    add(place, key, what, "");
  }

  /// {@return whether nothing is wrong so far}
  public boolean isEmpty() {
    return kept.isEmpty();
  }

  /// {@return how many problems there are, kept or not}
  public int count() {
    return kept.size() + left;
  }

  /// {@return the problems in the order of the file}
  public List<Problem> list() {
    List<Problem> sorted = new ArrayList<>(kept);
    sorted.sort(IN_FILE_ORDER);
    if (left > 0) {
      sorted.add(new Problem(null, "", left + " more problems are not shown", ""));
    }
    return List.copyOf(sorted);
  }

  /// Ends the reading when something is wrong.
  public void throwIfAny() throws ConfigurationException {
    if (!isEmpty()) {
      throw new ConfigurationException(list());
    }
  }
}
