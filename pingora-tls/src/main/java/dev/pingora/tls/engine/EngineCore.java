// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The state of an engine: which call the JDK's own would want next. Guarded by the engine's lock.
///
/// ```
///   new ──kickstart──► handshake ──advance──► negotiated ──► closed ──► freed
///                        │    ▲                  │
///                        ▼    │                  ▼
///                      task (run elsewhere)    failed: the alert waits to be wrapped
/// ```
///
/// Exactly one record goes in or out per call.
final class EngineCore {
  private static final Cleaner CLEANER = Cleaner.create();

  private static final int HEADER = 5;

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int ALERT = 21;
  private static final int HANDSHAKE = 22;
  private static final int APPLICATION_DATA = 23;

  private enum Task {
    NONE,
    WAITING,
    TAKEN
  }

  private final SessionSource source;
  private final Scratch.Pool pool;
  private final EngineSettings settings;

  private final Outgoing outgoing = new Outgoing();

  private @Nullable TlsSession session;
  private Cleaner.@Nullable Cleanable cleanable;
  private NegotiatedSession facts;
  private @Nullable NegotiatedSession judged;

  private boolean negotiated;
  private boolean broken;
  private boolean inboundClosed;
  private boolean outboundClosed;
  private boolean peerClosed;
  private boolean recordSeen;
  private boolean cipherChanged;

  /// FINISHED is still to be told, by a wrap.
  private boolean finishedDue;

  private Task task = Task.NONE;
  private byte[] held = new byte[0];
  private @Nullable SSLException thrown;

  EngineCore(SessionSource source, Scratch.Pool pool, EngineSettings settings) {
    this.source = source;
    this.pool = pool;
    this.settings = settings;
    facts = new NegotiatedSession(null, NONE, NONE, settings, EngineCore::exportNothing);
  }

  private static final X509Certificate[] NONE = new X509Certificate[0];

  private static byte[] exportNothing(String label, byte[] context, int length)
      throws TlsException {
    throw TlsException.of(Reason.INTERNAL, "nothing negotiated for " + label);
  }

  /// Frees a session once its engine is no longer reachable.
  ///
  /// @return to free it sooner
  static Cleaner.Cleanable freeAfter(SSLEngine engine, TlsSession session) {
    return CLEANER.register(engine, session::close);
  }

  boolean isBegun() {
    return session != null || negotiated || broken;
  }

  boolean isInboundDone() {
    return inboundClosed;
  }

  boolean isOutboundDone() {
    return outboundClosed && !outgoing.isWaiting();
  }

  NegotiatedSession facts() {
    return facts;
  }

  /// {@return what is being agreed on; null unless a trust manager is asked right now}
  @Nullable NegotiatedSession judged() {
    return judged;
  }

  HandshakeStatus status() {
    if (outgoing.isWaiting() || thrown != null) {
      return HandshakeStatus.NEED_WRAP; // which throws what a task met
    }
    if (outboundClosed && inboundClosed) {
      return HandshakeStatus.NOT_HANDSHAKING;
    }
    if (session != null && !negotiated) {
      if (task != Task.NONE) {
        return HandshakeStatus.NEED_TASK;
      }
      return inboundClosed ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NEED_UNWRAP;
    }
    return finishedDue ? HandshakeStatus.NEED_WRAP : HandshakeStatus.NOT_HANDSHAKING;
  }

  void begin(SSLEngine engine) throws SSLException {
    if (outboundClosed || broken || !negotiated && inboundClosed) {
      throw new SSLException("cannot begin a handshake: the connection is broken or closed");
    }
    if (negotiated) {
      updateKeys();
    } else {
      kickstart(engine);
    }
  }

  /// TLS 1.3 has new keys instead of new handshakes (RFC 8446 §4.6.3).
  private void updateKeys() throws SSLException {
    try {
      live().keyUpdate(true);
      look();
    } catch (UnsupportedOperationException e) {
      throw new SSLException("no second handshake: " + e.getMessage(), e);
    } catch (TlsException e) {
      throw failed(e);
    }
  }

  private void kickstart(SSLEngine engine) throws SSLException {
    if (session != null) {
      return;
    }
    try {
      TlsSession opened = source.open(settings);
      session = opened;
      cleanable = freeAfter(engine, opened);
      if (settings.isClient()) {
        opened.handshake();
      }
      look();
    } catch (TlsException e) {
      throw failed(e);
    } catch (IllegalArgumentException e) {
      throw failed(TlsException.of(Reason.CONFIGURATION, String.valueOf(e.getMessage()), e));
    }
  }

  private TlsSession live() {
    TlsSession open = session;
    if (open == null) {
      throw new IllegalStateException("no session");
    }
    return open;
  }

  private boolean isHandshakeOpen() {
    return !negotiated && !broken && !inboundClosed && !outboundClosed;
  }

  private void rethrow() throws SSLException {
    SSLException failure = thrown;
    if (failure != null) {
      thrown = null;
      throw failure;
    }
  }

  private SSLEngineResult result(Status status, HandshakeStatus handshake, int in, int out) {
    return new SSLEngineResult(status, handshake, in, out);
  }

  SSLEngineResult wrap(ByteBuffer[] sources, int offset, int count, ByteBuffer target, SSLEngine me)
      throws SSLException {
    rethrow();
    if (finishedDue && !outgoing.isWaiting()) {
      finishedDue = false;
      return result(Status.OK, HandshakeStatus.FINISHED, 0, 0);
    }
    if (isOutboundDone()) {
      return result(Status.CLOSED, status(), 0, 0);
    }
    if (isHandshakeOpen()) {
      kickstart(me);
      if (status() == HandshakeStatus.NEED_UNWRAP) {
        return result(Status.OK, HandshakeStatus.NEED_UNWRAP, 0, 0);
      }
    }
    if (status() == HandshakeStatus.NEED_TASK) {
      return result(Status.OK, HandshakeStatus.NEED_TASK, 0, 0);
    }
    if (target.remaining() < Scratch.PACKET) {
      return result(Status.BUFFER_OVERFLOW, status(), 0, 0);
    }
    Scratch scratch = pool.lend();
    try {
      return wrap(sources, offset, count, target, scratch);
    } catch (TlsException e) {
      throw failed(e);
    } finally {
      pool.giveBack(scratch);
      freeWhenDone();
    }
  }

  private SSLEngineResult wrap(
      ByteBuffer[] sources, int offset, int count, ByteBuffer target, Scratch scratch)
      throws TlsException {
    int consumed = 0;
    if (!outgoing.isWaiting() && negotiated) {
      consumed = outgoing.encrypt(live(), sources, offset, count, scratch);
    }
    int produced = outgoing.isWaiting() ? outgoing.deliver(live(), target, scratch) : 0;
    Status status = isOutboundDone() ? Status.CLOSED : Status.OK;
    HandshakeStatus handshake = status();
    if (finishedDue && produced > 0 && !outgoing.isWaiting()) {
      finishedDue = false;
      handshake = HandshakeStatus.FINISHED;
    } else if (produced == 0
        && !negotiated
        && inboundClosed
        && handshake == HandshakeStatus.NEED_WRAP) {
      status = Status.CLOSED; // the handshake cannot end any more: nobody shall try for ever
    }
    return result(status, handshake, consumed, produced);
  }

  private void look() {
    Scratch scratch = pool.lend();
    try {
      outgoing.look(session, scratch);
    } finally {
      pool.giveBack(scratch);
    }
  }

  SSLEngineResult unwrap(ByteBuffer from, ByteBuffer[] targets, int offset, int count, SSLEngine me)
      throws SSLException {
    rethrow();
    if (inboundClosed) {
      return result(Status.CLOSED, status(), 0, 0);
    }
    if (isHandshakeOpen()) {
      kickstart(me);
    }
    HandshakeStatus before = status();
    if (isHandshakeOpen() && before == HandshakeStatus.NEED_WRAP
        || before == HandshakeStatus.NEED_TASK) {
      return result(Status.OK, before, 0, 0);
    }
    if (!from.hasRemaining()) {
      return result(Status.BUFFER_UNDERFLOW, before, 0, 0);
    }
    if (session == null) {
      throw failed(TlsException.of(Reason.HANDSHAKE, "closed before the handshake"));
    }
    int packet = from.remaining() < HEADER ? -1 : packet(from);
    if (negotiated
        && Records.content(packet, facts.digest()) > Records.remaining(targets, offset, count)) {
      return result(Status.BUFFER_OVERFLOW, before, 0, 0);
    }
    if (packet < 0 || from.remaining() < packet) {
      return result(Status.BUFFER_UNDERFLOW, before, 0, 0);
    }
    recordSeen = true;
    try {
      return negotiated
          ? decrypt(from, packet, targets, offset, count)
          : shakeHands(from, packet, me);
    } finally {
      freeWhenDone();
    }
  }

  /// {@return octets of the record that begins here, header included}
  ///
  /// @throws SSLException when that is no record
  private int packet(ByteBuffer from) throws SSLException {
    int at = from.position();
    int type = from.get(at);
    int length = HEADER + ((from.get(at + 3) & 0xff) << 8 | from.get(at + 4) & 0xff);
    boolean known =
        recordSeen
            ? type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA
            : type == HANDSHAKE || type == ALERT;
    if (!known || from.get(at + 1) != 3) {
      throw refused(from, "Unrecognized SSL message, plaintext connection?");
    }
    if (length > Scratch.PACKET) {
      throw refused(from, "Input record too big: max = " + Scratch.PACKET + " len = " + length);
    }
    return length;
  }

  /// Lets the session see what is no record, for it to say the alert.
  private SSLException refused(ByteBuffer from, String message) {
    Scratch scratch = pool.lend();
    try {
      int length = Math.min(from.remaining(), Scratch.PACKET);
      scratch.inBuffer.put(0, from, from.position(), length);
      TlsSession open = live();
      open.feed(scratch.in, 0, length);
      if (negotiated) {
        open.read(scratch.out, 0, Scratch.PACKET);
      } else {
        open.handshake();
      }
      return failed(TlsException.of(Reason.HANDSHAKE, message));
    } catch (TlsException e) {
      return failed(TlsException.of(Reason.HANDSHAKE, message, e));
    } finally {
      pool.giveBack(scratch);
    }
  }

  private SSLEngineResult shakeHands(ByteBuffer from, int packet, SSLEngine me)
      throws SSLException {
    int type = from.get(from.position());
    held = new byte[packet];
    from.get(held);
    if (type == CHANGE_CIPHER_SPEC) {
      cipherChanged = true;
    }
    if (isDear(type)) {
      task = Task.WAITING;
      return result(Status.OK, HandshakeStatus.NEED_TASK, packet, 0);
    }
    advance(me);
    if (finishedDue && !outgoing.isWaiting()) {
      finishedDue = false;
      return result(Status.OK, HandshakeStatus.FINISHED, packet, 0);
    }
    return result(inboundClosed ? Status.CLOSED : Status.OK, status(), packet, 0);
  }

  /// {@return whether a record of the handshake may ask for signatures or certificates} What
  /// remains is "finished", alerts and change_cipher_spec.
  private boolean isDear(int type) {
    if (type == HANDSHAKE) {
      return !cipherChanged;
    }
    return type == APPLICATION_DATA && (settings.isClient() || settings.mayAskClients());
  }

  @Nullable Runnable takeTask(Runnable body) {
    if (task != Task.WAITING) {
      return null;
    }
    task = Task.TAKEN;
    return body;
  }

  void runTask(SSLEngine me) {
    if (task != Task.TAKEN) {
      return;
    }
    task = Task.NONE;
    try {
      advance(me);
    } catch (SSLException e) {
      thrown = e;
    }
  }

  /// Goes on with the handshake by the record in [#held].
  private void advance(SSLEngine me) throws SSLException {
    byte[] record = held;
    held = new byte[0];
    Scratch scratch = pool.lend();
    try {
      scratch.inBuffer.put(0, record);
      TlsSession open = live();
      boolean complete = false;
      int fed = 0;
      while (fed < record.length) {
        int some = open.feed(scratch.in, fed, record.length - fed);
        fed += some;
        complete = open.handshake();
        if (some == 0) {
          throw TlsException.of(Reason.INTERNAL, "the session takes nothing");
        }
      }
      if (complete) {
        complete(open, me);
      }
      outgoing.look(session, scratch);
    } catch (TlsException e) {
      throw failed(e);
    } finally {
      pool.giveBack(scratch);
    }
  }

  private void complete(TlsSession open, SSLEngine me) throws TlsException, SSLException {
    TlsDigest digest = open.digest();
    X509Certificate[] peer = Records.chain(digest.peerChain());
    NegotiatedSession next =
        new NegotiatedSession(
            digest,
            peer,
            source.local(),
            settings,
            (label, context, length) -> export(me, label, context, length));
    if (peer.length > 0 && !digest.resumed()) {
      judge(next, peer, digest, me);
    }
    facts = next;
    negotiated = true;
    finishedDue = true;
  }

  /// Asks the application's trust manager, after the session was content.
  private void judge(NegotiatedSession next, X509Certificate[] peer, TlsDigest digest, SSLEngine me)
      throws SSLException {
    judged = next;
    try {
      source.check(peer, Records.authType(peer[0], digest, settings.isClient()), me);
    } catch (CertificateException e) {
      // The session's last words would say that all is well: they are never sent.
      free();
      broken = true;
      inboundClosed = true;
      outboundClosed = true;
      throw SslFailures.handshake(String.valueOf(e.getMessage()), e);
    } finally {
      judged = null;
    }
  }

  private byte[] export(SSLEngine me, String label, byte[] context, int length)
      throws TlsException {
    if (me instanceof SessionSslEngine engine) {
      return engine.export(label, context, length);
    }
    throw new IllegalStateException("another engine");
  }

  byte[] export(String label, byte[] context, int length) throws TlsException {
    TlsSession open = session;
    if (open == null) {
      throw TlsException.of(Reason.INTERNAL, "the session is closed");
    }
    return open.export(label, context, length);
  }

  private SSLEngineResult decrypt(
      ByteBuffer from, int packet, ByteBuffer[] targets, int offset, int count)
      throws SSLException {
    Scratch scratch = pool.lend();
    try {
      scratch.inBuffer.put(0, from, from.position(), packet);
      from.position(from.position() + packet);
      int produced = decrypt(packet, targets, offset, count, scratch);
      outgoing.look(session, scratch);
      HandshakeStatus status = status();
      boolean message = produced == 0 && !inboundClosed && version() == TlsVersion.TLS_1_3;
      if (message && status == HandshakeStatus.NOT_HANDSHAKING) {
        status = HandshakeStatus.FINISHED; // a ticket or new keys: the JDK says so after each
      }
      return result(inboundClosed ? Status.CLOSED : Status.OK, status, packet, produced);
    } catch (TlsException e) {
      throw failed(e);
    } finally {
      pool.giveBack(scratch);
    }
  }

  private int decrypt(int packet, ByteBuffer[] targets, int offset, int count, Scratch scratch)
      throws TlsException {
    TlsSession open = live();
    int produced = 0;
    int fed = 0;
    while (fed < packet) {
      int some = open.feed(scratch.in, fed, packet - fed);
      fed += some;
      int read = open.read(scratch.out, 0, Scratch.PACKET);
      if (some == 0 && read == 0) {
        throw TlsException.of(Reason.INTERNAL, "the session takes nothing");
      }
      while (read > 0) {
        Records.scatter(scratch.outBuffer, read, targets, offset, count);
        produced += read;
        read = open.read(scratch.out, 0, Scratch.PACKET);
      }
      if (read < 0) {
        peerCloses(open);
        return produced;
      }
    }
    return produced;
  }

  private @Nullable TlsVersion version() {
    TlsDigest digest = facts.digest();
    return digest == null ? null : digest.version();
  }

  /// RFC 5246 §7.2.1: answered at once. RFC 8446 §6.1: our direction stays open.
  private void peerCloses(TlsSession open) {
    peerClosed = true;
    inboundClosed = true;
    if (!outboundClosed && version() == TlsVersion.TLS_1_2) {
      outboundClosed = true;
      open.closeNotify();
    }
  }

  /// Ends the connection, but for the alert that is still to be wrapped.
  private SSLException failed(TlsException e) {
    broken = true;
    inboundClosed = true;
    outboundClosed = true;
    finishedDue = false;
    facts.invalidate();
    look();
    freeWhenDone();
    return SslFailures.of(e, negotiated);
  }

  /// @throws SSLException when the peer has not said that it is done: octets may be missing
  void closeInbound() throws SSLException {
    if (inboundClosed) {
      return;
    }
    inboundClosed = true;
    boolean begun = session != null;
    freeWhenDone();
    if (begun && !peerClosed) {
      throw new SSLException("closing inbound before receiving peer's close_notify");
    }
  }

  void closeOutbound() {
    if (outboundClosed) {
      return;
    }
    outboundClosed = true;
    TlsSession open = session;
    if (open != null) {
      open.closeNotify();
      look();
    }
    freeWhenDone();
  }

  private void freeWhenDone() {
    if (inboundClosed && outboundClosed && !outgoing.isWaiting()) {
      free();
    }
  }

  private void free() {
    Cleaner.Cleanable open = cleanable;
    session = null;
    cleanable = null;
    if (open != null) {
      open.clean();
    }
  }
}
