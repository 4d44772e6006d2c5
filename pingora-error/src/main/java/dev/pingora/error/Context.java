// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.error;

import static java.util.Objects.requireNonNull;

import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.IllegalFormatException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A text that is formatted when it is read: most failures are counted, retried and forgotten.
///
/// Immutable: arguments that could change (or are lent, as buffers are) become text at once.
record Context(String format, @Nullable Object[] args) {
  private static final @Nullable Object[] NONE = {};

  static Context of(String format, @Nullable Object[] args) {
    requireNonNull(format, "format");
    if (args.length == 0) {
      return new Context(format, NONE);
    }
    @Nullable Object[] frozen = new @Nullable Object[args.length];
    for (int i = 0; i < args.length; i++) {
      frozen[i] = isPlain(args[i]) ? args[i] : String.valueOf(args[i]);
    }
    return new Context(format, frozen);
  }

  private static boolean isPlain(@Nullable Object arg) {
    return switch (arg) {
      case null -> true;
      case String _, Number _, Boolean _, Character _, Enum<?> _, TemporalAccessor _ -> true;
      default -> false;
    };
  }

  /// A wrong format must not hide the failure that it was to describe.
  String text() {
    if (args.length == 0) {
      return format;
    }
    try {
      return String.format(Locale.ROOT, format, args);
    } catch (IllegalFormatException _) {
      return format + " " + Arrays.toString(args);
    }
  }
}
