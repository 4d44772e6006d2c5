// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import dev.pingora.tls.TlsException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whom a client asks for, and whom it takes for that. The common name is nobody (RFC 9525 §2).
///
/// @param serverName for SNI; empty for none
/// @param hosts DNS names in lower case, one of which the certificate must carry
/// @param addresses IP addresses, one of which will do as well
record PeerName(String serverName, List<String> hosts, List<byte[]> addresses) {
  private static final Pattern DOTTED = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

  /// What is asked for in practice.
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private static final int MAX_HOST = 253;

  /// {@return what to ask and look for}
  ///
  /// @param name DNS name or IP address; may be empty unless it is checked
  /// @param checked whether the certificate must be for it
  /// @throws TlsException CONFIGURATION when it is neither
  static PeerName of(String name, boolean checked, @Nullable String alternative)
      throws TlsException {
    if (name.isEmpty()) {
      if (checked) {
        throw bad("verify: CHAIN_AND_NAME without a name to look for in the certificate");
      }
      return new PeerName("", List.of(), List.of());
    }
    List<String> hosts = new ArrayList<>();
    List<byte[]> addresses = new ArrayList<>();
    byte[] address = address(name);
    // RFC 6066 §3: SNI carries no addresses, and no trailing dot.
    String host = address == null ? checkedHost(name, "server name") : "";
    if (address == null) {
      hosts.addAll(hosts(host));
    } else {
      addresses.add(address);
    }
    if (alternative != null) {
      byte[] other = address(alternative);
      if (other == null) {
        hosts.add(checkedHost(alternative, "alternative name").toLowerCase(Locale.ROOT));
      } else {
        addresses.add(other);
      }
    }
    return new PeerName(host, List.copyOf(hosts), List.copyOf(addresses));
  }

  /// @throws TlsException CONFIGURATION when it is neither a host nor an address
  static void checkAlternative(@Nullable String name) throws TlsException {
    if (name != null && address(name) == null) {
      checkedHost(name, "alternative name");
    }
  }

  /// {@return the name, and when its first label of three or more has an underscore, which no
  /// certificate carries, the name with hyphens there}
  private static List<String> hosts(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    boolean three = dot > 0 && name.indexOf('.', dot + 1) > 0;
    if (!three || name.indexOf('_') < 0 || name.indexOf('_') > dot) {
      return List.of(name);
    }
    return List.of(name, name.substring(0, dot).replace('_', '-') + name.substring(dot));
  }

  private static String checkedHost(String name, String what) throws TlsException {
    String host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (host.length() > MAX_HOST || !HOST.matcher(host).matches()) {
      throw bad(what + ": \"" + name + "\" (expected: a DNS name or an IP address)");
    }
    return host;
  }

  /// {@return the address that a text is, without asking a resolver; null when it is none}
  private static byte @Nullable [] address(String text) {
    if (text.indexOf(':') < 0 && !DOTTED.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      return null; // then it is no host either
    }
  }

  private static TlsException bad(String what) {
    return TlsException.of(TlsException.Reason.CONFIGURATION, "s2n: " + what);
  }

  /// {@return whether a certificate is for one of these}
  ///
  /// @param names its subjectAltName, DER: GeneralNames (RFC 5280 §4.2.1.6); empty for none
  boolean accepts(byte[] names) {
    Element all = Element.at(names, 0, names.length);
    if (all == null || all.tag() != Element.SEQUENCE || all.end() != names.length) {
      return false;
    }
    for (int at = all.start(); at < all.end(); ) {
      Element name = Element.at(names, at, all.end());
      if (name == null) {
        return false;
      }
      if (accepts(name, names)) {
        return true;
      }
      at = name.end();
    }
    return false;
  }

  private boolean accepts(Element name, byte[] names) {
    byte[] value = name.content(names);
    return switch (name.tag()) {
      case Element.DNS_NAME -> {
        String text = new String(value, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        yield hosts.stream().anyMatch(host -> matches(text, host));
      }
      case Element.IP_ADDRESS -> addresses.stream().anyMatch(own -> Arrays.equals(own, value));
      default -> false;
    };
  }

  /// RFC 9525 §6.3: a wildcard is the whole of the left-most label and stands for one label. With
  /// less than two labels after it, it would stand for half of the Internet.
  private static boolean matches(String pattern, String host) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(host);
    }
    int dot = host.indexOf('.');
    return dot > 0
        && pattern.indexOf('.', 2) > 0
        && pattern.substring(1).equals(host.substring(dot));
  }
}
