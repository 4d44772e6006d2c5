// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// The JDK's TLS engine over a [TlsSession].
///
/// Thread-safe as the contract of engines asks: one thread may wrap while another unwraps; all wait
/// for one lock. The handshake's dear parts are delegated tasks, which hold that lock as well.
///
/// The session's native memory is freed when both directions are done and the last alert is
/// wrapped, or else when the engine is no longer reachable.
public final class SessionSslEngine extends SSLEngine {
  private final ReentrantLock lock = new ReentrantLock();
  private final EngineSettings settings;
  private final EngineCore core;
  private final boolean fixed;

  SessionSslEngine(
      SessionSource source, Scratch.Pool pool, EngineSettings settings, boolean fixed) {
    super(settings.host, settings.port);
    this.settings = settings;
    this.fixed = fixed;
    core = new EngineCore(source, pool, settings);
  }

  /// {@return an engine over a new session, which it owns from now on} What the session does is
  /// configured by its context: parameters cannot be set.
  ///
  /// @param client whether it is a client's
  public static SessionSslEngine of(TlsSession session, boolean client) {
    EngineSettings settings = new EngineSettings(null, -1);
    settings.client(client);
    settings.mayAskClients(true);
    SessionSource source = new OneSession(requireNonNull(session, "session"));
    SessionSslEngine engine = new SessionSslEngine(source, new Scratch.Pool(), settings, true);
    EngineCore.freeAfter(engine, session); // also when it is never used
    return engine;
  }

  private record OneSession(TlsSession session) implements SessionSource {
    @Override
    public TlsSession open(EngineSettings settings) {
      return session;
    }

    @Override
    public void check(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      // The context has.
    }

    @Override
    public X509Certificate[] local() {
      return new X509Certificate[0];
    }
  }

  private void unlock() {
    try {
      lock.unlock();
    } finally {
      Reference.reachabilityFence(this); // or the session could be freed under a call
    }
  }

  private <T extends @Nullable Object> T locked(Supplier<T> body) {
    lock.lock();
    try {
      return body.get();
    } finally {
      unlock();
    }
  }

  private boolean asked(BooleanSupplier body) {
    lock.lock();
    try {
      return body.getAsBoolean();
    } finally {
      unlock();
    }
  }

  private void configure(Runnable body) {
    lock.lock();
    try {
      if (fixed) {
        throw new UnsupportedOperationException("the session is configured by its context");
      }
      body.run();
    } finally {
      unlock();
    }
  }

  private void requireMode() {
    if (settings.isUndecided()) {
      throw new IllegalStateException("Client/Server mode has not yet been set.");
    }
  }

  @Override
  public void beginHandshake() throws SSLException {
    lock.lock();
    try {
      requireMode();
      core.begin(this);
    } finally {
      unlock();
    }
  }

  @Override
  public SSLEngineResult wrap(
      ByteBuffer @Nullable [] sources, int offset, int length, @Nullable ByteBuffer target)
      throws SSLException {
    lock.lock();
    try {
      requireMode();
      if (sources == null || target == null) {
        throw new IllegalArgumentException("source or destination buffer is null");
      }
      Objects.checkFromIndexSize(offset, length, sources.length);
      requireBuffers("source", sources, offset, length);
      requireWritable(target);
      return core.wrap(sources, offset, length, target, this);
    } finally {
      unlock();
    }
  }

  @Override
  public SSLEngineResult unwrap(
      @Nullable ByteBuffer source, ByteBuffer @Nullable [] targets, int offset, int length)
      throws SSLException {
    lock.lock();
    try {
      requireMode();
      if (source == null || targets == null) {
        throw new IllegalArgumentException("source or destination buffer is null");
      }
      Objects.checkFromIndexSize(offset, length, targets.length);
      requireBuffers("destination", targets, offset, length);
      for (int i = offset; i < offset + length; i++) {
        requireWritable(targets[i]);
      }
      return core.unwrap(source, targets, offset, length, this);
    } finally {
      unlock();
    }
  }

  private static void requireBuffers(
      String what, @Nullable ByteBuffer[] buffers, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (buffers[i] == null) {
        throw new IllegalArgumentException(what + " buffer[" + i + "] == null");
      }
    }
  }

  private static void requireWritable(ByteBuffer target) {
    if (target.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
  }

  @Override
  public @Nullable Runnable getDelegatedTask() {
    return locked(() -> core.takeTask(this::runTask));
  }

  private void runTask() {
    lock.lock();
    try {
      core.runTask(this);
    } finally {
      unlock();
    }
  }

  @Override
  public void closeInbound() throws SSLException {
    lock.lock();
    try {
      core.closeInbound();
    } finally {
      unlock();
    }
  }

  @Override
  public boolean isInboundDone() {
    return asked(core::isInboundDone);
  }

  @Override
  public void closeOutbound() {
    lock.lock();
    try {
      core.closeOutbound();
    } finally {
      unlock();
    }
  }

  @Override
  public boolean isOutboundDone() {
    return asked(core::isOutboundDone);
  }

  byte[] export(String label, byte[] context, int length) throws TlsException {
    lock.lock();
    try {
      return core.export(label, context, length);
    } finally {
      unlock();
    }
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return locked(core::status);
  }

  @Override
  public SSLSession getSession() {
    return locked(core::facts);
  }

  /// {@return the session that a trust manager is asked about; null at any other time}
  @Override
  public @Nullable SSLSession getHandshakeSession() {
    return locked(core::judged);
  }

  /// {@return the protocol agreed on by ALPN, empty for none; null before the end of the handshake}
  @Override
  public @Nullable String getApplicationProtocol() {
    return locked(this::protocol);
  }

  private @Nullable String protocol() {
    TlsDigest digest = core.facts().digest();
    if (digest == null) {
      return null;
    }
    String agreed = digest.alpn();
    return agreed == null ? "" : agreed;
  }

  /// {@return null: it is known only after the handshake}
  @Override
  public @Nullable String getHandshakeApplicationProtocol() {
    return null;
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return EngineSettings.supportedSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return locked(settings::suites);
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    configure(() -> settings.suites(suites));
  }

  @Override
  public String[] getSupportedProtocols() {
    return EngineSettings.supportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return locked(settings::protocols);
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    configure(() -> settings.protocols(protocols));
  }

  @Override
  public SSLParameters getSSLParameters() {
    return locked(settings::parameters);
  }

  /// Takes the parameters of a connection. Server names, ALPN, groups, HTTPS identification,
  /// protocols, suites and client authentication are honoured.
  ///
  /// @throws IllegalArgumentException naming a parameter that cannot be honoured
  @Override
  public void setSSLParameters(SSLParameters parameters) {
    configure(() -> settings.parameters(parameters));
  }

  @Override
  public void setUseClientMode(boolean mode) {
    lock.lock();
    try {
      if (core.isBegun() || fixed && settings.isClient() != mode) {
        throw new IllegalArgumentException("Cannot change mode after SSL traffic has started");
      }
      settings.client(mode);
    } finally {
      unlock();
    }
  }

  @Override
  public boolean getUseClientMode() {
    return asked(settings::isClient);
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    configure(() -> settings.auth(need ? ClientAuth.REQUIRED : ClientAuth.OFF));
  }

  @Override
  public boolean getNeedClientAuth() {
    return asked(() -> settings.auth() == ClientAuth.REQUIRED);
  }

  @Override
  public void setWantClientAuth(boolean want) {
    configure(() -> settings.auth(want ? ClientAuth.OPTIONAL : ClientAuth.OFF));
  }

  @Override
  public boolean getWantClientAuth() {
    return asked(() -> settings.auth() == ClientAuth.OPTIONAL);
  }

  /// Forbids only full handshakes where the JDK does: nothing here can resume alone, so that false
  /// is refused.
  @Override
  public void setEnableSessionCreation(boolean allowed) {
    if (!allowed) {
      throw new UnsupportedOperationException("resumed sessions only");
    }
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }
}
