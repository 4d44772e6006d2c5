// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.MemorySegment;

/// Watches what a library reads for a fatal alert in the clear.
///
/// A client of OpenSSL that does not like the server's certificate says so in the clear, though
/// both have keys by then (RFC 8446 §6 has alerts encrypted like all else). OpenSSL's servers know
/// that; BoringSSL takes it for a record that cannot be decrypted, and nobody would learn the
/// reason. So it is remembered, to be told once the handshake has failed. It proves nothing:
/// anybody on the way can say it, as they can break the handshake.
///
/// Only for libraries that read the header of a record, then the record: one read each, unless the
/// peer's octets came in pieces.
final class PlainAlert {
  private static final int HEADER = 5;
  private static final int ALERT = 2;

  /// Type alert, version TLS 1.2 as all records of TLS 1.3 say (RFC 8446 §5.1), length 2.
  private static final long ALERT_FOLLOWS = 0x15_0303_0002L;

  private static final int FATAL = 2;

  private boolean follows;
  private int number = TlsException.NO_ALERT;

  /// Takes note of one read.
  void onRead(long at, int length) {
    // SAFETY: `length` octets were just written there.
    MemorySegment memory = NativeLibrary.MEMORY;
    if (length == HEADER) {
      long header = 0;
      for (int i = 0; i < HEADER; i++) {
        header = header << 8 | memory.get(JAVA_BYTE, at + i) & 0xff;
      }
      follows = header == ALERT_FOLLOWS;
      return;
    }
    if (follows && length == ALERT && memory.get(JAVA_BYTE, at) == FATAL) {
      number = memory.get(JAVA_BYTE, at + 1) & 0xff;
    }
    follows = false;
  }

  /// {@return its number; [TlsException#NO_ALERT] when there was none}
  int number() {
    return number;
  }
}
