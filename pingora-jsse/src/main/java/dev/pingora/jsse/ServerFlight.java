// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.jsse;

import dev.pingora.tls.NamedGroup;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Reads along what a server says in the clear at the beginning of a handshake, for what the JDK
/// does not tell: the group, and whether the session goes on from an earlier one.
///
/// ```
///   TLS 1.3:  ServerHello (key_share, pre_shared_key)               RFC 8446 §4.1.3
///   TLS 1.2:  ServerHello  Certificate … ServerKeyExchange          a new session
///             ServerHello  [NewSessionTicket]  ChangeCipherSpec     an earlier one
/// ```
///
/// It only watches: what it does not understand makes it stop. Keeps at most [#KEPT] octets.
final class ServerFlight {
  private static final int KEPT = 512;

  private static final int CHANGE_CIPHER_SPEC = 20;
  private static final int HANDSHAKE = 22;
  private static final int RECORD_HEADER = 5;

  private static final int SERVER_HELLO = 2;
  private static final int CERTIFICATE = 11;
  private static final int SERVER_KEY_EXCHANGE = 12;
  private static final int MESSAGE_HEADER = 4;

  private static final int PRE_SHARED_KEY = 41;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  private static final int NAMED_CURVE = 3;

  /// The random of a HelloRetryRequest: SHA-256 of its name.
  private static final ByteBuffer RETRY =
      ByteBuffer.wrap(
          HexFormat.of()
              .parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"));

  private byte @Nullable [] kept = new byte[MESSAGE_HEADER + KEPT];
  private int header;
  private int recordType;
  private int recordLeft;
  private int message;
  private int messageLength;
  private boolean certificate;
  private boolean modern;
  private boolean hello;
  private boolean resumed;
  private @Nullable NamedGroup group;

  /// {@return the group of the key exchange; null when there was none, or it is not known}
  @Nullable NamedGroup group() {
    return group;
  }

  boolean isResumed() {
    return resumed;
  }

  /// {@return whether there is nothing more to see}
  boolean isOver() {
    return kept == null;
  }

  /// Looks at the octets from `from` until `to`.
  void see(byte[] octets, int from, int to) {
    byte[] into = kept;
    for (int i = from; i < to && into != null; i++) {
      take(octets[i] & 0xff, into);
      into = kept;
    }
  }

  private void take(int octet, byte[] into) {
    if (header < RECORD_HEADER) {
      switch (header++) {
        case 0 -> recordType = octet;
        case 3 -> recordLeft = octet << 8;
        case 4 -> {
          recordLeft |= octet;
          begin();
        }
        default -> {} // a version that means nothing (RFC 8446 §5.1)
      }
      return;
    }
    recordLeft--;
    if (recordLeft == 0) {
      header = 0;
    }
    if (recordType == HANDSHAKE) {
      collect((byte) octet, into);
    }
  }

  private void begin() {
    if (recordType == CHANGE_CIPHER_SPEC && !modern) {
      resumed = hello && !certificate;
      kept = null;
    } else if (recordLeft == 0 || recordType != HANDSHAKE && recordType != CHANGE_CIPHER_SPEC) {
      kept = null;
    }
  }

  private void collect(byte octet, byte[] into) {
    if (message < into.length) {
      into[message] = octet;
    }
    message++;
    if (message == MESSAGE_HEADER) {
      messageLength = ByteBuffer.wrap(into).getInt() & 0xff_ffff;
    }
    if (message >= MESSAGE_HEADER && message == MESSAGE_HEADER + messageLength) {
      int length = Math.min(message, into.length);
      message = 0;
      messageLength = 0;
      try {
        understand(into[0], ByteBuffer.wrap(into, MESSAGE_HEADER, length - MESSAGE_HEADER));
      } catch (BufferUnderflowException e) {
        kept = null; // not well-formed, or too long for us: the engine will judge
      }
    }
  }

  private void understand(int type, ByteBuffer body) {
    switch (type) {
      case SERVER_HELLO -> serverHello(body);
      case CERTIFICATE -> certificate = true;
      case SERVER_KEY_EXCHANGE -> {
        // RFC 8422 §5.4.
        if (body.get() == NAMED_CURVE) {
          group = NamedGroup.of(body.getShort() & 0xffff).orElse(null);
        }
        kept = null;
      }
      default -> {}
    }
  }

  private void serverHello(ByteBuffer body) {
    body.getShort();
    int random = body.position();
    skip(body, RETRY.capacity());
    boolean retry = body.slice(random, RETRY.capacity()).equals(RETRY);
    skip(body, body.get() & 0xff);
    skip(body, Short.BYTES + 1); // suite, compression
    hello = true;
    @Nullable NamedGroup shared = null;
    boolean keyed = false;
    int left = body.hasRemaining() ? body.getShort() & 0xffff : 0;
    while (left > 0) {
      int type = body.getShort() & 0xffff;
      int length = body.getShort() & 0xffff;
      switch (type) {
        case SUPPORTED_VERSIONS -> modern = true;
        case PRE_SHARED_KEY -> keyed = true;
        case KEY_SHARE -> shared = NamedGroup.of(body.duplicate().getShort() & 0xffff).orElse(null);
        default -> {}
      }
      skip(body, length);
      left -= 2 * Short.BYTES + length;
    }
    if (modern && !retry) {
      group = shared;
      resumed = keyed;
      kept = null;
    }
  }

  private static void skip(ByteBuffer body, int count) {
    if (count > body.remaining()) {
      throw new BufferUnderflowException();
    }
    body.position(body.position() + count);
  }
}
