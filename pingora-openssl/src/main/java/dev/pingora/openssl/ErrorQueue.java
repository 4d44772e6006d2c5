// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.util.LinkedHashSet;
import java.util.Set;

/// The errors that OpenSSL leaves behind, one queue per OS thread.
///
/// Nothing may park between a call and reading its errors: a virtual thread would go on elsewhere.
/// So they are read at once, and exceptions made afterwards.
final class ErrorQueue {
  private static final int MOST = 16;

  private ErrorQueue() {}

  /// {@return the reasons in the queue, oldest first, which is then empty}
  static String take(CryptoCalls crypto) {
    Set<String> reasons = new LinkedHashSet<>();
    for (int i = 0; i < MOST; i++) {
      // Older headers return 32 bits: what is above them means nothing.
      long code = crypto.nextError() & 0xffff_ffffL;
      if (code == 0) {
        break;
      }
      long text = crypto.errorReason(code);
      reasons.add(text == 0 ? "error " + Long.toHexString(code) : NativeLibrary.string(text));
    }
    crypto.clearErrors();
    return reasons.isEmpty() ? "no reason given" : String.join(", ", reasons);
  }

  /// {@return a failure of the configuration, with the reasons in the queue}
  static TlsException configuration(OpenSsl library, String what) {
    return TlsException.of(
        TlsException.Reason.CONFIGURATION,
        library.dialect.id() + ": " + what + ": " + take(library.crypto));
  }
}
