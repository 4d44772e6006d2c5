// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.TlsException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whom a client asks for, and whom it takes for that (RFC 9525).
///
/// @param serverName for SNI; empty = none is sent
/// @param hosts DNS names, any of which the certificate must carry; none when `address` is asked
///   for
/// @param address IP address the certificate must carry; null for none
/// @param otherHost accepted where `hosts` or `address` is not found; null for none
/// @param otherAddress the same
record PeerName(
    String serverName,
    List<String> hosts,
    byte @Nullable [] address,
    @Nullable String otherHost,
    byte @Nullable [] otherAddress) {
  private static final Pattern DOTTED = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

  /// What is asked for in practice; OpenSSL takes a leading dot for "anything below".
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private static final int MAX_HOST = 253;

  /// {@return what to ask and look for}
  ///
  /// @param provider its id, for messages
  /// @param name DNS name or IP address; may be empty unless it is checked
  /// @param checked whether the certificate must be for it
  /// @throws TlsException CONFIGURATION when it is neither
  static PeerName of(String provider, String name, boolean checked, @Nullable String alternative)
      throws TlsException {
    if (name.isEmpty()) {
      if (checked) {
        throw bad(provider, "verify: CHAIN_AND_NAME without a name to look for in the certificate");
      }
      return new PeerName("", List.of(), null, null, null);
    }
    byte[] address = address(name);
    // RFC 6066 §3: SNI carries no addresses, and no trailing dot.
    String host = address == null ? checkedHost(provider, name, "server name") : "";
    if (!checked) {
      return new PeerName(host, List.of(), null, null, null);
    }
    List<String> hosts = address == null ? hosts(host) : List.of();
    if (alternative == null) {
      return new PeerName(host, hosts, address, null, null);
    }
    byte[] otherAddress = address(alternative);
    if (otherAddress != null) {
      return new PeerName(host, hosts, address, null, otherAddress);
    }
    String other = checkedHost(provider, alternative, "alternative name");
    if (address != null) {
      return new PeerName(host, hosts, address, other, null);
    }
    List<String> all = new ArrayList<>(hosts);
    all.add(other);
    return new PeerName(host, List.copyOf(all), null, null, null);
  }

  /// @throws TlsException CONFIGURATION when it is neither a host nor an address
  static void checkAlternative(String provider, @Nullable String name) throws TlsException {
    if (name != null && address(name) == null) {
      checkedHost(provider, name, "alternative name");
    }
  }

  /// {@return the name, and when its first label of three or more has an underscore, which no
  /// certificate carries, the name with hyphens there}
  private static List<String> hosts(String name) {
    int dot = name.indexOf('.');
    boolean three = dot > 0 && name.indexOf('.', dot + 1) > 0;
    if (!three || name.indexOf('_') < 0 || name.indexOf('_') > dot) {
      return List.of(name);
    }
    return List.of(name, name.substring(0, dot).replace('_', '-') + name.substring(dot));
  }

  private static String checkedHost(String provider, String name, String what) throws TlsException {
    String host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (host.length() > MAX_HOST || !HOST.matcher(host).matches()) {
      throw bad(provider, what + ": \"" + name + "\" (expected: a DNS name or an IP address)");
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

  private static TlsException bad(String provider, String what) {
    return TlsException.of(TlsException.Reason.CONFIGURATION, provider + ": " + what);
  }
}
