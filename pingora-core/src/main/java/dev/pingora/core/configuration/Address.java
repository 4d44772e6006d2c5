// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Where to listen or to connect to: a TCP port of a host, or a Unix socket.
public sealed interface Address {
  /// The text forms.
  String FORM = "ip:port, [ipv6]:port, host:port or unix:/path";

  /// Longest path of a Unix socket, in bytes: `sun_path` is 108 on Linux, with a zero at the end.
  int MAX_UNIX_PATH = 107;

  /// A family of IP addresses.
  enum Family {
    /// 32-bit addresses.
    IPV4,
    /// 128-bit addresses.
    IPV6;

    String form() {
      return this == IPV4 ? "IPv4 address" : "IPv6 address";
    }

    boolean holds(InetAddress ip) {
      return (this == IPV4) == (ip instanceof Inet4Address);
    }
  }

  /// A TCP port.
  ///
  /// @param host an IP address without brackets, or a name that is not yet resolved
  /// @param port 0 where the system is to choose one
  record Tcp(String host, int port) implements Address {
    /// {@return whether the host is an address and no name}
    public boolean isLiteral() {
      return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
    }

    /// {@return `host:port`, brackets around an IPv6 address}
    @Override
    public String toString() {
      return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// A Unix stream socket.
  ///
  /// @param path absolute
  record Unix(Path path) implements Address {
    /// {@return `unix:/path`}
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /// What the pattern accepts still may have a part above 255.
  Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  /// RFC 1123 §2.1 names, and `_`, which container networks use.
  Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
              + "(\\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\\.?");

  /// {@return the address that `text` names}
  ///
  /// @throws IllegalArgumentException with what is wrong
  static Address parse(String text) {
    if (text.startsWith("unix:")) {
      return unix(text);
    }
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]")) {
      throw fault(text, "has no port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      ip(host, Family.IPV6);
    } else if (host.indexOf(':') >= 0) {
      throw fault(text, "is an IPv6 address without brackets");
    } else if (isNumeric(host)) {
      ip(host, Family.IPV4);
    } else if (!NAME.matcher(host).matches()) {
      throw fault(text, host.isEmpty() ? "has no host" : "names no host");
    }
    return new Tcp(host, port(text, text.substring(colon + 1)));
  }

  /// {@return where the text says to listen, for the start of a program}
  ///
  /// @throws IllegalArgumentException with the text and the expected form
  static SocketAddress listener(String text) {
    try {
      return parse(text).toListener();
    } catch (IllegalArgumentException e) {
      throw unfit(e);
    }
  }

  /// {@return where the text says to connect to}
  ///
  /// @throws IllegalArgumentException with the text and the expected form
  static SocketAddress peer(String text) {
    try {
      return parse(text).toPeer();
    } catch (IllegalArgumentException e) {
      throw unfit(e);
    }
  }

  /// {@return the address to listen on} A name is looked up in place, which blocks: not for loops.
  ///
  /// @throws IllegalArgumentException when nobody knows the name
  default SocketAddress toListener() {
    return switch (this) {
      case Unix unix -> UnixDomainSocketAddress.of(unix.path());
      case Tcp tcp when tcp.isLiteral() -> literal(tcp);
      case Tcp tcp -> {
        try {
          yield new InetSocketAddress(InetAddress.getByName(tcp.host()), tcp.port());
        } catch (UnknownHostException _) {
          throw fault(tcp.host(), "is a name that nobody knows");
        }
      }
    };
  }

  /// {@return the address to connect to} A name stays unresolved: it is looked up at each connect,
  /// by the non-blocking resolver.
  ///
  /// @throws IllegalArgumentException for port 0
  default SocketAddress toPeer() {
    return switch (this) {
      case Unix unix -> UnixDomainSocketAddress.of(unix.path());
      case Tcp tcp when tcp.port() == 0 -> throw fault(tcp.toString(), "has port 0");
      case Tcp tcp when tcp.isLiteral() -> literal(tcp);
      case Tcp tcp -> InetSocketAddress.createUnresolved(tcp.host(), tcp.port());
    };
  }

  private static InetSocketAddress literal(Tcp tcp) {
    return new InetSocketAddress(InetAddress.ofLiteral(tcp.host()), tcp.port());
  }

  private static IllegalArgumentException unfit(IllegalArgumentException cause) {
    String message = "address: " + cause.getMessage() + " (expected: " + FORM + ")";
    return new IllegalArgumentException(message, cause);
  }

  private static Address unix(String text) {
    String path = text.substring("unix:".length());
    if (!path.startsWith("/")) {
      throw fault(text, "is not an absolute path");
    }
    if (path.indexOf('\0') >= 0) {
      throw fault(text, "holds a NUL");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_UNIX_PATH) {
      throw fault(text, "is longer than the " + MAX_UNIX_PATH + " bytes of a socket's path");
    }
    return new Unix(Path.of(path));
  }

  private static int port(String text, String digits) {
    if (digits.length() > 5 || !isDigits(digits)) {
      throw fault(text, "has no port");
    }
    int port = Integer.parseInt(digits);
    if (port > 65535) {
      throw fault(text, "has a port above 65535");
    }
    return port;
  }

  /// A name whose last label is a number would be taken for an address by some and not by others.
  private static boolean isNumeric(String host) {
    String last = host.substring(host.lastIndexOf('.') + 1);
    return isDigits(last);
  }

  /// [Character#isDigit] takes the digits of all scripts.
  private static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /// {@return the address that a literal of one family names; no name is looked up}
  ///
  /// @throws IllegalArgumentException with what is wrong
  static InetAddress ip(String text, Family family) {
    boolean four = IPV4.matcher(text).matches();
    if (four == (family == Family.IPV4) && (four || text.indexOf(':') >= 0)) {
      try {
        InetAddress ip = InetAddress.ofLiteral(text);
        if (family.holds(ip)) {
          return ip;
        }
      } catch (IllegalArgumentException _) {
        // worded below
      }
    }
    throw fault(text, "is no " + family.form());
  }

  private static IllegalArgumentException fault(String text, String what) {
    return new IllegalArgumentException(Quoted.of(text) + " " + what);
  }
}
