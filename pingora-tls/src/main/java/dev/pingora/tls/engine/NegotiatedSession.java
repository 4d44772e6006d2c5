// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/// What a handshake agreed on, as applications ask for it; before a handshake, the JDK's "null"
/// session. Thread-safe.
///
/// Sessions to resume stay inside the library: there is no id, and no context that knows it.
final class NegotiatedSession extends ExtendedSSLSession {
  private static final String NO_SUITE = "SSL_NULL_WITH_NULL_NULL";
  private static final String NO_PROTOCOL = "NONE";
  private static final int HEADER = 5;

  /// What the sessions take, in the JDK's words.
  private static final List<String> SIGNATURES =
      List.of(
          "SHA256withECDSA",
          "SHA384withECDSA",
          "SHA512withECDSA",
          "Ed25519",
          "RSASSA-PSS",
          "SHA256withRSA",
          "SHA384withRSA",
          "SHA512withRSA");

  /// Gives keying material, if the session still can.
  interface Exporter {
    byte[] export(String label, byte[] context, int length) throws TlsException;
  }

  private final @Nullable TlsDigest digest;
  private final X509Certificate[] peer;
  private final X509Certificate[] local;
  private final @Nullable String host;
  private final int port;
  private final List<SNIServerName> names;
  private final Exporter exporter;
  private final long created = System.currentTimeMillis();
  private final Map<String, Object> values = new ConcurrentHashMap<>();
  private volatile boolean valid;

  NegotiatedSession(
      @Nullable TlsDigest digest,
      X509Certificate[] peer,
      X509Certificate[] local,
      EngineSettings settings,
      Exporter exporter) {
    this.digest = digest;
    this.peer = peer;
    this.local = local;
    host = settings.host;
    port = settings.port;
    names = digest == null ? List.of() : names(digest, settings);
    this.exporter = exporter;
    valid = digest != null;
  }

  private static List<SNIServerName> names(TlsDigest digest, EngineSettings settings) {
    if (settings.isClient()) {
      return settings.requestedNames();
    }
    String name = digest.serverName();
    try {
      return name == null ? List.of() : List.of(new SNIHostName(name));
    } catch (IllegalArgumentException e) {
      return List.of(); // with an underscore: the JDK has no type for it
    }
  }

  /// {@return what was agreed on; null before}
  @Nullable TlsDigest digest() {
    return digest;
  }

  @Override
  public byte[] getId() {
    return new byte[0];
  }

  @Override
  public @Nullable SSLSessionContext getSessionContext() {
    return null;
  }

  @Override
  public long getCreationTime() {
    return created;
  }

  @Override
  public long getLastAccessedTime() {
    return created;
  }

  @Override
  public void invalidate() {
    valid = false;
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void putValue(String name, Object value) {
    Object old = values.put(name, value);
    if (old instanceof SSLSessionBindingListener listener) {
      listener.valueUnbound(new SSLSessionBindingEvent(this, name));
    }
    if (value instanceof SSLSessionBindingListener listener) {
      listener.valueBound(new SSLSessionBindingEvent(this, name));
    }
  }

  @Override
  public @Nullable Object getValue(String name) {
    return values.get(name);
  }

  @Override
  public void removeValue(String name) {
    Object old = values.remove(name);
    if (old instanceof SSLSessionBindingListener listener) {
      listener.valueUnbound(new SSLSessionBindingEvent(this, name));
    }
  }

  @Override
  public String[] getValueNames() {
    return values.keySet().toArray(new String[0]);
  }

  @Override
  public Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
    if (peer.length == 0) {
      throw new SSLPeerUnverifiedException("peer not authenticated");
    }
    return peer.clone();
  }

  /// Those we would have shown: whether a server asked its client for any is not told.
  @Override
  public Certificate @Nullable [] getLocalCertificates() {
    return local.length == 0 ? null : local.clone();
  }

  @Override
  public Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
    if (peer.length == 0) {
      throw new SSLPeerUnverifiedException("peer not authenticated");
    }
    return peer[0].getSubjectX500Principal();
  }

  @Override
  public @Nullable Principal getLocalPrincipal() {
    return local.length == 0 ? null : local[0].getSubjectX500Principal();
  }

  @Override
  public String getCipherSuite() {
    return digest == null ? NO_SUITE : digest.cipher();
  }

  @Override
  public String getProtocol() {
    return digest == null ? NO_PROTOCOL : digest.version().toString();
  }

  @Override
  public @Nullable String getPeerHost() {
    return host;
  }

  @Override
  public int getPeerPort() {
    return port;
  }

  @Override
  public int getPacketBufferSize() {
    return Scratch.PACKET;
  }

  @Override
  public int getApplicationBufferSize() {
    return Scratch.PACKET - HEADER;
  }

  @Override
  public String[] getLocalSupportedSignatureAlgorithms() {
    return SIGNATURES.toArray(new String[0]);
  }

  /// Not known: none.
  @Override
  public String[] getPeerSupportedSignatureAlgorithms() {
    return new String[0];
  }

  @Override
  public List<SNIServerName> getRequestedServerNames() {
    return names;
  }

  /// Not known: none.
  @Override
  public List<byte[]> getStatusResponses() {
    return List.of();
  }

  @Override
  public byte[] exportKeyingMaterialData(String label, byte @Nullable [] context, int length)
      throws SSLKeyException {
    if (context == null) {
      throw new UnsupportedOperationException("keying material without a context");
    }
    try {
      return exporter.export(label, context, length);
    } catch (TlsException e) {
      throw (SSLKeyException)
          new SSLKeyException("no keying material: " + e.getMessage()).initCause(e);
    }
  }
}
