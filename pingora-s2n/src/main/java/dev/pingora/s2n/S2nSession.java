// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TlsContext.ServerId;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An s2n_connection and the octets on their way to it and from it.
///
/// Confined to one thread at a time, as [TlsSession] says. Errors of s2n-tls are per OS thread:
/// nothing here parks between a call and reading them.
///
/// **Failures** are blinded where that was asked for: most of them set a delay, and until it is
/// over s2n-tls refuses to say anything to the peer. So the alert, a bare close_notify as a rule,
/// is made by the first [#drain] after that.
final class S2nSession implements TlsSession {
  private static final int SERVER = 0;
  private static final int CLIENT = 1;
  private static final int SELF_SERVICE = 1;
  private static final int MAX_EXPORT = 16 * 1024;
  private static final int ALPN = 16;
  private static final int MAX_ALPN = 64 * 1024;
  private static final byte UNEXPECTED_MESSAGE = 10;
  private static final byte NO_APPLICATION_PROTOCOL = 120;

  private final S2nContext context;

  /// Held so that it outlives the connection.
  private final NativeConfig config;

  private final S2n library;
  private final ConnectionCalls calls;
  private final ServerId server;
  private final @Nullable PeerName name;
  private final Wire wire;
  private final long tag;

  /// 0 once it is closed.
  private long connection;

  /// An int that s2n-tls says in what it waits for, which its error says as well.
  private final long blocked;

  private boolean complete;
  private boolean inputEnded;
  private boolean peerClosed;
  private boolean closing;
  private boolean closesBoth;

  /// No protocol in common was found, though one is required.
  private boolean refused;

  /// The alert still has to be made.
  private boolean alertDue;

  /// What is to be signed before the handshake goes on, an s2n_async_pkey_op; 0 for nothing.
  private long operation;

  private @Nullable TlsException failure;

  private S2nSession(
      S2nContext context,
      NativeConfig config,
      ServerId server,
      @Nullable PeerName name,
      long connection,
      long blocked) {
    this.context = context;
    this.config = config;
    library = context.library;
    calls = library.connections;
    this.server = server;
    this.name = name;
    this.connection = connection;
    this.blocked = blocked;
    wire = new Wire(library.chunks);
    tag = library.sessions.put(this);
  }

  /// {@return a session}
  ///
  /// @param name whom a client asks for; null for servers
  static S2nSession open(
      S2nContext context, NativeConfig config, ServerId server, @Nullable PeerName name)
      throws TlsException {
    S2n library = context.library;
    long connection = library.connections.create(name == null ? SERVER : CLIENT);
    long blocked = connection == 0 ? 0 : library.system.allocate(Integer.BYTES);
    if (blocked == 0) {
      if (connection != 0) {
        library.connections.free(connection);
      }
      throw TlsException.of(Reason.INTERNAL, "no session: " + library.text(library.error()));
    }
    S2nSession session = new S2nSession(context, config, server, name, connection, blocked);
    try {
      session.start();
      return session;
    } catch (TlsException e) {
      session.close();
      throw e;
    }
  }

  private void start() throws TlsException {
    Callbacks callbacks = library.callbacks;
    check(calls.setBlinding(connection, SELF_SERVICE), "blinding");
    check(calls.setConfig(connection, config.config), "configuration");
    check(calls.setTag(connection, tag), "tag");
    check(calls.setReceive(connection, callbacks.receive), "transport");
    check(calls.setReceiveTag(connection, tag), "transport");
    check(calls.setSend(connection, callbacks.send), "transport");
    check(calls.setSendTag(connection, tag), "transport");
    check(calls.preferThroughput(connection), "transport");
    check(calls.bufferInput(connection, true), "transport");
    check(calls.freeIdleBuffers(connection, true), "transport");
    if (name == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      if (!name.serverName().isEmpty()) {
        long text = arena.allocateFrom(name.serverName()).address();
        check(calls.setServerName(connection, text), "server name");
      }
      if (config.psk != 0) {
        check(calls.appendPsk(connection, config.psk), "psk");
      }
      resume(arena);
    }
  }

  private void resume(Arena arena) {
    if (context.side instanceof ClientSide side && side.remembered() != null) {
      byte[] session = side.remembered().take(server);
      if (session != null) {
        MemorySegment octets = arena.allocateFrom(JAVA_BYTE, session);
        // One it does not like is as good as none.
        calls.setSession(connection, octets.address(), octets.byteSize());
        octets.fill((byte) 0);
      }
    }
  }

  private void check(int result, String what) throws TlsException {
    if (result < 0) {
      throw TlsException.of(Reason.INTERNAL, "s2n: " + what + ": " + library.text(library.error()));
    }
  }

  Wire wire() {
    return wire;
  }

  @Nullable KeyLog keyLog() {
    return context.side.keyLog();
  }

  /// A ticket came.
  void remember(byte[] octets, long seconds) {
    if (context.side instanceof ClientSide side && side.remembered() != null) {
      side.remembered().put(server, digests().version(), octets, seconds);
    }
  }

  /// {@return whether the peer's certificate, which a root vouches for, is for the one asked for}
  boolean acceptsNames() {
    return name != null && name.accepts(digests().alternativeNames());
  }

  /// Looks whether the client offers one of the protocols, one of which is required.
  ///
  /// @return whether to go on
  boolean onHello() {
    long hello = calls.clientHello(connection);
    long length = hello == 0 ? 0 : calls.extensionLength(hello, ALPN);
    if (length <= 0 || length > MAX_ALPN || !(context.side instanceof ServerSide side)) {
      return true; // a client that offers none
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment octets = arena.allocate(length);
      if (calls.extension(hello, ALPN, octets.address(), (int) length) != length) {
        return true;
      }
      refused = !offers(octets.toArray(JAVA_BYTE), side);
    }
    return !refused;
  }

  /// RFC 7301 §3.1: the length of the list, then names with a length octet before each.
  private static boolean offers(byte[] extension, ServerSide side) {
    for (int at = 2; at < extension.length; at += 1 + (extension[at] & 0xff)) {
      int length = Math.min(extension[at] & 0xff, extension.length - at - 1);
      if (side.alpn()
          .contains(new String(extension, at + 1, length, StandardCharsets.ISO_8859_1))) {
        return true;
      }
    }
    return false;
  }

  /// Notes what is to be signed.
  ///
  /// @return whether it is this session's now
  boolean onSign(long due) {
    if (operation != 0) {
      return false;
    }
    operation = due;
    return true;
  }

  private Digests digests() {
    return new Digests(library, connection);
  }

  @Override
  public boolean handshake() throws TlsException {
    if (complete) {
      return true;
    }
    checkAlive();
    if (wire.heard().isForeign()) {
      throw refused(UNEXPECTED_MESSAGE, "the peer does not speak TLS");
    }
    int result = negotiate();
    while (operation != 0) {
      sign();
      result = negotiate();
    }
    if (result < 0) {
      int error = library.error();
      if (!Failures.isBlocked(library, error)) {
        throw failed(error);
      }
      starved();
      return false;
    }
    checkPolicy();
    complete = true;
    return true;
  }

  private int negotiate() {
    int result = calls.negotiate(connection, blocked);
    return result < 0 && isInterrupted() ? calls.negotiate(connection, blocked) : result;
  }

  /// With a key kept elsewhere, which may take long. Nothing native is on the stack meanwhile.
  private void sign() throws TlsException {
    CertKey key = context.side.certificate();
    long due = operation;
    operation = 0;
    if (key == null) {
      library.signing.free(due);
      throw new IllegalStateException("something to sign, but no key");
    }
    try {
      new RemoteKey(library, key, name == null).sign(due, connection);
    } catch (TlsException e) {
      alertDue = true;
      failure = e;
      throw e;
    }
  }

  /// Whether errno, which a callback set to "try again", was lost on the way back from Java. Then
  /// nothing has happened yet.
  private boolean isInterrupted() {
    return Failures.isIo(library, library.error());
  }

  /// Nothing but what was configured: the only policy for TLS 1.2 alone has suites that are not.
  private void checkPolicy() throws TlsException {
    Policy policy = context.side.policy();
    if (policy == null || policy.maximum() == TlsVersion.TLS_1_3) {
      return;
    }
    int code = digests().cipher();
    if (CipherSuite.of(code).filter(policy.suites()::contains).isEmpty()) {
      failure =
          TlsException.of(
              Reason.HANDSHAKE,
              "the peer has no suite of ours (but 0x" + Integer.toHexString(code) + ")");
      calls.shutdownSend(connection, blocked);
      throw failure;
    }
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) throws TlsException {
    long address = address(from, offset, length);
    checkAlive();
    int taken = length == 0 ? 0 : wire.feed(address, length);
    if (taken < 0) {
      throw TlsException.of(Reason.INTERNAL, "no memory");
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
    if (alertDue && calls.delay(connection) == 0) {
      alertDue = false;
      calls.shutdownSend(connection, blocked);
    }
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
    long result = receive(address, capacity);
    if (result < 0 && isInterrupted()) {
      result = receive(address, capacity);
    }
    if (result > 0) {
      return (int) result;
    }
    if (result == 0) {
      peerClosed = true;
      return -1;
    }
    int error = library.error();
    if (!Failures.isBlocked(library, error)) {
      throw failed(error);
    }
    starved();
    return 0;
  }

  /// In TLS 1.2 there is nothing to be read after our own close_notify but the peer's, which has to
  /// be an answer to it (RFC 5246 §7.2.1).
  private long receive(long address, int capacity) {
    return closesBoth
        ? calls.shutdown(connection, blocked)
        : calls.receive(connection, address, capacity, blocked);
  }

  @Override
  public int write(MemorySegment from, long offset, int length) throws TlsException {
    long address = address(from, offset, length);
    checkComplete();
    if (closing) {
      throw TlsException.of(Reason.INTERNAL, "write after close_notify");
    }
    int taken = wire.room(length);
    if (taken == 0) {
      return 0;
    }
    long result = calls.send(connection, address, taken, blocked);
    if (result <= 0) {
      throw failed(library.error());
    }
    return (int) result;
  }

  @Override
  public void closeNotify() {
    checkOpen();
    if (!closing && failure == null) {
      closing = true;
      closesBoth = complete && digests().version() == TlsVersion.TLS_1_2;
      calls.shutdownSend(connection, blocked);
    }
  }

  /// {@inheritDoc}
  ///
  /// s2n-tls changes its own keys only.
  @Override
  public void keyUpdate(boolean both) throws TlsException {
    checkComplete();
    if (both || digests().version() != TlsVersion.TLS_1_3) {
      throw new UnsupportedOperationException(
          both ? "s2n asks no peer for a key update" : "key update in TLS 1.2");
    }
    // To negotiate once more sends what is due after a handshake.
    if (calls.keyUpdate(connection, 0) < 0 || calls.negotiate(connection, blocked) < 0) {
      throw failed(library.error());
    }
  }

  @Override
  public byte[] export(String label, byte[] own, int length) throws TlsException {
    checkComplete();
    if (length < 1 || length > MAX_EXPORT) {
      throw new IllegalArgumentException(
          "length: " + length + " (expected: 1.." + MAX_EXPORT + ")");
    }
    if (digests().version() == TlsVersion.TLS_1_2) {
      return exporter().export(label, own, length);
    }
    byte[] text = label.getBytes(StandardCharsets.US_ASCII);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(length);
      int result =
          calls.export(
              connection,
              arena.allocateFrom(JAVA_BYTE, text).address(),
              text.length,
              arena.allocateFrom(JAVA_BYTE, own).address(),
              own.length,
              out.address(),
              length);
      check(result, "exporter");
      byte[] secret = out.toArray(JAVA_BYTE);
      out.fill((byte) 0);
      return secret;
    }
  }

  private MasterExporter exporter() throws TlsException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment secret = arena.allocate(MasterExporter.SECRET);
      check(calls.masterSecret(connection, secret.address(), MasterExporter.SECRET), "exporter");
      byte[] master = secret.toArray(JAVA_BYTE);
      secret.fill((byte) 0);
      byte[] heard = wire.heard().random();
      byte[] said = wire.said().random();
      if (heard.length == 0 || said.length == 0) {
        throw TlsException.of(Reason.INTERNAL, "exporter: a hello in pieces");
      }
      boolean serves = name == null;
      boolean sha384 =
          CipherSuite.of(digests().cipher())
              .filter(suite -> suite.name().endsWith("_SHA384"))
              .isPresent();
      return new MasterExporter(master, serves ? heard : said, serves ? said : heard, sha384);
    }
  }

  @Override
  public TlsDigest digest() {
    checkOpen();
    if (!complete) {
      throw new IllegalStateException("the handshake is not complete");
    }
    Digests digests = digests();
    String asked = name == null ? digests.askedFor() : name.serverName();
    return digests.all(asked == null || asked.isEmpty() ? null : asked);
  }

  @Override
  public void close() {
    long own = connection;
    if (own != 0) {
      connection = 0;
      library.sessions.remove(tag);
      if (operation != 0) {
        library.signing.free(operation);
      }
      calls.free(own);
      library.system.release(blocked);
      wire.free();
    }
  }

  /// The library has used up what was fed.
  private void starved() throws TlsException {
    if (inputEnded) {
      failure =
          TlsException.of(
              Reason.TRUNCATED,
              complete
                  ? "the connection ended without close_notify"
                  : "the connection ended within the handshake");
      throw failure;
    }
  }

  /// {@return why the last call failed; the session is over}
  private TlsException failed(int error) {
    if (refused) {
      return refused(NO_APPLICATION_PROTOCOL, "no application protocol in common");
    }
    TlsException now = Failures.of(library, error, connection);
    alertDue = true;
    long delay = calls.delay(connection);
    now = delay == 0 ? now : now.heldFor(delay);
    failure = now;
    return now;
  }

  /// {@return a failure of our own, before keys are agreed on: its alert is not encrypted}
  private TlsException refused(byte alert, String why) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment record =
          arena.allocateFrom(ValueLayout.JAVA_BYTE, new byte[] {21, 3, 3, 0, 2, 2, alert});
      // Without memory the end of the transport tells as much.
      boolean _ = wire.onSend(record.address(), (int) record.byteSize());
    }
    TlsException now = TlsException.of(Reason.HANDSHAKE, why).withAlert(alert);
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
    if (connection == 0) {
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
