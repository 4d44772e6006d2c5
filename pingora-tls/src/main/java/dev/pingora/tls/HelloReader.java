// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.ByteBuffer;

/// Reads a ClientHello from the first octets of a connection, without using them up: whoever makes
/// the session by it feeds them again.
///
/// Strict: what breaks a rule is answered here, by the alert of the RFC, whatever the library that
/// would have served the connection thinks of it. Bounded: see [#MAX_BYTES] and [#MAX_RECORDS].
public final class HelloReader {
  /// Most octets that a ClientHello may take, records and all.
  public static final int MAX_BYTES = 64 * 1024;

  /// Most records that it may be spread over.
  public static final int MAX_RECORDS = 16;

  private static final int RECORD_HEADER = 5;
  private static final int ALERT = 21;
  private static final int ALERT_OCTETS = 2;
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int MESSAGE_HEADER = 4;
  private static final int MAX_RECORD = 16 * 1024;

  /// unexpected_message: something else than a ClientHello (RFC 8446 §5.1).
  private static final int UNEXPECTED_MESSAGE = 10;

  /// protocol_version: no version of TLS (RFC 5246 appendix E.1).
  private static final int PROTOCOL_VERSION = 70;

  /// record_overflow: a record of more than 2^14 octets (RFC 8446 §5.1).
  private static final int RECORD_OVERFLOW = 22;

  /// illegal_parameter: more than we bound a ClientHello to.
  private static final int ILLEGAL_PARAMETER = 47;

  /// Goes on in a further record.
  private static final Result MORE = new Incomplete(0);

  private HelloReader() {}

  /// What the octets are.
  public sealed interface Result {}

  /// The message is not complete yet.
  ///
  /// @param atLeast octets from its beginning before which another look finds nothing new: who
  ///   looks at each octet that dribbles in does the same work again and again
  public record Incomplete(int atLeast) implements Result {}

  /// The message.
  public record Complete(ClientHello hello) implements Result {}

  /// The client gives up by an alert, which is not answered.
  ///
  /// @param alert what it says; 0 is close_notify
  public record Alerted(int alert) implements Result {}

  /// No ClientHello that anybody could use.
  ///
  /// @param why for the log
  /// @param alert the answer (RFC 8446 §6.2)
  public record Unreadable(String why, int alert) implements Result {
    /// The commonest mistake is to speak HTTP here.
    private static Unreadable record(int type) {
      return unexpected(
          type >= 'A' && type <= 'Z' ? "plain text, such as HTTP," : "a record of type " + type);
    }

    private static Unreadable unexpected(String what) {
      return new Unreadable(what + " instead of a ClientHello", UNEXPECTED_MESSAGE);
    }
  }

  /// {@return what the octets are} Their position stays.
  ///
  /// @param octets all that came so far
  public static Result read(ByteBuffer octets) {
    ByteBuffer records = octets.slice();
    ByteBuffer whole = null;
    for (int n = 0; ; n++) {
      if (records.remaining() < RECORD_HEADER) {
        return incompleteOrBad(records, octets.remaining());
      }
      int type = records.get(records.position()) & 0xff;
      int length = records.getShort(records.position() + 3) & 0xffff;
      if (type == ALERT && length == ALERT_OCTETS) {
        int end = records.position() + RECORD_HEADER + length;
        return end > records.limit()
            ? incomplete(octets.remaining(), end)
            : new Alerted(records.get(end - 1) & 0xff);
      }
      if (type != HANDSHAKE) {
        return Unreadable.record(type);
      }
      if (records.get(records.position() + 1) != 3) {
        return new Unreadable("a record of no version of TLS", PROTOCOL_VERSION);
      }
      if (length == 0) { // RFC 8446 §5.1
        return Unreadable.unexpected("an empty handshake record");
      }
      if (length > MAX_RECORD) {
        return new Unreadable("a handshake record of " + length + " octets", RECORD_OVERFLOW);
      }
      if (n == MAX_RECORDS) {
        return new Unreadable(
            "a ClientHello of more than " + MAX_RECORDS + " records", ILLEGAL_PARAMETER);
      }
      if (records.remaining() < RECORD_HEADER + length) {
        return incomplete(octets.remaining(), records.position() + RECORD_HEADER + length);
      }
      ByteBuffer fragment = records.slice(records.position() + RECORD_HEADER, length);
      records.position(records.position() + RECORD_HEADER + length);
      whole = whole == null ? fragment : joined(whole, fragment);
      Result result = message(whole.duplicate());
      if (!(result instanceof Incomplete)) {
        return records.position() > MAX_BYTES ? tooLong() : result;
      }
    }
  }

  private static Result incompleteOrBad(ByteBuffer rest, int all) {
    int type = rest.hasRemaining() ? rest.get(rest.position()) & 0xff : HANDSHAKE;
    if (type != HANDSHAKE && type != ALERT) {
      return Unreadable.record(type);
    }
    return incomplete(all, all - rest.remaining() + RECORD_HEADER);
  }

  private static Result incomplete(int all, int atLeast) {
    return all >= MAX_BYTES ? tooLong() : new Incomplete(Math.min(atLeast, MAX_BYTES));
  }

  private static Unreadable tooLong() {
    return new Unreadable("a ClientHello of more than " + MAX_BYTES + " octets", ILLEGAL_PARAMETER);
  }

  private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
    return ByteBuffer.allocate(first.remaining() + second.remaining())
        .put(first.duplicate())
        .put(second.duplicate())
        .flip();
  }

  private static Result message(ByteBuffer message) {
    if (message.remaining() < MESSAGE_HEADER) {
      return MORE;
    }
    int type = message.get() & 0xff;
    int length = (message.get() & 0xff) << 16 | message.getShort() & 0xffff;
    if (type != CLIENT_HELLO) {
      return Unreadable.unexpected("handshake message " + type);
    }
    if (length > MAX_BYTES) {
      return tooLong();
    }
    if (message.remaining() < length) {
      return MORE;
    }
    if (message.remaining() > length) { // RFC 8446 §5.1: the keys change here
      return new Unreadable("more octets behind the ClientHello in its record", UNEXPECTED_MESSAGE);
    }
    try {
      return new Complete(HelloMessage.read(message));
    } catch (HelloMessage.Malformed e) {
      return new Unreadable(String.valueOf(e.getMessage()), e.alert());
    }
  }
}
