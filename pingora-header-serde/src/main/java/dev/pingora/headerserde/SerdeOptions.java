// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The settings of a [HeaderSerde].
///
/// @param dictionary what heads are written with; null for none
/// @param alsoReads further dictionaries that stored heads may need. To change a dictionary: name
///   the old one here until no store holds heads of its time.
/// @param level the level of zstd for writing, 1 (fast) to 19 (small)
/// @param maxHeadBytes the longest head in its text form; a longer one is neither written nor read
/// @param maxFields the most field lines of a head
public record SerdeOptions(
    @Nullable HeaderDictionary dictionary,
    List<HeaderDictionary> alsoReads,
    int level,
    int maxHeadBytes,
    int maxFields) {

  /// Level 3, heads of up to 128 KiB with 256 fields, as in Pingora; no dictionary.
  public static final SerdeOptions PLAIN = new SerdeOptions(null, List.of(), 3, 128 * 1024, 256);

  /// Refuses what makes no sense, among it two dictionaries of one number.
  public SerdeOptions {
    alsoReads = List.copyOf(alsoReads);
    require("level", level, 1, 19);
    require("maxHeadBytes", maxHeadBytes, 64, 4 << 20);
    require("maxFields", maxFields, 1, 65_536);
    Set<Integer> numbers = new HashSet<>();
    if (dictionary != null) {
      numbers.add(dictionary.id());
    }
    for (HeaderDictionary other : alsoReads) {
      if (!numbers.add(other.id()) && !isSame(other, dictionary)) {
        throw new IllegalArgumentException("alsoReads: " + other + " (expected: another number)");
      }
    }
  }

  private static boolean isSame(HeaderDictionary one, @Nullable HeaderDictionary other) {
    return other != null && one.equals(other);
  }

  private static void require(String name, int value, int from, int to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + from + ".." + to + ")");
    }
  }

  /// {@return the shipped dictionaries: the newest to write, all to read}
  public static SerdeOptions standard() {
    List<HeaderDictionary> shipped = HeaderDictionary.shipped();
    return PLAIN.withDictionary(shipped.getFirst(), shipped.subList(1, shipped.size()));
  }

  /// {@return these settings with other dictionaries}
  ///
  /// @param writes what heads are written with; always read too
  /// @param alsoReads what else is read
  public SerdeOptions withDictionary(HeaderDictionary writes, List<HeaderDictionary> alsoReads) {
    requireNonNull(writes, "writes");
    return new SerdeOptions(writes, alsoReads, level, maxHeadBytes, maxFields);
  }

  /// {@return these settings with another level}
  public SerdeOptions withLevel(int other) {
    return new SerdeOptions(dictionary, alsoReads, other, maxHeadBytes, maxFields);
  }

  /// {@return these settings with other limits}
  public SerdeOptions withLimits(int headBytes, int fields) {
    return new SerdeOptions(dictionary, alsoReads, level, headBytes, fields);
  }
}
