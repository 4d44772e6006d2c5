// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Takes the chunked coding off content, in place (RFC 9112 §7.1).
///
/// ```
///   ┌──────────────────────────────────────────────┐
///   ▼                                              │
///  LINE ──size > 0──► DATA ──all──► DATA_CR ─CR─► DATA_LF
///   │ size = 0
///   └──► TRAILER_START ──CR──► TRAILER_LF ──LF──► ENDED
///             └──other──► TRAILERS ──empty line──► ENDED
/// ```
///
/// One owner; not safe for use by several threads at once.
final class ChunkReader {
  private enum Step {
    LINE,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_LF,
    TRAILERS,
    ENDED
  }

  private final ErrorSource side;
  private final Http1Limits limits;
  private final ChunkLine line;
  private Step step = Step.LINE;
  private long remaining;
  private long contentBytes;
  private long extensionBytes;
  private @Nullable SectionReader section;
  private @Nullable Fields trailers;

  ChunkReader(ErrorSource side, Http1Limits limits) {
    this.side = side;
    this.limits = limits;
    this.line = new ChunkLine(side, limits.chunkLineBytes());
  }

  boolean ended() {
    return step == Step.ENDED;
  }

  long contentBytes() {
    return contentBytes;
  }

  @Nullable Fields trailers() {
    return trailers;
  }

  /// As [ContentReader#read(ByteBuffer, int)].
  int read(ByteBuffer in, int max) throws ProxyException {
    while (in.hasRemaining()) {
      switch (step) {
        case LINE -> line(in);
        case DATA -> {
          return data(in, max);
        }
        case DATA_CR -> expect(in, Octets.CR, Step.DATA_LF);
        case DATA_LF -> expect(in, Octets.LF, Step.LINE);
        case TRAILER_START -> trailerStart(in);
        case TRAILER_LF -> expect(in, Octets.LF, Step.ENDED);
        case TRAILERS -> trailers(in);
        case ENDED -> {
          return 0;
        }
      }
    }
    return 0;
  }

  private void line(ByteBuffer in) throws ProxyException {
    if (!line.read(in)) {
      return;
    }
    remaining = line.size();
    step = remaining == 0 ? Step.TRAILER_START : Step.DATA;
    extensionBytes += line.extensionBytes();
    // A bound of our own: many small chunks with long extensions would make us read much for little
    // content. RFC 9112 §7.1.1
    // asks for a limit on the total, too.
    if (extensionBytes > limits.chunkLineBytes() + contentBytes) {
      throw Violation.content(
          side, "more chunk extensions than content and %s octets", limits.chunkLineBytes());
    }
    line.reset();
  }

  private int data(ByteBuffer in, int max) {
    int length = (int) Math.min(Math.min(in.remaining(), max), remaining);
    in.position(in.position() + length);
    remaining -= length;
    contentBytes += length;
    if (remaining == 0) {
      step = Step.DATA_CR;
    }
    return length;
  }

  /// RFC 9112 §2.2 lets a recipient take a lone LF for a line end in a head; inside chunked framing
  /// that is how two recipients come to see different messages, so both octets are demanded.
  private void expect(ByteBuffer in, byte wanted, Step next) throws ProxyException {
    byte octet = in.get();
    if (octet != wanted) {
      throw Violation.content(
          side,
          "%s where a line of the chunked coding should end (RFC 9112 §7.1)",
          Violation.quote(octet));
    }
    step = next;
  }

  private void trailerStart(ByteBuffer in) {
    if (in.get(in.position()) == Octets.CR) {
      in.position(in.position() + 1);
      step = Step.TRAILER_LF;
    } else {
      section = new SectionReader(SectionScanner.Kind.TRAILERS, side, limits);
      step = Step.TRAILERS;
    }
  }

  private void trailers(ByteBuffer in) throws ProxyException {
    SectionReader reader = section;
    if (reader == null) {
      throw new IllegalStateException("trailers without a reader");
    }
    byte[] octets = reader.read(in);
    if (octets != null) {
      trailers =
          new FieldParser(SectionScanner.Kind.TRAILERS, side).parse(octets, 0, reader.fieldLines());
      section = null;
      step = Step.ENDED;
    }
  }
}
