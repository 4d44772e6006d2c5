// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads a ClientHello from the first octets of a connection, without using them up: whoever makes
/// the session by it feeds them again.
///
/// Lenient where it does not matter: what is wrong with a message the library will say, with the
/// right alert. Strict about size: see [#MAX_BYTES] and [#MAX_RECORDS].
public final class HelloReader {
  /// Most octets that a ClientHello may take, records and all.
  public static final int MAX_BYTES = 64 * 1024;

  /// Most records that it may be spread over.
  public static final int MAX_RECORDS = 16;

  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE = 22;
  private static final int CLIENT_HELLO = 1;
  private static final int MESSAGE_HEADER = 4;
  private static final int MAX_RECORD = 16 * 1024;

  /// record_overflow: a record of more than 2^14 octets (RFC 8446 §5.1).
  private static final int RECORD_OVERFLOW = 22;

  /// illegal_parameter: more than we bound a ClientHello to.
  private static final int ILLEGAL_PARAMETER = 47;

  private static final int SERVER_NAME = 0;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int ALPN = 16;
  private static final int SUPPORTED_VERSIONS = 43;

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

  /// No ClientHello that anybody could use.
  ///
  /// @param alert the answer, as it breaks limits; [TlsException#NO_ALERT] when the library shall
  ///   say what is wrong with it
  public record Unreadable(String why, int alert) implements Result {
    private static Unreadable bad(String why) {
      return new Unreadable(why, TlsException.NO_ALERT);
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
      if (type != HANDSHAKE || (records.get(records.position() + 1) & 0xff) != 3) {
        return Unreadable.bad("no TLS handshake");
      }
      if (length == 0) {
        return Unreadable.bad("an empty handshake record");
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
        return result;
      }
    }
  }

  private static Result incompleteOrBad(ByteBuffer rest, int all) {
    if (rest.hasRemaining() && rest.get(rest.position()) != HANDSHAKE) {
      return Unreadable.bad("no TLS handshake");
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
    int length = number(message, 3);
    if (type != CLIENT_HELLO) {
      return Unreadable.bad("handshake message " + type + " instead of a ClientHello");
    }
    if (length > MAX_BYTES) {
      return tooLong();
    }
    if (message.remaining() < length) {
      return MORE;
    }
    try {
      return new Complete(hello(message.limit(message.position() + length)));
    } catch (Malformed e) {
      return Unreadable.bad("a malformed ClientHello");
    }
  }

  private static ClientHello hello(ByteBuffer body) throws Malformed {
    int version = number(need(body, 2), 2);
    skip(body, 32); // random
    skip(body, number(need(body, 1), 1)); // session id
    List<Integer> suites = numbers(vector(body, 2), 2);
    skip(body, number(need(body, 1), 1)); // compression methods
    Collected all = new Collected();
    if (body.hasRemaining()) {
      ByteBuffer extensions = vector(body, 2);
      while (extensions.hasRemaining()) {
        int type = number(need(extensions, 2), 2);
        all.types.add(type);
        all.take(type, vector(extensions, 2));
      }
    }
    return new ClientHello(
        version,
        suites,
        all.types,
        all.serverName,
        all.alpn,
        all.groups,
        all.schemes,
        all.versions);
  }

  /// What the extensions say.
  private static final class Collected {
    final List<Integer> types = new ArrayList<>();
    @Nullable String serverName;
    List<String> alpn = List.of();
    List<Integer> groups = List.of();
    List<Integer> schemes = List.of();
    List<Integer> versions = List.of();

    void take(int type, ByteBuffer content) throws Malformed {
      switch (type) {
        case SERVER_NAME -> serverName = name(content);
        case ALPN -> alpn = protocols(vector(content, 2));
        case SUPPORTED_GROUPS -> groups = numbers(vector(content, 2), 2);
        case SIGNATURE_ALGORITHMS -> schemes = numbers(vector(content, 2), 2);
        case SUPPORTED_VERSIONS -> versions = numbers(vector(content, 1), 2);
        default -> {} // of no use to us
      }
    }
  }

  /// RFC 6066 §3: a list, of which host_name (0) is the only type there is.
  private static @Nullable String name(ByteBuffer content) throws Malformed {
    ByteBuffer names = vector(content, 2);
    while (names.hasRemaining()) {
      int type = number(need(names, 1), 1);
      ByteBuffer name = vector(names, 2);
      if (type == 0) {
        return StandardCharsets.ISO_8859_1.decode(name).toString().toLowerCase(Locale.ROOT);
      }
    }
    return null;
  }

  private static List<String> protocols(ByteBuffer list) throws Malformed {
    List<String> names = new ArrayList<>();
    while (list.hasRemaining()) {
      names.add(StandardCharsets.ISO_8859_1.decode(vector(list, 1)).toString());
    }
    return names;
  }

  private static List<Integer> numbers(ByteBuffer list, int octets) throws Malformed {
    List<Integer> numbers = new ArrayList<>(list.remaining() / octets);
    while (list.hasRemaining()) {
      numbers.add(number(need(list, octets), octets));
    }
    return numbers;
  }

  /// A length of so many octets, and what it is the length of.
  private static ByteBuffer vector(ByteBuffer from, int lengthOctets) throws Malformed {
    int length = number(need(from, lengthOctets), lengthOctets);
    ByteBuffer content = need(from, length).slice(from.position(), length);
    from.position(from.position() + length);
    return content;
  }

  private static void skip(ByteBuffer from, int octets) throws Malformed {
    need(from, octets).position(from.position() + octets);
  }

  private static ByteBuffer need(ByteBuffer from, int octets) throws Malformed {
    if (from.remaining() < octets) {
      throw new Malformed();
    }
    return from;
  }

  private static int number(ByteBuffer from, int octets) {
    int number = 0;
    for (int i = 0; i < octets; i++) {
      number = number << 8 | from.get() & 0xff;
    }
    return number;
  }

  /// The message contradicts itself.
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed() {
      super("malformed", null, false, false);
    }
  }
}
