// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/// What the system's files say about names: `/etc/hosts` (hosts(5)) and `/etc/resolv.conf`
/// (resolver(5)). A snapshot; files that are missing or unreadable say nothing.
///
/// @param hosts addresses by name in lower case, in the order of the file
/// @param servers name servers to ask, in this order
/// @param search domains that names are completed with
/// @param ndots dots from which on a name is first tried as it is
/// @param timeout of one question to one server
/// @param attempts rounds through the servers
/// @param stamp tells whether the files have changed since
record SystemNames(
    Map<String, List<InetAddress>> hosts,
    List<InetSocketAddress> servers,
    List<String> search,
    int ndots,
    Duration timeout,
    int attempts,
    String stamp) {
  /// The bounds of the C library: resolver(5).
  static final int MAX_SERVERS = 3;

  static final int MAX_SEARCH = 6;
  static final int MAX_NDOTS = 15;
  static final int MAX_TIMEOUT_SECONDS = 30;
  static final int MAX_ATTEMPTS = 5;

  /// Larger files are not read: lists of hosts to block are not addresses of upstreams.
  static final long MAX_FILE_BYTES = 16 << 20;

  private static final int DNS_PORT = 53;
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  SystemNames {
    hosts = Map.copyOf(hosts);
    servers = List.copyOf(servers);
    search = List.copyOf(search);
  }

  /// {@return what the files say now} Blocks.
  ///
  /// @param before what they said before; returned if they have not changed
  static SystemNames read(Path resolvConf, Path hosts, @Nullable SystemNames before) {
    String stamp = stamp(resolvConf) + " " + stamp(hosts);
    if (before != null && before.stamp.equals(stamp)) {
      return before;
    }
    Builder builder = new Builder();
    lines(hosts).forEach(builder::host);
    lines(resolvConf).forEach(builder::directive);
    return builder.build(stamp);
  }

  /// {@return the names to ask for, in order, each complete} resolver(5): a name with a dot at its
  /// end is complete; one with fewer than `ndots` dots is completed first, any other last.
  List<String> candidates(String name) {
    if (name.endsWith(".")) {
      return List.of(HostNames.bare(name));
    }
    List<String> all = new ArrayList<>();
    search.forEach(domain -> all.add(name + "." + domain));
    all.removeIf(candidate -> !HostNames.isValid(candidate));
    long dots = name.chars().filter(c -> c == '.').count();
    all.add(dots >= ndots ? 0 : all.size(), name);
    return all;
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.lastModifiedTime() + "/" + attributes.size() + "/" + attributes.fileKey();
    } catch (IOException e) {
      return "-";
    }
  }

  private static List<String> lines(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        LOG.log(System.Logger.Level.WARNING, "{0} is too large and not read", file);
        return List.of();
      }
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0} is not read: {1}", file, e);
      return List.of();
    }
  }

  /// Collects what lines say; what is malformed says nothing, as in the C library.
  private static final class Builder {
    private final Map<String, List<InetAddress>> hosts = new HashMap<>();
    private final List<InetSocketAddress> servers = new ArrayList<>();
    private List<String> search = List.of();
    private int ndots = 1;
    private int timeoutSeconds = 5;
    private int attempts = 2;

    void host(String line) {
      int comment = line.indexOf('#');
      List<String> words = words(comment < 0 ? line : line.substring(0, comment));
      InetAddress address = words.size() < 2 ? null : literal(words.getFirst());
      if (address != null) {
        for (String name : words.subList(1, words.size())) {
          List<InetAddress> of =
              hosts.computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>(2));
          if (!of.contains(address)) {
            of.add(address);
          }
        }
      }
    }

    void directive(String line) {
      if (line.startsWith("#") || line.startsWith(";")) {
        return;
      }
      List<String> words = words(line);
      if (words.size() < 2) {
        return;
      }
      switch (words.getFirst()) {
        case "nameserver" -> server(words.get(1));
        case "domain" -> search = domains(words.subList(1, 2));
        case "search" -> search = domains(words.subList(1, words.size()));
        case "options" -> words.subList(1, words.size()).forEach(this::option);
        default -> {
          // sortlist and what other systems know
        }
      }
    }

    private void server(String text) {
      InetAddress address = literal(text);
      if (address != null && servers.size() < MAX_SERVERS) {
        servers.add(new InetSocketAddress(address, DNS_PORT));
      }
    }

    private static List<String> domains(List<String> words) {
      return words.stream()
          .map(word -> HostNames.bare(word.toLowerCase(Locale.ROOT)))
          .filter(HostNames::isValid)
          .limit(MAX_SEARCH)
          .toList();
    }

    private void option(String option) {
      int colon = option.indexOf(':');
      if (colon < 0) {
        return;
      }
      int value = number(option.substring(colon + 1));
      switch (option.substring(0, colon)) {
        case "ndots" -> ndots = Math.clamp(value, 0, MAX_NDOTS);
        case "timeout" -> timeoutSeconds = Math.clamp(value, 1, MAX_TIMEOUT_SECONDS);
        case "attempts" -> attempts = Math.clamp(value, 1, MAX_ATTEMPTS);
        default -> {
          // not ours
        }
      }
    }

    private static int number(String digits) {
      try {
        return Integer.parseInt(digits);
      } catch (NumberFormatException e) {
        return 0;
      }
    }

    private static @Nullable InetAddress literal(String text) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private static List<String> words(String line) {
      List<String> words = new ArrayList<>();
      StringTokenizer tokens = new StringTokenizer(line);
      while (tokens.hasMoreTokens()) {
        words.add(tokens.nextToken());
      }
      return words;
    }

    SystemNames build(String stamp) {
      if (servers.isEmpty()) { // resolver(5): the one on this machine
        servers.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), DNS_PORT));
      }
      return new SystemNames(
          hosts, servers, search, ndots, Duration.ofSeconds(timeoutSeconds), attempts, stamp);
    }
  }
}
