// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An SSL and the octets on their way to it and from it.
///
/// Confined to one thread at a time, as [TlsSession] says. Errors of OpenSSL are per OS thread:
/// nothing here parks between a call and reading them.
final class OpenSslSession implements TlsSession {
  private static final int TLS_1_3 = 0x0304;
  private static final int MAX_EXPORT = 16 * 1024;

  private final OpenSslContext context;
  private final OpenSsl library;
  private final SslCalls calls;
  private final ServerId server;
  private final @Nullable PeerName name;

  /// 0 once it is closed.
  private long ssl;

  private final Wire wire;
  private final long tag;

  /// The SSL_SESSION to go on from, only to be compared; 0 for none.
  private long offered;

  private boolean complete;
  private boolean inputEnded;
  private boolean peerClosed;

  /// The peer said close_notify: in the middle of a handshake OpenSSL takes no notice of it.
  private boolean peerLeft;

  private boolean closing;
  private @Nullable TlsException failure;
  private int alertSent = TlsException.NO_ALERT;
  private int alertReceived = TlsException.NO_ALERT;

  private OpenSslSession(
      OpenSslContext context, ServerId server, @Nullable PeerName name, long ssl, Wire wire) {
    this.context = context;
    library = context.library;
    calls = library.ssl;
    this.server = server;
    this.name = name;
    this.ssl = ssl;
    this.wire = wire;
    tag = library.sessions.put(this);
  }

  /// {@return a session}
  ///
  /// @param name whom a client asks for; null for servers
  static OpenSslSession open(OpenSslContext context, ServerId server, @Nullable PeerName name)
      throws TlsException {
    OpenSsl library = context.library;
    library.crypto.clearErrors();
    long ssl = library.ssl.newSession(context.context);
    Wire wire = ssl == 0 ? null : Wire.open(library, ssl);
    if (wire == null) {
      library.ssl.free(ssl);
      throw TlsException.of(
          TlsException.Reason.INTERNAL, "no session: " + ErrorQueue.take(library.crypto));
    }
    OpenSslSession session = new OpenSslSession(context, server, name, ssl, wire);
    try {
      session.start();
      return session;
    } catch (TlsException e) {
      session.close();
      throw e;
    }
  }

  private void start() throws TlsException {
    check(calls.setTag(ssl, Callbacks.TAG, tag) == 1, "tag");
    wire.tag(library.transports, tag);
    if (name == null) {
      calls.setAcceptState(ssl);
      return;
    }
    calls.setConnectState(ssl);
    try (Arena arena = Arena.ofConfined()) {
      ask(name, arena);
    }
    if (context.side instanceof ClientSide side && side.remembered() != null) {
      long session = side.remembered().take(calls, server);
      if (session != 0) {
        calls.setSession(ssl, session);
        offered = session;
        calls.sessionFree(session);
      }
    }
  }

  /// Says whom we ask for, and whom we take for that.
  private void ask(PeerName peer, Arena arena) throws TlsException {
    CryptoCalls crypto = library.crypto;
    if (!peer.serverName().isEmpty()) {
      long text = arena.allocateFrom(peer.serverName()).address();
      check(calls.control(ssl, Control.SET_HOST_NAME, 0, text) == 1, "server name");
    }
    long parameters = calls.parameters(ssl);
    // RFC 9525 §6.3: no wildcard within a label, and no common name.
    crypto.parameterHostFlags(
        parameters, Control.NO_PARTIAL_WILDCARDS | Control.NEVER_CHECK_SUBJECT);
    for (String host : peer.hosts()) {
      long text = arena.allocateFrom(host).address();
      check(crypto.parameterMoreHost(parameters, text, host.length()) == 1, "host");
    }
    byte[] address = peer.address();
    if (address != null) {
      long octets = arena.allocateFrom(JAVA_BYTE, address).address();
      check(crypto.parameterAddress(parameters, octets, address.length) == 1, "address");
    }
    if (peer.otherHost() != null || peer.otherAddress() != null) {
      calls.setVerify(ssl, Control.VERIFY_PEER, library.callbacks.verify);
    }
  }

  private void check(boolean well, String what) throws TlsException {
    if (!well) {
      throw TlsException.of(
          TlsException.Reason.INTERNAL, what + ": " + ErrorQueue.take(library.crypto));
    }
  }

  OpenSslContext context() {
    return context;
  }

  Wire wire() {
    return wire;
  }

  ServerId server() {
    return server;
  }

  /// Takes note of a fatal alert.
  void alerted(boolean received, int number) {
    if (received) {
      alertReceived = number;
    } else {
      alertSent = number;
    }
  }

  /// Takes note of a close_notify.
  void left() {
    peerLeft = true;
  }

  /// {@return whether a certificate that carries none of the names asked for is taken all the same}
  boolean acceptsOther(long certificate) {
    if (name == null) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      byte[] address = name.otherAddress();
      if (address != null) {
        long octets = arena.allocateFrom(JAVA_BYTE, address).address();
        return library.crypto.checkAddress(certificate, octets, address.length, 0) == 1;
      }
      String host = name.otherHost();
      if (host == null) {
        return false;
      }
      int flags = Control.NO_PARTIAL_WILDCARDS | Control.NEVER_CHECK_SUBJECT;
      long text = arena.allocateFrom(host).address();
      return library.crypto.checkHost(certificate, text, host.length(), flags, 0) == 1;
    }
  }

  @Override
  public boolean handshake() throws TlsException {
    if (complete) {
      return true;
    }
    checkAlive();
    library.crypto.clearErrors();
    int result = calls.doHandshake(ssl);
    if (result == 1) {
      complete = true;
      rememberRenewed();
      return true;
    }
    if (calls.error(ssl, result) != Control.ERROR_WANT_READ) {
      throw failed();
    }
    if (peerLeft) { // RFC 8446 §6.1: nothing will follow
      alertReceived = Control.CLOSE_NOTIFY;
      throw failed();
    }
    starved();
    return false;
  }

  /// A ticket that TLS 1.2 renews makes another SSL_SESSION, and the old one useless, but OpenSSL
  /// tells only of those of full handshakes.
  private void rememberRenewed() {
    if (offered == 0
        || calls.reused(ssl) != 1
        || calls.version(ssl) == TLS_1_3
        || !(context.side instanceof ClientSide side)
        || side.remembered() == null) {
      return;
    }
    long now = calls.session(ssl);
    if (now == 0 || now == offered || !side.remembered().put(calls, server, now)) {
      calls.sessionFree(now);
    }
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) throws TlsException {
    long address = address(from, offset, length);
    checkAlive();
    int taken = length == 0 ? 0 : wire.feed(address, length);
    if (taken < 0) {
      throw failed();
    }
    return taken;
  }

  @Override
  public void endOfInput() {
    inputEnded = true;
  }

  @Override
  public int drain(MemorySegment into, long offset, int capacity) {
    long address = address(into, offset, capacity);
    checkOpen();
    return wire.drain(address, capacity);
  }

  @Override
  public int read(MemorySegment into, long offset, int capacity) throws TlsException {
    long address = address(into, offset, capacity);
    if (peerClosed) {
      return -1;
    }
    checkComplete();
    if (capacity == 0) {
      return 0;
    }
    library.crypto.clearErrors();
    int result = calls.read(ssl, address, capacity);
    if (result > 0) {
      return result;
    }
    int error = calls.error(ssl, result);
    if (error == Control.ERROR_WANT_READ) {
      starved();
      return 0;
    }
    if (error == Control.ERROR_ZERO_RETURN) {
      peerClosed = true;
      return -1;
    }
    throw failed();
  }

  @Override
  public int write(MemorySegment from, long offset, int length) throws TlsException {
    long address = address(from, offset, length);
    checkComplete();
    if (closing) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "write after close_notify");
    }
    int taken = wire.room(length);
    if (taken == 0) {
      return 0;
    }
    library.crypto.clearErrors();
    int result = calls.write(ssl, address, taken);
    if (result <= 0) {
      throw failed();
    }
    return result;
  }

  @Override
  public void closeNotify() {
    checkOpen();
    if (closing || failure != null) {
      return;
    }
    closing = true;
    if (complete) {
      calls.shutdown(ssl);
      library.crypto.clearErrors();
    }
    // Within a handshake OpenSSL has no way to say it; the end of the transport does.
  }

  @Override
  public void keyUpdate(boolean both) throws TlsException {
    checkComplete();
    if (calls.version(ssl) != TLS_1_3) {
      throw new UnsupportedOperationException("key update in TLS 1.2");
    }
    library.crypto.clearErrors();
    boolean well = calls.keyUpdate(ssl, both ? 1 : 0) == 1 && calls.doHandshake(ssl) == 1;
    if (!well) {
      throw failed();
    }
  }

  @Override
  public byte[] export(String label, byte[] own, int length) throws TlsException {
    checkComplete();
    if (length < 1 || length > MAX_EXPORT) {
      throw new IllegalArgumentException(
          "length: " + length + " (expected: 1.." + MAX_EXPORT + ")");
    }
    byte[] name = label.getBytes(StandardCharsets.US_ASCII);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(length);
      library.crypto.clearErrors();
      int result =
          calls.export(
              ssl,
              out.address(),
              length,
              copy(arena, name),
              name.length,
              copy(arena, own),
              own.length);
      check(result == 1, "exporter");
      byte[] secret = out.toArray(JAVA_BYTE);
      out.fill((byte) 0);
      return secret;
    }
  }

  private static long copy(Arena arena, byte[] octets) {
    MemorySegment copy = arena.allocate(Math.max(1, octets.length));
    MemorySegment.copy(octets, 0, copy, JAVA_BYTE, 0, octets.length);
    return copy.address();
  }

  @Override
  public TlsDigest digest() {
    checkOpen();
    if (!complete) {
      throw new IllegalStateException("the handshake is not complete");
    }
    TlsVersion version = calls.version(ssl) == TLS_1_3 ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
    return new Digests(library, ssl).of(version, name);
  }

  @Override
  public void close() {
    long own = ssl;
    if (own != 0) {
      ssl = 0;
      library.sessions.remove(tag);
      if (complete && failure == null) {
        // Else OpenSSL takes a session that was not closed in both directions for a bad one, and
        // resumes it no more; RFC 5246 §7.2.1 dropped that rule of the older versions.
        calls.setShutdown(own, Control.SHUT_DOWN);
      }
      calls.free(own);
      wire.free();
    }
  }

  /// The library has used up what was fed.
  private void starved() throws TlsException {
    if (inputEnded) {
      failure =
          TlsException.of(
              TlsException.Reason.TRUNCATED,
              complete
                  ? "the connection ended without close_notify"
                  : "the connection ended within the handshake");
      throw failure;
    }
  }

  /// {@return why the last call failed; the session is over}
  private TlsException failed() {
    // The reasons first: they are this thread's.
    String reasons = ErrorQueue.take(library.crypto);
    long verdict = calls.verifyResult(ssl);
    boolean verifies = context.side.verifies();
    if (name == null && !complete && alertReceived == TlsException.NO_ALERT) {
      alertReceived = wire.plainAlert();
    }
    RemoteKey remote = context.remote;
    TlsException unsigned = remote == null ? null : remote.failure();
    TlsException now;
    if (unsigned != null) {
      now = unsigned.withAlert(alertSent);
    } else if (alertReceived != TlsException.NO_ALERT) {
      now = TlsException.of(TlsException.Reason.ALERTED, reasons).withAlert(alertReceived);
    } else if (verdict != Control.V_OK && verifies && !complete) {
      String text = NativeLibrary.string(library.crypto.verifyText(verdict));
      now = TlsException.of(TlsException.Reason.BAD_CERTIFICATE, text).withAlert(alertSent);
    } else if (alertSent != TlsException.NO_ALERT) {
      now = TlsException.of(TlsException.Reason.HANDSHAKE, reasons).withAlert(alertSent);
    } else {
      now = TlsException.of(TlsException.Reason.HANDSHAKE, reasons);
    }
    failure = now;
    return now;
  }

  private void checkComplete() throws TlsException {
    checkAlive();
    if (!complete) {
      throw new IllegalStateException("the handshake is not complete");
    }
  }

  private void checkAlive() throws TlsException {
    checkOpen();
    TlsException earlier = failure;
    if (earlier != null) {
      throw TlsException.of(earlier.reason(), "the session is over", earlier)
          .withAlert(earlier.alert());
    }
  }

  private void checkOpen() {
    if (ssl == 0) {
      throw new IllegalStateException("the session is closed");
    }
  }

  /// {@return where native code may read or write `length` octets}
  private static long address(MemorySegment segment, long offset, int length) {
    Objects.checkFromIndexSize(offset, length, segment.byteSize());
    if (!segment.isNative() || !segment.scope().isAlive()) {
      throw new IllegalArgumentException("a segment on the heap, or freed (expected: native)");
    }
    return segment.address() + offset;
  }
}
