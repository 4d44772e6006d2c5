// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Failures as the native half writes them (`failure.rs`): reason (1 octet), alert (2, 0xffff for
/// none), text.
final class Failures {
  /// Octets of a failure; a longer text is cut off.
  private static final int ROOM = 1024;

  private static final int NO_ALERT = 0xffff;

  /// By their numbers in `failure.rs`.
  private static final Reason[] REASONS = {
    Reason.CONFIGURATION,
    Reason.HANDSHAKE,
    Reason.BAD_CERTIFICATE,
    Reason.ALERTED,
    Reason.TRUNCATED,
    Reason.INTERNAL
  };

  private Failures() {}

  static MemorySegment room(Arena arena) {
    return arena.allocate(ROOM);
  }

  /// {@return the failure of a session}
  static TlsException of(long session) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = room(arena);
      return read(room, Native.failure(session, room.address(), ROOM));
    }
  }

  /// {@return the failure that was written}
  ///
  /// @param length of the failure, of which [#ROOM] octets were written at most
  static TlsException read(MemorySegment from, long length) {
    if (length < 3) {
      return TlsException.of(Reason.INTERNAL, "rustls failed without saying why");
    }
    byte[] all = from.asSlice(0, Math.min(length, ROOM)).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer fields = ByteBuffer.wrap(all);
    Reason reason = REASONS[fields.get()];
    int alert = Short.toUnsignedInt(fields.getShort());
    String text = StandardCharsets.UTF_8.decode(fields).toString();
    TlsException failure = TlsException.of(reason, "rustls: " + text);
    return alert == NO_ALERT ? failure : failure.withAlert(alert);
  }
}
