// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The server's keys: Pingora's, and those that are new.
///
/// A key marked "later" is refused by the reader, so that nobody believes to run as another user,
/// or in the background, who does not. The record has its component all the same.
final class ServerKeys {
  static final ValueType<Integer> VERSION = Values.integer(1, 1);
  static final ValueType<Integer> THREADS = Values.integer(0, 1024);
  static final ValueType<Integer> POSITIVE = Values.integer(1, Integer.MAX_VALUE);
  static final ValueType<Integer> COUNT = Values.integer(0, Integer.MAX_VALUE);
  static final ValueType<Duration> SECONDS = Values.seconds(0, 86_400);
  static final ValueType<Duration> TTL = Values.seconds(1, 86_400);
  static final ValueType<List<InetAddress>> IPV4 =
      Values.list(Values.ip(Address.Family.IPV4), 0, 1024);
  static final ValueType<List<InetAddress>> IPV6 =
      Values.list(Values.ip(Address.Family.IPV6), 0, 1024);
  static final ValueType<Integer> POOL = Values.integer(0, 1 << 20);
  static final ValueType<Integer> RETRIES = Values.integer(0, 100);
  static final ValueType<Integer> CONNECTIONS = Values.integer(0, 1 << 24);
  static final ValueType<Integer> BLOCKING = Values.integer(1, 65_536);
  static final ValueType<Duration> TTL_OF_NAMES =
      Values.duration(Duration.ZERO, Duration.ofHours(24));

  private static final Block<LogConf.Builder, LogConf> LOG =
      Block.of(
          LogConf::builder,
          LogConf.Builder::build,
          List.of(
              Key.of(
                  "level",
                  levels(),
                  LogConf::level,
                  LogConf.Builder::level,
                  "Lines below it are not written"),
              Key.of(
                  "format",
                  Values.oneOf(LogConf.Format.class),
                  LogConf::format,
                  LogConf.Builder::format,
                  "Looks of a line")));

  private static final Block<ResolverConf.Builder, ResolverConf> RESOLVER =
      Block.of(
          ResolverConf::builder,
          ResolverConf.Builder::build,
          List.of(
              Key.of(
                  "servers",
                  dnsServers(),
                  ResolverConf::servers,
                  ResolverConf.Builder::servers,
                  "DNS servers; system = those of the system"),
              Key.of(
                  "min_ttl",
                  TTL_OF_NAMES,
                  ResolverConf::minTtl,
                  ResolverConf.Builder::minTtl,
                  "An answer is kept at least so long"),
              Key.of(
                  "max_ttl",
                  TTL_OF_NAMES,
                  ResolverConf::maxTtl,
                  ResolverConf.Builder::maxTtl,
                  "An answer is kept at most so long"),
              Key.of(
                  "negative_ttl",
                  TTL_OF_NAMES,
                  ResolverConf::negativeTtl,
                  ResolverConf.Builder::negativeTtl,
                  "How long no such name is believed")));

  static final Block<ServerConf.Builder, ServerConf> BLOCK =
      Block.of(ServerConf::builder, ServerConf.Builder::build, keys());

  private ServerKeys() {}

  @SuppressWarnings("checkstyle:MethodLength") // one table
  private static List<Key<ServerConf.Builder, ServerConf>> keys() {
    return List.of(
        Key.of(
            "version",
            VERSION,
            ServerConf::version,
            ServerConf.Builder::version,
            "Format of the file; only 1 exists"),
        Key.later("daemon", "Run in the background"),
        Key.later("error_log", "File for log lines instead of stderr"),
        Key.later("pid_file", "File that holds the process id"),
        Key.later(
            "upgrade_sock", "Unix socket over which listening sockets go to the next process"),
        Key.later("user", "Unix user to become"),
        Key.later("group", "Unix group to become"),
        Key.later("working_directory", "Directory to change into"),
        Key.of(
            "threads",
            THREADS,
            ServerConf::threads,
            ServerConf.Builder::threads,
            "Event loops of the whole server; 0 = available processors"),
        Key.later("listener_tasks_per_fd", "Accept loops per listening socket"),
        Key.of(
            "work_stealing",
            Values.bool(),
            ServerConf::workStealing,
            ServerConf.Builder::workStealing,
            "Run requests on the JDK's own virtual-thread scheduler"),
        Key.of(
            "transport",
            Values.oneOf(ServerConf.Transport.class),
            ServerConf::transport,
            ServerConf.Builder::transport,
            "How event loops speak to the kernel; auto = epoll, else kqueue, nio"),
        Key.later("ca_file", "PEM bundle of CAs trusted upstream"),
        Key.of(
            "s2n_config_cache_size",
            COUNT,
            ServerConf::s2nConfigCacheSize,
            ServerConf.Builder::s2nConfigCacheSize,
            "Client TLS configurations that s2n keeps; 0 = none"),
        Key.of(
            "grace_period_seconds",
            SECONDS,
            ServerConf::gracePeriod,
            ServerConf.Builder::gracePeriod,
            "Longest wait for requests in flight at shutdown, in seconds"),
        Key.of(
            "graceful_shutdown_timeout_seconds",
            SECONDS,
            ServerConf::gracefulShutdownTimeout,
            ServerConf.Builder::gracefulShutdownTimeout,
            "What the loops then get to end, in seconds"),
        Key.of(
            "client_bind_to_ipv4",
            IPV4,
            ServerConf::clientBindToIpv4,
            ServerConf.Builder::clientBindToIpv4,
            "Sources of outgoing IPv4 connections, one picked at random for each"),
        Key.of(
            "client_bind_to_ipv6",
            IPV6,
            ServerConf::clientBindToIpv6,
            ServerConf.Builder::clientBindToIpv6,
            "Sources of outgoing IPv6 connections, one picked at random for each"),
        Key.of(
            "upstream_keepalive_pool_size",
            POOL,
            ServerConf::upstreamKeepalivePoolSize,
            ServerConf.Builder::upstreamKeepalivePoolSize,
            "Idle upstream connections of the whole server; 0 = none is kept"),
        Key.later("upstream_connect_offload_threadpools", "Pools that connect for the loops"),
        Key.later("upstream_connect_offload_thread_per_pool", "Threads of each such pool"),
        Key.later("upstream_debug_ssl_keylog", "Write upstream TLS secrets to a file"),
        Key.of(
            "max_retries",
            RETRIES,
            ServerConf::maxRetries,
            ServerConf.Builder::maxRetries,
            "Further attempts after the first"),
        Key.of(
            "max_connections",
            CONNECTIONS,
            ServerConf::maxConnections,
            ServerConf.Builder::maxConnections,
            "Downstream connections above which accepting pauses; 0 = from the descriptor limit"),
        Key.later(
            "upgrade_sock_connect_accept_max_retries",
            "Attempts to reach the other process at an upgrade"),
        Key.of(
            "max_blocking_threads",
            BLOCKING,
            ServerConf::maxBlockingThreads,
            ServerConf.Builder::maxBlockingThreads,
            "Threads that run what would stall a loop"),
        Key.of(
            "blocking_threads_ttl_seconds",
            TTL,
            ServerConf::blockingThreadsTtl,
            ServerConf.Builder::blockingThreadsTtl,
            "How long such a thread lives idle, in seconds"),
        Key.later("daemon_wait_for_ready", "The starting process waits until the daemon is ready"),
        Key.later("daemon_ready_timeout_seconds", "How long it waits, in seconds"),
        Key.later(
            "daemon_notify_timeout_seconds", "How long the daemon tries to tell it, in seconds"),
        Key.of(
            "log", LOG, ServerConf::log, ServerConf.Builder::log, "Level and format of log lines"),
        Key.of(
            "resolver",
            RESOLVER,
            ServerConf::resolver,
            ServerConf.Builder::resolver,
            "Name resolution for upstream addresses"));
  }

  private static ValueType<System.Logger.Level> levels() {
    Map<String, System.Logger.Level> words = new LinkedHashMap<>();
    for (var level :
        List.of(
            System.Logger.Level.TRACE,
            System.Logger.Level.DEBUG,
            System.Logger.Level.INFO,
            System.Logger.Level.WARNING,
            System.Logger.Level.ERROR,
            System.Logger.Level.OFF)) {
      words.put(level.name().toLowerCase(Locale.ROOT), level);
    }
    return Values.oneOf(words, Set.of());
  }

  /// `system`, or a list of addresses: a name server that had to be looked up would be a riddle.
  private static ValueType<List<InetSocketAddress>> dnsServers() {
    ValueType<String> system = Values.oneOf(Map.of("system", "system"), Set.of());
    ValueType<InetSocketAddress> server =
        Values.peerAddress().map(ServerKeys::resolved, ServerKeys::address);
    return Values.shorthand(
        system,
        _ -> List.of(),
        servers -> servers.isEmpty() ? "system" : null,
        Values.list(server, 1, 16));
  }

  private static InetSocketAddress resolved(Address address) {
    if (address instanceof Address.Tcp tcp && tcp.isLiteral()) {
      return new InetSocketAddress(InetAddress.ofLiteral(tcp.host()), tcp.port());
    }
    throw new IllegalArgumentException("\"" + address + "\" is no IP address with a port");
  }

  private static Address address(InetSocketAddress server) {
    return new Address.Tcp(server.getAddress().getHostAddress(), server.getPort());
  }
}
