// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.Verify;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a client's context is made of.
///
/// @param extras what only s2n-tls has
/// @param remembered sessions to go on from; null when none are remembered
record ClientSide(
    ClientTls config, S2nTls extras, @Nullable Policy policy, @Nullable SessionStore remembered)
    implements S2nContext.Side {
  private static final int OPTIONAL = 2;

  static ClientSide of(ClientTls config) throws TlsException {
    PeerName.checkAlternative(config.alternativeName());
    S2nTls own = config.s2n();
    S2nTls extras = own == null ? S2nTls.NOTHING : own;
    boolean resumes = config.resumption() > 0 && extras.psk() == null;
    return new ClientSide(
        config,
        extras,
        extras.securityPolicy() == null ? Policy.of(config.profile()) : null,
        resumes ? new SessionStore(config.resumption()) : null);
  }

  @Override
  public @Nullable CertKey certificate() {
    return config.certificate();
  }

  @Override
  public @Nullable KeyLog keyLog() {
    return config.keyLog();
  }

  @Override
  public boolean isStale(NativeConfig made) {
    return false;
  }

  @Override
  public NativeConfig make(S2n library) throws TlsException {
    try (ConfigSetup setup = new ConfigSetup(library)) {
      ConfigCalls calls = setup.calls;
      String named = extras.securityPolicy();
      setup.policy(policy == null ? String.valueOf(named) : policy.name());
      CertKey certificate = config.certificate();
      if (certificate != null) {
        setup.certificate(certificate);
      }
      // A server that asks for a certificate is given one, or none; without this it is failed.
      setup.check(calls.clientAuth(setup.config, OPTIONAL), "client certificates");
      setup.protocols(config.alpn());
      verify(setup);
      if (config.keyLog() != null) {
        setup.check(calls.keyLog(setup.config, library.callbacks.keyLog, 0), "key log");
      }
      if (remembered != null) {
        setup.check(calls.tickets(setup.config, (byte) 1), "resumption");
        setup.check(calls.ticketCallback(setup.config, library.callbacks.ticket, 0), "resumption");
      }
      S2nTls.PresharedKey psk = extras.psk();
      if (psk != null) {
        setup.psk(psk);
      }
      blinding(setup);
      setup.further(config.nativeSettings());
      return setup.take(0);
    }
  }

  /// Blinding would keep the request waiting that wants the connection, and guards against attacks
  /// on CBC, which only a policy asked for by name may have.
  private void blinding(ConfigSetup setup) throws TlsException {
    Duration delay = extras.maxBlindingDelay();
    if (delay == null && policy != null) {
      delay = Duration.ZERO;
    }
    if (delay != null) {
      int seconds = Math.toIntExact(delay.toSeconds());
      setup.check(setup.calls.maxBlinding(setup.config, seconds), "blinding");
    }
  }

  private void verify(ConfigSetup setup) throws TlsException {
    ConfigCalls calls = setup.calls;
    Callbacks callbacks = setup.library.callbacks;
    if (config.verify() == Verify.NONE) {
      setup.check(calls.verifyNothing(setup.config), "verify");
      return;
    }
    setup.trust(config.roots());
    setup.check(calls.verifyHost(setup.config, callbacks.host, 0), "verify");
    if (config.verify() == Verify.CHAIN_AND_NAME) {
      setup.check(calls.verifyChain(setup.config, callbacks.chain, 0), "verify");
    }
  }

  /// {@return what to ask for in SNI, and to look for in the certificate}
  ///
  /// @throws TlsException CONFIGURATION when there is no name to check
  PeerName nameOf(ServerId server) throws TlsException {
    return PeerName.of(
        server.name(), config.verify() == Verify.CHAIN_AND_NAME, config.alternativeName());
  }
}
