// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ProtocolNames;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.Verify;
import org.jspecify.annotations.Nullable;

/// What the callbacks and sessions of a client's context need.
///
/// @param alternativeName also accepted in the certificate; null for none
/// @param remembered sessions to go on from; null when none are remembered
record ClientSide(
    Verify verify, @Nullable String alternativeName, @Nullable SessionStore remembered)
    implements OpenSslContext.Side {

  static OpenSslContext open(OpenSsl library, ClientTls config) throws TlsException {
    try (ContextSetup setup = new ContextSetup(library)) {
      ContextCalls calls = library.contexts;
      long context = setup.context;
      setup.profile(config.profile(), config.secondKeyShare() ? 2 : 1);
      CertKey certificate = config.certificate();
      if (certificate != null) {
        setup.certificate(certificate);
      }
      if (config.verify() == Verify.NONE) {
        calls.setVerify(context, Control.VERIFY_NONE, 0);
      } else {
        calls.setCertStore(context, library.trust(config.roots()));
        library.crypto.parameterFlags(calls.parameters(context), Control.PARTIAL_CHAIN);
        calls.setVerify(context, Control.VERIFY_PEER, 0);
      }
      byte[] alpn = ProtocolNames.wire(config.alpn());
      if (alpn.length > 0) {
        setup.check(calls.setAlpnProtocols(context, setup.octets(alpn), alpn.length) == 0, "alpn");
      }
      if (config.keyLog() != null) {
        calls.setKeyLog(context, library.callbacks.keyLog);
      }
      SessionStore store = null;
      if (config.resumption() > 0) {
        store = new SessionStore(config.resumption());
        calls.control(context, Control.SET_SESSION_CACHE_MODE, Control.CACHE_CLIENT_OURS, 0);
        calls.setNewSession(context, library.callbacks.newSession);
      } else {
        calls.control(context, Control.SET_SESSION_CACHE_MODE, Control.CACHE_OFF, 0);
        calls.setOptions(context, Control.NO_TICKET);
      }
      ClientSide side = new ClientSide(config.verify(), config.alternativeName(), store);
      PeerName.checkAlternative(library.dialect.id(), config.alternativeName());
      setup.further(config.nativeSettings());
      return setup.take(config.keyLog(), side);
    }
  }

  /// {@return what to ask for in SNI, and to look for in the certificate}
  ///
  /// @throws TlsException CONFIGURATION when there is no name to check
  PeerName nameOf(String provider, ServerId server) throws TlsException {
    return PeerName.of(provider, server.name(), verify == Verify.CHAIN_AND_NAME, alternativeName);
  }

  @Override
  public boolean verifies() {
    return verify != Verify.NONE;
  }

  @Override
  public void free(OpenSsl library) {
    if (remembered != null) {
      remembered.clear(library.ssl);
    }
  }
}
