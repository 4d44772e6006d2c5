// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Reads the content of one message out of its connection's input, in place.
///
/// ```java
/// int length = content.read(in, 64 * 1024);
/// if (length > 0) {
///   use(in.slice(in.position() - length, length));       // lent until `in` changes
/// }
/// ```
///
/// Each call skips framing and then steps over at most one piece of content, which stays where it
/// is: the `length` octets before the new position. Zero means that no content is left in the
/// input: either the content has [#ended], and what remains in the input belongs to the next
/// message, or more input is needed and none is left. Nothing behind the message is ever consumed.
/// Partial chunk lines and trailer sections are kept here, within [Http1Limits], so the caller may
/// release its buffer after each call.
///
/// After an exception the reader must not be used again, and the connection closes: where the next
/// message begins is unknown. One owner; not safe for use by several threads at once.
public final class ContentReader {
  private final ErrorSource side;
  private final Http1Limits limits;
  private MessageFraming framing;
  private @Nullable ChunkReader chunks;
  private long remaining;
  private long contentBytes;
  private boolean inputEnded;

  private ContentReader(MessageFraming framing, ErrorSource side, Http1Limits limits) {
    this.framing = framing;
    this.side = side;
    this.limits = limits;
    restart(framing);
  }

  /// Begins with the content of the next message. Allowed once the last has [#ended].
  public void restart(MessageFraming next) {
    framing = next;
    chunks = next instanceof MessageFraming.Chunked ? new ChunkReader(side, limits) : null;
    remaining = next instanceof MessageFraming.ContentLength(long length) ? length : 0;
    contentBytes = 0;
    inputEnded = false;
  }

  /// {@return a reader for the content of a request}
  public static ContentReader ofRequest(MessageFraming framing, Http1Limits limits) {
    return new ContentReader(framing, ErrorSource.DOWNSTREAM, limits);
  }

  /// {@return a reader for the content of a response}
  public static ContentReader ofResponse(MessageFraming framing, Http1Limits limits) {
    return new ContentReader(framing, ErrorSource.UPSTREAM, limits);
  }

  /// Like [#read(ByteBuffer, int)] with no bound but the input's.
  public int read(ByteBuffer in) throws ProxyException {
    return read(in, Integer.MAX_VALUE);
  }

  /// Steps over framing and one piece of content.
  ///
  /// @param in input between position and limit; the position moves behind the piece
  /// @param max how long the piece may be, at least 1
  /// @return the piece's length; it ends at the new position. 0: see the class comment
  /// @throws ProxyException if the framing is malformed or exceeds a limit
  public int read(ByteBuffer in, int max) throws ProxyException {
    if (max < 1) {
      throw new IllegalArgumentException("max: " + max + " (expected: 1 or more)");
    }
    int length =
        switch (framing) {
          case MessageFraming.None _ -> 0;
          case MessageFraming.ContentLength _ -> counted(in, max);
          case MessageFraming.Chunked _ -> chunked(in, max);
          case MessageFraming.UntilClose _, MessageFraming.Tunnel _ -> step(in, max);
        };
    contentBytes += length;
    return length;
  }

  private int counted(ByteBuffer in, int max) {
    int length = step(in, (int) Math.min(max, remaining));
    remaining -= length;
    return length;
  }

  private int chunked(ByteBuffer in, int max) throws ProxyException {
    return chunks == null ? 0 : chunks.read(in, max);
  }

  private static int step(ByteBuffer in, int max) {
    int length = Math.min(in.remaining(), max);
    in.position(in.position() + length);
    return length;
  }

  /// {@return whether the content and its framing have been read to the end}
  public boolean ended() {
    return switch (framing) {
      case MessageFraming.None _ -> true;
      case MessageFraming.ContentLength _ -> remaining == 0;
      case MessageFraming.Chunked _ -> chunks != null && chunks.ended();
      case MessageFraming.UntilClose _, MessageFraming.Tunnel _ -> inputEnded;
    };
  }

  /// {@return the trailer fields, once the content has ended; null if there were none}
  public @Nullable Fields trailers() {
    return chunks == null ? null : chunks.trailers();
  }

  /// {@return the octets of content read so far, without framing}
  public long contentBytes() {
    return contentBytes;
  }

  /// {@return the octets of content still to come if their number is known, else -1}
  public long remainingBytes() {
    return switch (framing) {
      case MessageFraming.None _ -> 0;
      case MessageFraming.ContentLength _ -> remaining;
      case MessageFraming.Chunked _ -> ended() ? 0 : -1;
      case MessageFraming.UntilClose _, MessageFraming.Tunnel _ -> inputEnded ? 0 : -1;
    };
  }

  /// To be called when the peer has closed its side and all input has been read.
  ///
  /// @throws ProxyException if content is missing: an incomplete message must never look complete
  ///   (RFC 9112 §8)
  public void endOfInput() throws ProxyException {
    inputEnded = true;
    if (!ended()) {
      throw Violation.closed(
          side, "the peer closed after %s octets of incomplete content", contentBytes);
    }
  }
}
