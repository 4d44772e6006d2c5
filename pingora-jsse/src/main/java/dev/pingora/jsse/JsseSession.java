// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsSession;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLKeyException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/// One engine, turned from wrapping and unwrapping to feeding and draining.
///
/// ```
///   feed ──► records ──unwrap──► plain ──► read        what does not fit the reader at once
///  drain ◄── output ◄───wrap────────────── write
/// ```
///
/// Delegated tasks run in place: the caller chose the thread.
final class JsseSession implements TlsSession {
  /// RFC 5246 §6.2.3 allows 2048 octets more than content, RFC 8446 §5.2 only 256; the JDK takes
  /// records twice as long.
  private static final int MAX_RECORD = 16_384 + 2048;

  private static final int RECORD_HEADER = 5;

  /// change_cipher_spec.
  private static final int FIRST_TYPE = 20;

  /// application_data.
  private static final int LAST_TYPE = 23;

  /// Never changes: there is no room in it.
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SSLEngine engine;
  private final boolean client;
  private final @Nullable String asked;
  private final ServerFlight flight = new ServerFlight();
  private final Octets records;
  private final Octets plain;
  private final Octets output;
  private boolean begun;
  private boolean complete;
  private boolean inputEnded;
  private boolean peerClosed;
  private boolean weClosed;
  private boolean freed;
  private @Nullable TlsException failure;

  /// @param asked the name in SNI of a client; null for none
  JsseSession(SSLEngine engine, Buffers buffers, boolean client, @Nullable String asked) {
    this.engine = engine;
    this.client = client;
    this.asked = asked;
    records = new Octets(buffers);
    plain = new Octets(buffers);
    output = new Octets(buffers);
  }

  @Override
  public boolean handshake() throws TlsException {
    rethrow();
    if (complete) {
      return true;
    }
    try {
      if (!begun) {
        begun = true;
        engine.beginHandshake();
      }
      complete = shakeHands();
      return complete;
    } catch (SSLException | RuntimeException e) {
      throw failed(Failures.of(e));
    }
  }

  private boolean shakeHands() throws SSLException, TlsException {
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> runTasks();
        case NEED_WRAP -> wrap(NOTHING);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!unwrapHandshake()) {
            return false;
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          if (engine.isOutboundDone()) {
            throw failed(TlsException.of(Reason.HANDSHAKE, "closed during the handshake"));
          }
          return true;
        }
      }
    }
  }

  /// {@return whether there was a record}
  private boolean unwrapHandshake() throws SSLException, TlsException {
    if (hasRecord()) {
      SSLEngineResult result = records.unwrapInto(engine, NOTHING);
      if (result.getStatus() == Status.CLOSED) {
        throw failed(
            TlsException.of(Reason.ALERTED, "the peer closes during the handshake").withAlert(0));
      }
      if (result.getStatus() != Status.BUFFER_UNDERFLOW) {
        return true;
      }
    }
    if (inputEnded) {
      throw failed(truncated());
    }
    return false;
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private SSLEngineResult wrap(ByteBuffer content) throws SSLException {
    return output.wrap(engine, content, client ? null : flight);
  }

  /// {@return whether there is a whole record, or what is none} The engine asks for room before it
  /// looks whether there is.
  private boolean hasRecord() throws TlsException {
    int size = records.size();
    if (size < RECORD_HEADER) {
      return false;
    }
    if (records.at(0) < FIRST_TYPE || records.at(0) > LAST_TYPE) {
      return true; // no TLS: the engine will say so
    }
    int length = records.at(3) << 8 | records.at(4);
    if (length > MAX_RECORD) { // RFC 8446 §5.2
      throw failed(
          TlsException.of(
              Reason.HANDSHAKE,
              "a record of " + length + " octets (expected: " + MAX_RECORD + " at most)"));
    }
    return size >= RECORD_HEADER + length;
  }

  private static TlsException truncated() {
    return TlsException.of(
        Reason.TRUNCATED, "the peer's transport ended without close_notify (RFC 8446 §6.1)");
  }

  private void rethrow() throws TlsException {
    TlsException before = failure;
    if (before != null) {
      throw before;
    }
  }

  /// Keeps the failure, and the alert for [#drain].
  private TlsException failed(TlsException e) {
    failure = e;
    records.clear();
    if (e.reason() != Reason.ALERTED) {
      sayFarewell();
    }
    return e;
  }

  /// What the engine still has to say: an alert, or close_notify.
  private void sayFarewell() {
    try {
      engine.closeOutbound();
      while (!engine.isOutboundDone()) {
        SSLEngineResult result = wrap(NOTHING);
        if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
          return;
        }
      }
    } catch (SSLException | RuntimeException e) {
      // It failed before, and that is known: the peer just hears nothing.
      return;
    }
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) {
    if (failure != null || peerClosed) {
      return length; // nobody wants it any more
    }
    return records.put(from, offset, length, client ? flight : null);
  }

  @Override
  public void endOfInput() {
    inputEnded = true;
  }

  @Override
  public int drain(MemorySegment into, long offset, int capacity) {
    return output.take(into, offset, capacity);
  }

  @Override
  public int read(MemorySegment into, long offset, int capacity) throws TlsException {
    if (!plain.isEmpty()) {
      return plain.take(into, offset, capacity);
    }
    rethrow();
    if (!complete || capacity == 0) {
      return 0;
    }
    if (records.isEmpty()) {
      return nothingToRead();
    }
    ByteBuffer target = into.asSlice(offset, capacity).asByteBuffer();
    TlsException trouble;
    try {
      return decrypt(target, into, offset);
    } catch (TlsException e) {
      trouble = e;
    } catch (SSLException | RuntimeException e) {
      trouble = failed(Failures.of(e));
    }
    if (target.position() > 0) {
      return target.position(); // what was good before it; the next call tells
    }
    throw trouble;
  }

  private int nothingToRead() throws TlsException {
    if (peerClosed) {
      return -1;
    }
    if (inputEnded) {
      throw failed(truncated());
    }
    return 0;
  }

  /// Into the reader's memory as long as a whole record fits, the rest by way of [#plain].
  private int decrypt(ByteBuffer target, MemorySegment into, long offset)
      throws SSLException, TlsException {
    while (hasRecord()) {
      SSLEngineResult result = records.unwrapInto(engine, target);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        if (target.position() > 0) {
          return target.position();
        }
        result = plain.unwrap(engine, records);
      }
      if (result.getStatus() == Status.CLOSED) {
        peerClosed = true;
        records.clear();
        settle(engine.getHandshakeStatus()); // TLS 1.2 answers (RFC 5246 §7.2.1)
        return target.position() > 0 ? target.position() : -1;
      }
      if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
        break;
      }
      settle(result.getHandshakeStatus());
      if (!plain.isEmpty()) {
        return plain.take(into, offset, target.capacity());
      }
    }
    return target.position() > 0 ? target.position() : nothingToRead();
  }

  /// Does what a record asked for after the handshake: tickets, key updates.
  private void settle(HandshakeStatus first) throws SSLException, TlsException {
    HandshakeStatus status = first;
    int waiting = output.size();
    while (true) {
      switch (status) {
        case NEED_TASK -> {
          refuseRenegotiation(waiting);
          runTasks();
        }
        case NEED_WRAP -> {
          if (wrap(NOTHING).getStatus() != Status.OK) {
            return;
          }
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          refuseRenegotiation(waiting);
          return;
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
      status = engine.getHandshakeStatus();
    }
  }

  /// TLS 1.2 has no other messages after the handshake.
  private void refuseRenegotiation(int waiting) throws TlsException {
    if (!peerClosed && !weClosed && version() == TlsVersion.TLS_1_2) {
      output.shorten(waiting);
      throw failed(TlsException.of(Reason.HANDSHAKE, "the peer wants to renegotiate"));
    }
  }

  @Override
  public int write(MemorySegment from, long offset, int length) throws TlsException {
    rethrow();
    if (!complete || weClosed) {
      throw TlsException.of(
          Reason.INTERNAL,
          complete ? "written after close_notify" : "written before the handshake");
    }
    ByteBuffer content = from.asSlice(offset, length).asByteBuffer();
    try {
      while (content.hasRemaining() && output.size() < Buffers.PACKET) {
        SSLEngineResult result = wrap(content);
        if (result.getStatus() != Status.OK) {
          throw failed(TlsException.of(Reason.INTERNAL, "the session is over"));
        }
        settle(result.getHandshakeStatus());
      }
      return content.position();
    } catch (SSLException | RuntimeException e) {
      throw failed(Failures.of(e));
    }
  }

  @Override
  public void closeNotify() {
    if (!weClosed && failure == null) {
      weClosed = true;
      sayFarewell();
      if (!complete) {
        failure = TlsException.of(Reason.HANDSHAKE, "closed during the handshake");
      }
    }
  }

  /// The JDK's update always asks for the peer's as well.
  @Override
  public void keyUpdate(boolean both) throws TlsException {
    if (version() != TlsVersion.TLS_1_3) {
      throw new UnsupportedOperationException("TLS 1.2 has no key update");
    }
    rethrow();
    try {
      engine.beginHandshake();
      settle(engine.getHandshakeStatus());
    } catch (SSLException | RuntimeException e) {
      throw failed(Failures.of(e));
    }
  }

  @Override
  public byte[] export(String label, byte[] context, int length) throws TlsException {
    if (!(engine.getSession() instanceof ExtendedSSLSession session)) {
      throw new UnsupportedOperationException("exporter");
    }
    try {
      return session.exportKeyingMaterialData(label, context, length);
    } catch (SSLKeyException | RuntimeException e) {
      throw TlsException.of(Reason.INTERNAL, "no keying material: " + e.getMessage(), e);
    }
  }

  private TlsVersion version() {
    return engine.getSession().getProtocol().equals(TlsVersion.TLS_1_3.toString())
        ? TlsVersion.TLS_1_3
        : TlsVersion.TLS_1_2;
  }

  @Override
  public TlsDigest digest() {
    NamedGroup group = flight.group();
    String protocol = engine.getApplicationProtocol();
    return new TlsDigest(
        version(),
        engine.getSession().getCipherSuite(),
        group == null ? null : group.toString(),
        protocol == null || protocol.isEmpty() ? null : protocol,
        client ? asked : requested(),
        flight.isResumed(),
        peerChain());
  }

  private @Nullable String requested() {
    if (engine.getSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return host.getAsciiName();
        }
      }
    }
    return null;
  }

  private List<byte[]> peerChain() {
    List<byte[]> chain = new ArrayList<>();
    try {
      for (Certificate certificate : engine.getSession().getPeerCertificates()) {
        chain.add(certificate.getEncoded());
      }
      return chain;
    } catch (SSLPeerUnverifiedException e) {
      return List.of(); // it showed none
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /// {@return what is behind it}
  SSLEngine engine() {
    return engine;
  }

  @Override
  public void close() {
    if (!freed) {
      freed = true;
      records.clear();
      plain.clear();
      output.clear();
    }
  }
}
