// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The content of one message as it arrives: piece by piece, each lent until the next look.
///
/// Confined to the request thread of its session.
public interface ContentSource {
  /// Looks for the next piece without waiting. A piece that was not taken stays and is READY again.
  ///
  /// @throws ProxyException when the message is malformed or incomplete, or the connection broke
  Progress poll() throws ProxyException;

  /// {@return octets of the piece at hand} After READY.
  int length();

  /// {@return the piece at hand, position to limit} Lent until the next [#poll]; reading it
  /// consumes nothing.
  ByteBuffer piece();

  /// Drops the piece at hand: it was used.
  void skip();

  /// Drops the first octets of the piece at hand; what is left is READY again.
  void skip(int octets);

  /// {@return whether the message was read to its end, and every piece of it used}
  boolean isEnded();

  /// {@return octets of content still to come if their number is known, else -1}
  long remaining();

  /// {@return the trailer section, null when there was none} After ENDED.
  @Nullable Fields trailers();

  /// {@return octets of content read so far, without framing}
  long contentBytes();
}
