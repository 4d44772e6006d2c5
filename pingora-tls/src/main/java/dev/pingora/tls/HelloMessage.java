// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the body of a ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2) and judges it, so that what
/// breaks a rule that is known here is refused alike, whatever the library: none of them looks at
/// everything.
///
/// Extensions that are not known here are passed over; they are for the library to judge.
final class HelloMessage {
  private static final int HANDSHAKE_FAILURE = 40;
  private static final int ILLEGAL_PARAMETER = 47;
  private static final int DECODE_ERROR = 50;
  private static final int PROTOCOL_VERSION = 70;
  private static final int MISSING_EXTENSION = 109;

  private static final int SERVER_NAME = 0;
  private static final int SUPPORTED_GROUPS = 10;
  private static final int SIGNATURE_ALGORITHMS = 13;
  private static final int ALPN = 16;
  private static final int PRE_SHARED_KEY = 41;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int PSK_KEY_EXCHANGE_MODES = 45;
  private static final int KEY_SHARE = 51;
  private static final int RENEGOTIATION_INFO = 0xff01;

  private static final int SSL_3 = 0x0300;
  private static final int MAX_SESSION_ID = 32;

  /// Most suites, extensions, protocols, groups and so on, each. A ClientHello is kept as long as
  /// its connection, and takes many times its octets then; browsers list some twenty of a kind.
  static final int MAX_LISTED = 512;

  /// Octets of a host name (RFC 1035 §2.3.4).
  private static final int MAX_NAME = 255;

  private final List<Integer> types = new ArrayList<>();
  private @Nullable String serverName;
  private List<String> alpn = List.of();
  private List<Integer> groups = List.of();
  private List<Integer> schemes = List.of();
  private List<Integer> versions = List.of();
  private @Nullable ByteBuffer keyShare;

  private HelloMessage() {}

  /// {@return what the message says}
  ///
  /// @param body without the message's header; used up
  /// @throws Malformed with the alert that answers it
  static ClientHello read(ByteBuffer body) throws Malformed {
    return new HelloMessage().hello(body);
  }

  private ClientHello hello(ByteBuffer body) throws Malformed {
    int version = number(body, 2);
    if (version <= SSL_3) { // RFC 8446 appendix D.5
      throw new Malformed(PROTOCOL_VERSION, "SSL 3.0 or older");
    }
    octets(body, 32); // random
    if (vector(body, 1).remaining() > MAX_SESSION_ID) {
      throw new Malformed(DECODE_ERROR, "a session id of more than 32 octets");
    }
    List<Integer> suites = numbers(vector(body, 2), "cipher suites");
    ByteBuffer compression = vector(body, 1);
    if (body.hasRemaining()) {
      extensions(vector(body, 2));
    }
    if (body.hasRemaining()) {
      throw new Malformed(DECODE_ERROR, "octets behind the extensions");
    }
    boolean tls13 = versions.contains(TlsVersion.TLS_1_3.code());
    judge(compression, tls13);
    if (tls13) {
      judgeKeyExchange();
    }
    return new ClientHello(version, suites, types, serverName, alpn, groups, schemes, versions);
  }

  /// RFC 8446 §4.1.2: exactly "null". RFC 5246 §7.4.1.2: "null" among others.
  private static void judge(ByteBuffer compression, boolean tls13) throws Malformed {
    if (!compression.hasRemaining()) {
      throw new Malformed(DECODE_ERROR, "no compression method");
    }
    boolean without = false;
    for (int i = compression.position(); i < compression.limit(); i++) {
      without |= compression.get(i) == 0;
    }
    if (!without || (tls13 && compression.remaining() > 1)) {
      throw new Malformed(ILLEGAL_PARAMETER, "compression");
    }
  }

  private void extensions(ByteBuffer all) throws Malformed {
    Set<Integer> seen = new HashSet<>();
    while (all.hasRemaining()) {
      int type = number(all, 2);
      if (!seen.add(type)) { // RFC 8446 §4.2
        throw new Malformed(ILLEGAL_PARAMETER, "extension " + type + " twice");
      }
      types.add(type);
      bound(types.size(), "extensions");
      ByteBuffer content = vector(all, 2);
      take(type, content);
    }
  }

  private void take(int type, ByteBuffer content) throws Malformed {
    switch (type) {
      case SERVER_NAME -> serverName = name(whole(content, 2, "server_name"));
      case ALPN -> alpn = protocols(whole(content, 2, "ALPN"));
      case SUPPORTED_GROUPS -> groups = numbers(whole(content, 2, "groups"), "groups");
      case SIGNATURE_ALGORITHMS -> schemes = numbers(whole(content, 2, "schemes"), "schemes");
      case SUPPORTED_VERSIONS -> versions = numbers(whole(content, 1, "versions"), "versions");
      case KEY_SHARE -> keyShare = content;
      case RENEGOTIATION_INFO -> { // RFC 5746 §3.6
        if (whole(content, 1, "renegotiation_info").hasRemaining()) {
          throw new Malformed(HANDSHAKE_FAILURE, "a renegotiation of nothing");
        }
      }
      default -> {} // of no use to us
    }
  }

  /// RFC 8446 §9.2 and §4.2.9 to §4.2.11: which extensions need each other.
  private void judgeKeyExchange() throws Malformed {
    boolean psk = types.contains(PRE_SHARED_KEY);
    ByteBuffer shares = keyShare;
    if (psk && types.getLast() != PRE_SHARED_KEY) {
      throw new Malformed(ILLEGAL_PARAMETER, "pre_shared_key is not the last extension");
    }
    if (psk && !types.contains(PSK_KEY_EXCHANGE_MODES)) {
      throw new Malformed(MISSING_EXTENSION, "pre_shared_key without psk_key_exchange_modes");
    }
    if (!psk && (schemes.isEmpty() || groups.isEmpty())) {
      throw new Malformed(MISSING_EXTENSION, "no signature_algorithms or no supported_groups");
    }
    if (groups.isEmpty() != (shares == null)) {
      throw new Malformed(MISSING_EXTENSION, "supported_groups or key_share without the other");
    }
    if (shares != null) {
      judge(whole(shares, 2, "key_share"));
    }
  }

  /// RFC 8446 §4.2.8: one key for a group, of groups that are offered.
  private void judge(ByteBuffer shares) throws Malformed {
    Set<Integer> seen = new HashSet<>();
    while (shares.hasRemaining()) {
      int group = number(shares, 2);
      if (!groups.contains(group) || !seen.add(group)) {
        throw new Malformed(
            ILLEGAL_PARAMETER, "a second key for a group, or one for a group that is not offered");
      }
      ByteBuffer key = vector(shares, 2);
      if (!key.hasRemaining()) {
        throw new Malformed(DECODE_ERROR, "an empty key share");
      }
      int length = shareOctets(group);
      if (length > 0 && key.remaining() != length) {
        throw new Malformed(
            ILLEGAL_PARAMETER, "a key of %d octets for group %d".formatted(key.remaining(), group));
      }
    }
  }

  /// {@return how long the key of a group is; 0 where that is not known}
  private static int shareOctets(int group) {
    return switch (group) {
      case 0x0017 -> 65; // secp256r1, RFC 8446 §4.2.8.2
      case 0x0018 -> 97;
      case 0x0019 -> 133;
      case 0x001d -> 32; // x25519, RFC 7748 §6
      case 0x001e -> 56;
      case 0x11eb -> 65 + 1184; // SecP256r1MLKEM768, draft-ietf-tls-ecdhe-mlkem
      case 0x11ec -> 1184 + 32; // X25519MLKEM768
      case 0x11ed -> 97 + 1568; // SecP384r1MLKEM1024
      default -> 0;
    };
  }

  /// RFC 6066 §3: a list of names, of which host_name (0) is the only type there is.
  private static @Nullable String name(ByteBuffer names) throws Malformed {
    if (!names.hasRemaining()) {
      throw new Malformed(DECODE_ERROR, "an empty list of server names");
    }
    String host = null;
    while (names.hasRemaining()) {
      int type = number(names, 1);
      ByteBuffer name = vector(names, 2);
      if (type == 0) {
        if (host != null) {
          throw new Malformed(ILLEGAL_PARAMETER, "two server names");
        }
        host = host(name);
      }
    }
    return host;
  }

  /// ASCII without blanks: more than host names need, and nothing that could be taken for another.
  private static String host(ByteBuffer name) throws Malformed {
    if (!name.hasRemaining()) {
      throw new Malformed(DECODE_ERROR, "an empty server name");
    }
    if (name.remaining() > MAX_NAME) {
      throw new Malformed(ILLEGAL_PARAMETER, "a server name of more than 255 octets");
    }
    for (int i = name.position(); i < name.limit(); i++) {
      if (name.get(i) <= ' ' || name.get(i) == 0x7f) {
        throw new Malformed(ILLEGAL_PARAMETER, "a server name that is none");
      }
    }
    return StandardCharsets.ISO_8859_1.decode(name).toString().toLowerCase(Locale.ROOT);
  }

  /// RFC 7301 §3.1: one or more, none of them empty.
  private static List<String> protocols(ByteBuffer list) throws Malformed {
    List<String> names = new ArrayList<>();
    while (list.hasRemaining()) {
      names.add(StandardCharsets.ISO_8859_1.decode(vector(list, 1)).toString());
      bound(names.size(), "protocols");
    }
    if (names.isEmpty() || names.contains("")) {
      throw new Malformed(DECODE_ERROR, "an empty list or name of protocols");
    }
    return names;
  }

  /// {@return numbers of two octets; at least one}
  private static List<Integer> numbers(ByteBuffer list, String what) throws Malformed {
    if (!list.hasRemaining() || list.remaining() % 2 != 0) {
      throw new Malformed(DECODE_ERROR, list.remaining() + " octets of " + what);
    }
    bound(list.remaining() / 2, what);
    List<Integer> numbers = new ArrayList<>(list.remaining() / 2);
    while (list.hasRemaining()) {
      numbers.add(number(list, 2));
    }
    return numbers;
  }

  private static void bound(int count, String what) throws Malformed {
    if (count > MAX_LISTED) {
      throw new Malformed(ILLEGAL_PARAMETER, "more than " + MAX_LISTED + " " + what);
    }
  }

  /// {@return the content of a vector that fills the whole extension}
  private static ByteBuffer whole(ByteBuffer extension, int lengthOctets, String what)
      throws Malformed {
    ByteBuffer content = vector(extension, lengthOctets);
    if (extension.hasRemaining()) {
      throw new Malformed(DECODE_ERROR, "octets behind " + what);
    }
    return content;
  }

  /// {@return a length of so many octets, and what it is the length of}
  private static ByteBuffer vector(ByteBuffer from, int lengthOctets) throws Malformed {
    return octets(from, number(from, lengthOctets));
  }

  private static int number(ByteBuffer from, int octets) throws Malformed {
    ByteBuffer digits = octets(from, octets);
    int number = 0;
    while (digits.hasRemaining()) {
      number = number << 8 | digits.get() & 0xff;
    }
    return number;
  }

  private static ByteBuffer octets(ByteBuffer from, int count) throws Malformed {
    if (from.remaining() < count) {
      throw new Malformed(DECODE_ERROR, "a message that ends too early");
    }
    ByteBuffer octets = from.slice(from.position(), count);
    from.position(from.position() + count);
    return octets;
  }

  /// The message breaks a rule.
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int alert;

    Malformed(int alert, String why) {
      super("a malformed ClientHello: " + why, null, false, false);
      this.alert = alert;
    }

    /// {@return the alert that answers it (RFC 8446 §6.2)}
    int alert() {
      return alert;
    }
  }
}
