// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.Verify;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;
import org.jspecify.annotations.Nullable;

/// Makes engines of one configuration.
final class JsseContext implements TlsContext {
  /// With a matcher the JDK resumes only for the name of the session (RFC 6066 §3).
  private static final SNIMatcher ANY_NAME =
      new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
        @Override
        public boolean matches(SNIServerName name) {
          return true;
        }
      };

  /// Sessions that a server remembers for clients that cannot keep tickets.
  private static final int SERVER_SESSIONS = 10_240;

  private final SSLContext context;
  private final Negotiation negotiation;
  private final Buffers buffers;
  private final @Nullable ServerTls server;
  private final @Nullable ClientTls client;
  private final AtomicInteger count = new AtomicInteger();

  private JsseContext(
      SSLContext context,
      Negotiation negotiation,
      Buffers buffers,
      @Nullable ServerTls server,
      @Nullable ClientTls client) {
    this.context = context;
    this.negotiation = negotiation;
    this.buffers = buffers;
    this.server = server;
    this.client = client;
  }

  static JsseContext server(
      ServerTls config, SSLContext context, Negotiation negotiation, Buffers buffers) {
    context.getServerSessionContext().setSessionCacheSize(SERVER_SESSIONS);
    return new JsseContext(context, negotiation, buffers, config, null);
  }

  static JsseContext client(
      ClientTls config, SSLContext context, Negotiation negotiation, Buffers buffers) {
    // 0 would be: no limit. What must not be resumed is never found, see below.
    context.getClientSessionContext().setSessionCacheSize(Math.max(1, config.resumption()));
    return new JsseContext(context, negotiation, buffers, null, config);
  }

  @Override
  public boolean blocks() {
    CertKey own =
        server != null ? server.certificate() : client != null ? client.certificate() : null;
    return own != null && own.isRemote();
  }

  @Override
  public String provider() {
    return JsseTls.ID;
  }

  @Override
  public TlsSession session(ServerId id) throws TlsException {
    ServerTls serving = server;
    if (serving != null) {
      return new JsseSession(serverEngine(serving), buffers, false, null);
    }
    ClientTls asking = client;
    if (asking == null) {
      throw new IllegalStateException("neither for servers nor for clients");
    }
    return clientSession(asking, id);
  }

  private SSLEngine serverEngine(ServerTls config) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = negotiation.parameters();
    switch (config.clientAuth()) {
      case OFF -> {}
      case OPTIONAL -> parameters.setWantClientAuth(true);
      case REQUIRED -> parameters.setNeedClientAuth(true);
    }
    parameters.setSNIMatchers(List.of(ANY_NAME));
    engine.setSSLParameters(parameters);
    if (!config.alpn().isEmpty()) {
      engine.setHandshakeApplicationProtocolSelector(
          (_, offered) -> choose(config.alpn(), offered, config.alpnRequired()));
    }
    return engine;
  }

  /// {@return the first of ours that is offered; empty = none, null = refuse (RFC 7301 §3.2)}
  private static @Nullable String choose(
      List<String> ours, List<String> offered, boolean required) {
    for (String protocol : ours) {
      if (offered.contains(protocol)) {
        return protocol;
      }
    }
    return required ? null : "";
  }

  private TlsSession clientSession(ClientTls config, ServerId id) throws TlsException {
    String name = id.name().endsWith(".") ? withoutDot(id.name()) : id.name();
    if (name.isEmpty() && config.verify() == Verify.CHAIN_AND_NAME) {
      throw configuration("no name to look for in the certificate (expected: one, or less verify)");
    }
    if (name.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || c == '/')) {
      throw configuration("server name \"" + name + "\" (expected: ASCII letters and digits)");
    }
    // The JDK takes these for keys, and resolves nothing. nameOf() reads them as well.
    String peer = name + "/" + id.key();
    // A port of its own keeps a session from being found again.
    int port = config.resumption() > 0 ? 0 : count.incrementAndGet() & Integer.MAX_VALUE;
    SSLEngine engine = context.createSSLEngine(peer, port);
    engine.setUseClientMode(true);
    SSLParameters parameters = negotiation.parameters();
    boolean sni = !name.isEmpty() && !PeerNames.isAddress(name);
    parameters.setServerNames(sni ? List.of(new HostName(name)) : List.of());
    parameters.setApplicationProtocols(config.alpn().toArray(new String[0]));
    engine.setSSLParameters(parameters);
    return new JsseSession(engine, buffers, true, sni ? name : null);
  }

  private static String withoutDot(String name) {
    return name.substring(0, name.length() - 1);
  }

  private static TlsException configuration(String what) {
    return TlsException.of(TlsException.Reason.CONFIGURATION, "jsse: " + what);
  }

  /// {@return whom the client of this engine talks to}
  static String nameOf(SSLEngine engine) {
    String peer = engine.getPeerHost();
    return peer == null ? "" : peer.substring(0, peer.indexOf('/'));
  }

  /// A name for SNI. The JDK's own type refuses underscores.
  private static final class HostName extends SNIServerName {
    HostName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
