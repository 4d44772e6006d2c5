// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Takes one head or trailer section out of the input, in as many pieces as it comes.
///
/// A section that is there as a whole is copied once, into an array of its size. Otherwise the
/// pieces are kept in an array of this reader, so that the caller may release or reuse its buffer
/// between two calls; that array doubles when full and never exceeds what the limits allow, because
/// the scanner refuses the octet that would.
///
/// One owner; not safe for use by several threads at once.
final class SectionReader {
  private static final byte[] NOTHING = {};
  private static final int MIN_KEPT_BYTES = 256;

  private final SectionScanner scanner;
  private byte[] kept = NOTHING;
  private int keptBytes;
  private int fieldLines;

  SectionReader(SectionScanner.Kind kind, ErrorSource side, Http1Limits limits) {
    scanner = new SectionScanner(kind, side, limits);
  }

  /// {@return whether a section has begun and not ended}
  boolean started() {
    return keptBytes > 0;
  }

  /// {@return bytes of memory that hold the part of a section that has come}
  int keptCapacity() {
    return kept.length;
  }

  /// {@return how many field lines the last complete section has}
  int fieldLines() {
    return fieldLines;
  }

  /// Consumes the section, or all of the input if the section goes on behind it.
  ///
  /// @return the whole section with its last empty line, now the caller's; null if more input is
  ///   needed
  byte @Nullable [] read(ByteBuffer in) throws ProxyException {
    int from = in.position();
    int end = scanner.scan(in);
    if (end < 0) {
      keep(in);
      return null;
    }
    int length = end - from;
    byte[] section = Arrays.copyOf(kept, keptBytes + length);
    in.get(section, keptBytes, length);
    fieldLines = scanner.fieldLines();
    reset();
    return section;
  }

  private void keep(ByteBuffer in) {
    int length = in.remaining();
    int needed = keptBytes + length;
    if (needed > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(needed, Math.max(MIN_KEPT_BYTES, 2 * kept.length)));
    }
    in.get(kept, keptBytes, length);
    keptBytes = needed;
  }

  /// An idle connection keeps nothing.
  private void reset() {
    scanner.reset();
    kept = NOTHING;
    keptBytes = 0;
  }
}
