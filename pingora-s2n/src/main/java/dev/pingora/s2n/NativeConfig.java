// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;

/// An s2n_config, and what it needs of its maker for as long as it lives. Never changed once it is
/// made: connections of several threads read it.
///
/// Freed when neither its context nor a session of it is reachable.
final class NativeConfig {
  private static final Cleaner CLEANER = Cleaner.create();

  final long config;

  /// An s2n_psk, copied by each connection; 0 for none.
  final long psk;

  /// [dev.pingora.tls.TicketKeys#version] of the keys in it.
  final int ticketVersion;

  NativeConfig(S2n library, Parts parts, int ticketVersion) {
    config = parts.config;
    psk = parts.psk;
    this.ticketVersion = ticketVersion;
    CLEANER.register(this, new Freeing(library, parts));
  }

  /// @param certificate the s2n_cert_chain_and_key in the configuration; 0 for none
  record Parts(long config, long certificate, long psk) {
    void free(S2n library) {
      ConfigCalls calls = library.configs;
      if (config != 0) {
        calls.free(config);
      }
      if (certificate != 0) {
        calls.freeCertificate(certificate);
      }
      if (psk != 0) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment pointer = arena.allocateFrom(ValueLayout.JAVA_LONG, psk);
          calls.freePsk(pointer.address());
        }
      }
    }
  }

  /// Must not hold the configuration itself.
  private record Freeing(S2n library, Parts parts) implements Runnable {
    @Override
    public void run() {
      parts.free(library);
    }
  }
}
