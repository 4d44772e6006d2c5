// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import java.nio.ByteBuffer;

/// Recognises the connection preface of HTTP/2 (RFC 9113 §3.4), with which a client that knows the
/// server starts HTTP/2 on a connection where HTTP/1 would be spoken otherwise.
///
/// No HTTP/1 request can be mistaken for it: `PRI` is reserved for this purpose (RFC 9113 §11.6),
/// and the answer is given at the first octet that differs, so a normal request costs one
/// comparison. Stateless; any thread may use it.
public final class H2Preface {
  /// The length of the preface in octets.
  public static final int LENGTH = 24;

  private static final byte[] PREFACE = {
    'P', 'R', 'I', ' ', '*', ' ', 'H', 'T', 'T', 'P', '/', '2', '.', '0', '\r', '\n', '\r', '\n',
    'S', 'M', '\r', '\n', '\r', '\n'
  };

  /// What the octets that have come so far say.
  public enum Match {
    /// The connection speaks HTTP/2; the next octets after the preface are frames.
    YES,
    /// The connection does not begin with the preface.
    NO,
    /// Every octet so far belongs to the preface; wait for more.
    NEED_MORE
  }

  private H2Preface() {}

  /// {@return what the octets between position and limit say; the buffer stays as it is}
  public static Match matches(ByteBuffer in) {
    int from = in.position();
    int length = Math.min(in.remaining(), LENGTH);
    for (int i = 0; i < length; i++) {
      if (in.get(from + i) != PREFACE[i]) {
        return Match.NO;
      }
    }
    return length == LENGTH ? Match.YES : Match.NEED_MORE;
  }
}
