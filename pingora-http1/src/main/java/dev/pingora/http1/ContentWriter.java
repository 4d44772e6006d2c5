// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Writes the framing around the content of one message; the content itself goes by another way,
/// uncopied.
///
/// ```java
/// writer.writePrefix(content.remaining(), out);
/// … content …
/// writer.writeSuffix(out);
/// … more of the same …
/// writer.writeEnd(trailers, out);
/// ```
///
/// What was announced is what is written: content that is longer or shorter than its announced
/// length is an error, for a peer would take the surplus for the next message, or wait for ever.
/// One owner; not safe for use by several threads at once.
public final class ContentWriter {
  /// Octets that [#writePrefix] writes at most: eight hexadecimal digits and CRLF.
  public static final int MAX_PREFIX = 10;

  /// Octets that [#writeSuffix] writes at most: CRLF.
  public static final int MAX_SUFFIX = 2;

  private static final int LAST_CHUNK = 5;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
  };

  private MessageFraming framing;
  private long announced;
  private long contentBytes;
  private boolean withinChunk;
  private boolean ended;

  private ContentWriter(MessageFraming framing) {
    this.framing = framing;
    this.announced = announced(framing);
  }

  /// {@return a writer for content with this framing}
  public static ContentWriter of(MessageFraming framing) {
    return new ContentWriter(framing);
  }

  private static long announced(MessageFraming framing) {
    return switch (framing) {
      case MessageFraming.None _ -> 0;
      case MessageFraming.ContentLength(long length) -> length;
      case MessageFraming.Chunked _, MessageFraming.UntilClose _, MessageFraming.Tunnel _ ->
          Long.MAX_VALUE;
    };
  }

  /// Begins with the content of the next message, whatever became of the last.
  public void restart(MessageFraming next) {
    framing = next;
    announced = announced(next);
    contentBytes = 0;
    withinChunk = false;
    ended = false;
  }

  /// Writes what comes before a piece of content, and counts the piece.
  ///
  /// An empty piece is allowed and writes nothing: an empty chunk would end the content (RFC 9112
  /// §7.1).
  ///
  /// @param length the piece's octets
  /// @throws ProxyException with `WRITE_ERROR` if there are more octets than announced; then
  ///   nothing is written or counted
  /// @throws BufferOverflowException if `out` has less room than needed, at most [#MAX_PREFIX];
  ///   nothing is written or counted
  public void writePrefix(int length, ByteBuffer out) throws ProxyException {
    checkOpen(length);
    if (framing instanceof MessageFraming.Chunked && length > 0) {
      int digits = digits(length);
      checkRoom(out, digits + 2);
      for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        out.put(HEX[length >>> shift & 15]);
      }
      writeLineEnd(out);
      withinChunk = true;
    }
    contentBytes += length;
  }

  private void checkOpen(int length) throws ProxyException {
    if (length < 0) {
      throw new IllegalArgumentException("length: " + length + " (expected: 0 or more)");
    }
    if (ended || withinChunk) {
      throw new IllegalStateException(ended ? "content has ended" : "within a chunk");
    }
    if (length > announced - contentBytes) {
      throw ProxyException.of(
          ErrorKind.WRITE_ERROR,
          "content of %s octets or more, %s announced",
          contentBytes + length,
          announced);
    }
  }

  /// Writes what comes behind a piece of content.
  ///
  /// @throws BufferOverflowException if `out` has less room than needed, at most [#MAX_SUFFIX];
  ///   nothing is written
  public void writeSuffix(ByteBuffer out) {
    if (withinChunk) {
      checkRoom(out, MAX_SUFFIX);
      writeLineEnd(out);
      withinChunk = false;
    }
  }

  /// {@return how many octets [#writeEnd] will write}
  public int endLength(@Nullable Fields trailers) {
    if (!(framing instanceof MessageFraming.Chunked)) {
      return 0;
    }
    return trailers == null ? LAST_CHUNK : LAST_CHUNK + trailers.encodedLength();
  }

  /// Ends the content.
  ///
  /// Trailers are written in the chunked coding only; every other framing has no place for them and
  /// leaves them out, which RFC 9110 §6.5 permits: a recipient that needs them must not have been
  /// sent them in a trailer section.
  ///
  /// @param trailers fields that have passed [HopByHop#filterTrailers]; null for none
  /// @throws ProxyException with `WRITE_ERROR` if there were fewer octets than announced: the
  ///   connection must close
  /// @throws BufferOverflowException if `out` has less room than [#endLength]; nothing is written
  public void writeEnd(@Nullable Fields trailers, ByteBuffer out) throws ProxyException {
    if (ended || withinChunk) {
      throw new IllegalStateException(ended ? "content has ended" : "within a chunk");
    }
    if (framing instanceof MessageFraming.ContentLength && contentBytes < announced) {
      throw ProxyException.of(
          ErrorKind.WRITE_ERROR, "content of %s octets, %s announced", contentBytes, announced);
    }
    if (framing instanceof MessageFraming.Chunked) {
      writeLastChunk(trailers, out);
    }
    ended = true;
  }

  private void writeLastChunk(@Nullable Fields trailers, ByteBuffer out) {
    checkRoom(out, endLength(trailers));
    out.put((byte) '0');
    writeLineEnd(out);
    if (trailers != null) {
      trailers.writeTo(out);
    }
    writeLineEnd(out);
  }

  /// {@return whether [#writeEnd] has been called}
  public boolean ended() {
    return ended;
  }

  /// {@return whether the message is complete on the wire without any [#writeEnd]: its announced
  /// octets are written}
  public boolean satisfied() {
    return ended || (contentBytes == announced && !(framing instanceof MessageFraming.Chunked));
  }

  /// {@return the octets of content announced by [#writePrefix] so far}
  public long contentBytes() {
    return contentBytes;
  }

  private static int digits(int length) {
    return (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 3) / 4;
  }

  private static void checkRoom(ByteBuffer out, int octets) {
    if (out.remaining() < octets) {
      throw new BufferOverflowException();
    }
  }

  private static void writeLineEnd(ByteBuffer out) {
    out.put(Octets.CR).put(Octets.LF);
  }
}
