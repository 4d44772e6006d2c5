// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsSession;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The records that a session has to send, given one at a time. Guarded by the engine's lock.
///
/// The header of the next one is drained ahead, since a session cannot be asked whether it has
/// something to say: what waits is known from it, and how long it is.
final class Outgoing {
  private static final int HEADER = 5;

  private final byte[] head = new byte[HEADER];
  private int headLength;

  Outgoing() {}

  /// {@return whether there is a record to send}
  boolean isWaiting() {
    return headLength > 0;
  }

  /// Drains the header of the next record, if there is one.
  ///
  /// @param session null for one that is freed, which has nothing more to say
  void look(@Nullable TlsSession session, Scratch scratch) {
    while (session != null && headLength < HEADER) {
      int some = session.drain(scratch.out, 0, HEADER - headLength);
      if (some <= 0) {
        return; // records are whole: nothing at all
      }
      scratch.outBuffer.get(0, head, headLength, some);
      headLength += some;
    }
  }

  /// Encrypts what makes one record at most.
  ///
  /// @return how many octets of the sources were taken
  int encrypt(TlsSession session, ByteBuffer[] sources, int offset, int count, Scratch scratch)
      throws TlsException {
    int length = Records.gather(sources, offset, count, scratch.inBuffer);
    if (length == 0) {
      return 0;
    }
    int taken = session.write(scratch.in, 0, length);
    if (taken == 0) {
      throw TlsException.of(Reason.INTERNAL, "the session takes nothing");
    }
    Records.advance(sources, offset, count, taken);
    look(session, scratch);
    return taken;
  }

  /// Gives the record whose header was drained, and looks for the next.
  ///
  /// @return its length
  int deliver(TlsSession session, ByteBuffer target, Scratch scratch) throws TlsException {
    int length = (head[3] & 0xff) << 8 | head[4] & 0xff;
    if (HEADER + length > target.remaining()) {
      throw TlsException.of(Reason.INTERNAL, "a record of " + length + " octets to send");
    }
    target.put(head);
    int left = length;
    while (left > 0) {
      int some = session.drain(scratch.out, 0, left);
      if (some <= 0) {
        throw TlsException.of(Reason.INTERNAL, "a record that ends early");
      }
      target.put(target.position(), scratch.outBuffer, 0, some);
      target.position(target.position() + some);
      left -= some;
    }
    headLength = 0;
    look(session, scratch);
    return HEADER + length;
  }
}
