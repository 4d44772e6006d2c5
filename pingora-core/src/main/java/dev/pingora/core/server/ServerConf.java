// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.configuration.YamlReader;
import dev.pingora.core.configuration.YamlText;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The configuration of a [server][dev.pingora.core.server]: Pingora's keys under their own names.
///
/// A value: build it in code, or read it from a file. Keys of a file that the server does not know
/// are kept in [#extra()], so that an application's own settings can live in the same file.
///
/// @param version format of the file; only 1 exists (SRV-69)
/// @param daemon run in the background (SRV-70)
/// @param errorLog file for log lines instead of stderr (SRV-71)
/// @param pidFile file that holds the process id, written and locked (SRV-72)
/// @param upgradeSock Unix socket over which listening sockets go to the next process (SRV-73)
/// @param user Unix user to become (SRV-74)
/// @param group Unix group to become (SRV-75)
/// @param workingDirectory directory to change into (SRV-76)
/// @param threads event loops of the whole server, shared by all services (SRV-77); 0 = available
///   processors
/// @param listenerTasksPerFd accept loops per listening socket (SRV-78)
/// @param workStealing run requests on the JDK's own virtual-thread scheduler (SRV-79)
/// @param transport how the event loops speak to the kernel
/// @param caFile PEM bundle of CAs trusted upstream, in place of the system's (SRV-80)
/// @param s2nConfigCacheSize client TLS configurations that s2n keeps; 0 = none (SRV-81)
/// @param gracePeriod longest wait for requests in flight at shutdown (SRV-82)
/// @param gracefulShutdownTimeout what the loops then get to end (SRV-83)
/// @param clientBindToIpv4 sources of outgoing IPv4 connections, one picked at random for each
///   (SRV-84)
/// @param clientBindToIpv6 the same for IPv6 (SRV-85)
/// @param upstreamKeepalivePoolSize idle upstream connections of the whole server; the least
///   recently used goes (SRV-86)
/// @param upstreamConnectOffloadThreadpools pools that connect for the loops; 0 = none (SRV-87)
/// @param upstreamConnectOffloadThreadPerPool threads of each such pool (SRV-88)
/// @param upstreamDebugSslKeylog write upstream TLS secrets to the file that SSLKEYLOGFILE names
///   (SRV-89)
/// @param maxRetries further attempts after the first (SRV-90 counts all attempts)
/// @param maxConnections downstream connections above which accepting pauses; 0 = from the
///   descriptor limit
/// @param upgradeSockConnectAcceptMaxRetries attempts to reach the other process at an upgrade
///   (SRV-91)
/// @param maxBlockingThreads threads that run what would stall a loop (SRV-92)
/// @param blockingThreadsTtl how long such a thread lives idle (SRV-93)
/// @param daemonWaitForReady the starting process waits until the daemon is ready (SRV-94)
/// @param daemonReadyTimeout how long it waits (SRV-95)
/// @param daemonNotifyTimeout how long the daemon tries to tell it (SRV-96)
/// @param log level and format of log lines
/// @param resolver name resolution for upstream addresses
/// @param extra keys of the file that are not the server's, for the library's user
public record ServerConf(
    int version,
    boolean daemon,
    @Nullable Path errorLog,
    @Nullable Path pidFile,
    Path upgradeSock,
    @Nullable String user,
    @Nullable String group,
    @Nullable Path workingDirectory,
    int threads,
    int listenerTasksPerFd,
    boolean workStealing,
    Transport transport,
    @Nullable Path caFile,
    int s2nConfigCacheSize,
    Duration gracePeriod,
    Duration gracefulShutdownTimeout,
    List<InetAddress> clientBindToIpv4,
    List<InetAddress> clientBindToIpv6,
    int upstreamKeepalivePoolSize,
    int upstreamConnectOffloadThreadpools,
    int upstreamConnectOffloadThreadPerPool,
    boolean upstreamDebugSslKeylog,
    int maxRetries,
    int maxConnections,
    int upgradeSockConnectAcceptMaxRetries,
    int maxBlockingThreads,
    Duration blockingThreadsTtl,
    boolean daemonWaitForReady,
    Duration daemonReadyTimeout,
    Duration daemonNotifyTimeout,
    LogConf log,
    ResolverConf resolver,
    ConfigNode.Mapping extra) {

  /// How event loops speak to the kernel.
  public enum Transport {
    /// Epoll where there is one, else kqueue, else NIO.
    AUTO,
    /// Linux.
    EPOLL,
    /// macOS and the BSDs.
    KQUEUE,
    /// The JDK's selectors: everywhere.
    NIO,
    /// Linux; cannot adopt listening sockets of another process.
    IO_URING
  }

  /// Copies the lists; refuses values out of bounds, with the name of the key.
  public ServerConf {
    ServerKeys.VERSION.require("version", version);
    Objects.requireNonNull(upgradeSock, "upgradeSock");
    ServerKeys.THREADS.require("threads", threads);
    ServerKeys.POSITIVE.require("listener_tasks_per_fd", listenerTasksPerFd);
    Objects.requireNonNull(transport, "transport");
    ServerKeys.COUNT.require("s2n_config_cache_size", s2nConfigCacheSize);
    ServerKeys.SECONDS.require("grace_period_seconds", gracePeriod);
    ServerKeys.SECONDS.require("graceful_shutdown_timeout_seconds", gracefulShutdownTimeout);
    clientBindToIpv4 =
        ServerKeys.IPV4.require("client_bind_to_ipv4", List.copyOf(clientBindToIpv4));
    clientBindToIpv6 =
        ServerKeys.IPV6.require("client_bind_to_ipv6", List.copyOf(clientBindToIpv6));
    ServerKeys.POOL.require("upstream_keepalive_pool_size", upstreamKeepalivePoolSize);
    ServerKeys.COUNT.require(
        "upstream_connect_offload_threadpools", upstreamConnectOffloadThreadpools);
    ServerKeys.COUNT.require(
        "upstream_connect_offload_thread_per_pool", upstreamConnectOffloadThreadPerPool);
    ServerKeys.RETRIES.require("max_retries", maxRetries);
    ServerKeys.CONNECTIONS.require("max_connections", maxConnections);
    ServerKeys.COUNT.require(
        "upgrade_sock_connect_accept_max_retries", upgradeSockConnectAcceptMaxRetries);
    ServerKeys.BLOCKING.require("max_blocking_threads", maxBlockingThreads);
    ServerKeys.TTL.require("blocking_threads_ttl_seconds", blockingThreadsTtl);
    ServerKeys.TTL.require("daemon_ready_timeout_seconds", daemonReadyTimeout);
    ServerKeys.TTL.require("daemon_notify_timeout_seconds", daemonNotifyTimeout);
    Objects.requireNonNull(log, "log");
    Objects.requireNonNull(resolver, "resolver");
    Objects.requireNonNull(extra, "extra");
  }

  /// {@return the table of the server's keys, for a reader of files}
  public static Block<Builder, ServerConf> block() {
    return ServerKeys.BLOCK;
  }

  /// {@return the configuration in `file`, `${NAME}` filled in from the process's environment}
  ///
  /// @throws ConfigurationException with every problem of the file
  public static ServerConf load(Path file) throws ConfigurationException {
    return load(file, System.getenv());
  }

  /// {@return the configuration in `file`}
  ///
  /// @param environment the variables that `${NAME}` stands for
  /// @throws ConfigurationException with every problem of the file
  public static ServerConf load(Path file, Map<String, String> environment)
      throws ConfigurationException {
    var problems = new Problems();
    return from(YamlReader.read(file, environment, problems), problems);
  }

  /// {@return the configuration that a command line asks for: its file, or else the defaults}
  ///
  /// @throws ConfigurationException with every problem of the file
  public static ServerConf load(Options options) throws ConfigurationException {
    Path file = options.conf();
    return (file == null ? defaults() : load(file)).mergedWith(options);
  }

  /// {@return the configuration in `text`, which stands for a file called `name`}
  ///
  /// @param environment the variables that `${NAME}` stands for
  /// @throws ConfigurationException with every problem of the text
  public static ServerConf parse(String text, String name, Map<String, String> environment)
      throws ConfigurationException {
    var problems = new Problems();
    return from(YamlReader.parse(text, name, environment, problems), problems);
  }

  private static ServerConf from(ConfigNode.Mapping top, Problems problems)
      throws ConfigurationException {
    var extra = new AtomicReference<>(ConfigNode.Mapping.empty());
    ServerConf conf = ServerKeys.BLOCK.readOpen(top, KeyPath.root(), problems, extra::set);
    problems.throwIfAny();
    // Null only after a problem, so never here.
    return Objects.requireNonNull(conf, "conf").toBuilder().extra(extra.get()).build();
  }

  /// {@return this configuration with what the command line changes: `-d` makes it a daemon, and
  /// nothing makes it none (SRV-99)}
  public ServerConf mergedWith(Options options) {
    return options.daemon() ? toBuilder().daemon(true).build() : this;
  }

  /// {@return the effective values as a file: reading it yields an equal configuration, but for the
  /// places in [#extra()]}
  public String toYaml() {
    return YamlText.of(ServerKeys.BLOCK.plain(this), extra);
  }

  /// {@return the configuration in force when nothing is configured}
  public static ServerConf defaults() {
    return builder().build();
  }

  /// {@return a builder that starts from the defaults}
  public static Builder builder() {
    return new Builder();
  }

  /// {@return a builder that starts from this configuration}
  public Builder toBuilder() {
    return new Builder()
        .version(version)
        .daemon(daemon)
        .errorLog(errorLog)
        .pidFile(pidFile)
        .upgradeSock(upgradeSock)
        .user(user)
        .group(group)
        .workingDirectory(workingDirectory)
        .threads(threads)
        .listenerTasksPerFd(listenerTasksPerFd)
        .workStealing(workStealing)
        .transport(transport)
        .caFile(caFile)
        .s2nConfigCacheSize(s2nConfigCacheSize)
        .gracePeriod(gracePeriod)
        .gracefulShutdownTimeout(gracefulShutdownTimeout)
        .clientBindToIpv4(clientBindToIpv4)
        .clientBindToIpv6(clientBindToIpv6)
        .upstreamKeepalivePoolSize(upstreamKeepalivePoolSize)
        .upstreamConnectOffloadThreadpools(upstreamConnectOffloadThreadpools)
        .upstreamConnectOffloadThreadPerPool(upstreamConnectOffloadThreadPerPool)
        .upstreamDebugSslKeylog(upstreamDebugSslKeylog)
        .maxRetries(maxRetries)
        .maxConnections(maxConnections)
        .upgradeSockConnectAcceptMaxRetries(upgradeSockConnectAcceptMaxRetries)
        .maxBlockingThreads(maxBlockingThreads)
        .blockingThreadsTtl(blockingThreadsTtl)
        .daemonWaitForReady(daemonWaitForReady)
        .daemonReadyTimeout(daemonReadyTimeout)
        .daemonNotifyTimeout(daemonNotifyTimeout)
        .log(log)
        .resolver(resolver)
        .extra(extra);
  }

  /// Collects a [ServerConf], one setter per component; confined to one thread.
  public static final class Builder {
    private int version = 1;
    private boolean daemon;
    private @Nullable Path errorLog;
    private @Nullable Path pidFile;
    private Path upgradeSock = Path.of("/tmp/pingora_upgrade.sock");
    private @Nullable String user;
    private @Nullable String group;
    private @Nullable Path workingDirectory;
    private int threads;
    private int listenerTasksPerFd = 1;
    private boolean workStealing;
    private Transport transport = Transport.AUTO;
    private @Nullable Path caFile;
    private int s2nConfigCacheSize = 10;
    private Duration gracePeriod = Duration.ofSeconds(300);
    private Duration gracefulShutdownTimeout = Duration.ofSeconds(5);
    private List<InetAddress> clientBindToIpv4 = List.of();
    private List<InetAddress> clientBindToIpv6 = List.of();
    private int upstreamKeepalivePoolSize = 128;
    private int upstreamConnectOffloadThreadpools;
    private int upstreamConnectOffloadThreadPerPool;
    private boolean upstreamDebugSslKeylog;
    private int maxRetries = 2;
    private int maxConnections;
    private int upgradeSockConnectAcceptMaxRetries = 5;
    private int maxBlockingThreads = 512;
    private Duration blockingThreadsTtl = Duration.ofSeconds(10);
    private boolean daemonWaitForReady;
    private Duration daemonReadyTimeout = Duration.ofSeconds(600);
    private Duration daemonNotifyTimeout = Duration.ofSeconds(60);
    private LogConf log = LogConf.defaults();
    private ResolverConf resolver = ResolverConf.defaults();
    private ConfigNode.Mapping extra = ConfigNode.Mapping.empty();

    private Builder() {}

    /// Sets [ServerConf#version].
    public Builder version(int version) {
      this.version = version;
      return this;
    }

    /// Sets [ServerConf#daemon].
    public Builder daemon(boolean daemon) {
      this.daemon = daemon;
      return this;
    }

    /// Sets [ServerConf#errorLog].
    public Builder errorLog(@Nullable Path errorLog) {
      this.errorLog = errorLog;
      return this;
    }

    /// Sets [ServerConf#pidFile].
    public Builder pidFile(@Nullable Path pidFile) {
      this.pidFile = pidFile;
      return this;
    }

    /// Sets [ServerConf#upgradeSock].
    public Builder upgradeSock(Path upgradeSock) {
      this.upgradeSock = upgradeSock;
      return this;
    }

    /// Sets [ServerConf#user].
    public Builder user(@Nullable String user) {
      this.user = user;
      return this;
    }

    /// Sets [ServerConf#group].
    public Builder group(@Nullable String group) {
      this.group = group;
      return this;
    }

    /// Sets [ServerConf#workingDirectory].
    public Builder workingDirectory(@Nullable Path workingDirectory) {
      this.workingDirectory = workingDirectory;
      return this;
    }

    /// Sets [ServerConf#threads].
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /// Sets [ServerConf#listenerTasksPerFd].
    public Builder listenerTasksPerFd(int listenerTasksPerFd) {
      this.listenerTasksPerFd = listenerTasksPerFd;
      return this;
    }

    /// Sets [ServerConf#workStealing].
    public Builder workStealing(boolean workStealing) {
      this.workStealing = workStealing;
      return this;
    }

    /// Sets [ServerConf#transport].
    public Builder transport(Transport transport) {
      this.transport = transport;
      return this;
    }

    /// Sets [ServerConf#caFile].
    public Builder caFile(@Nullable Path caFile) {
      this.caFile = caFile;
      return this;
    }

    /// Sets [ServerConf#s2nConfigCacheSize].
    public Builder s2nConfigCacheSize(int s2nConfigCacheSize) {
      this.s2nConfigCacheSize = s2nConfigCacheSize;
      return this;
    }

    /// Sets [ServerConf#gracePeriod].
    public Builder gracePeriod(Duration gracePeriod) {
      this.gracePeriod = gracePeriod;
      return this;
    }

    /// Sets [ServerConf#gracefulShutdownTimeout].
    public Builder gracefulShutdownTimeout(Duration gracefulShutdownTimeout) {
      this.gracefulShutdownTimeout = gracefulShutdownTimeout;
      return this;
    }

    /// Sets [ServerConf#clientBindToIpv4].
    public Builder clientBindToIpv4(List<InetAddress> clientBindToIpv4) {
      this.clientBindToIpv4 = clientBindToIpv4;
      return this;
    }

    /// Sets [ServerConf#clientBindToIpv6].
    public Builder clientBindToIpv6(List<InetAddress> clientBindToIpv6) {
      this.clientBindToIpv6 = clientBindToIpv6;
      return this;
    }

    /// Sets [ServerConf#upstreamKeepalivePoolSize].
    public Builder upstreamKeepalivePoolSize(int upstreamKeepalivePoolSize) {
      this.upstreamKeepalivePoolSize = upstreamKeepalivePoolSize;
      return this;
    }

    /// Sets [ServerConf#upstreamConnectOffloadThreadpools].
    public Builder upstreamConnectOffloadThreadpools(int upstreamConnectOffloadThreadpools) {
      this.upstreamConnectOffloadThreadpools = upstreamConnectOffloadThreadpools;
      return this;
    }

    /// Sets [ServerConf#upstreamConnectOffloadThreadPerPool].
    public Builder upstreamConnectOffloadThreadPerPool(int upstreamConnectOffloadThreadPerPool) {
      this.upstreamConnectOffloadThreadPerPool = upstreamConnectOffloadThreadPerPool;
      return this;
    }

    /// Sets [ServerConf#upstreamDebugSslKeylog].
    public Builder upstreamDebugSslKeylog(boolean upstreamDebugSslKeylog) {
      this.upstreamDebugSslKeylog = upstreamDebugSslKeylog;
      return this;
    }

    /// Sets [ServerConf#maxRetries].
    public Builder maxRetries(int maxRetries) {
      this.maxRetries = maxRetries;
      return this;
    }

    /// Sets [ServerConf#maxConnections].
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /// Sets [ServerConf#upgradeSockConnectAcceptMaxRetries].
    public Builder upgradeSockConnectAcceptMaxRetries(int upgradeSockConnectAcceptMaxRetries) {
      this.upgradeSockConnectAcceptMaxRetries = upgradeSockConnectAcceptMaxRetries;
      return this;
    }

    /// Sets [ServerConf#maxBlockingThreads].
    public Builder maxBlockingThreads(int maxBlockingThreads) {
      this.maxBlockingThreads = maxBlockingThreads;
      return this;
    }

    /// Sets [ServerConf#blockingThreadsTtl].
    public Builder blockingThreadsTtl(Duration blockingThreadsTtl) {
      this.blockingThreadsTtl = blockingThreadsTtl;
      return this;
    }

    /// Sets [ServerConf#daemonWaitForReady].
    public Builder daemonWaitForReady(boolean daemonWaitForReady) {
      this.daemonWaitForReady = daemonWaitForReady;
      return this;
    }

    /// Sets [ServerConf#daemonReadyTimeout].
    public Builder daemonReadyTimeout(Duration daemonReadyTimeout) {
      this.daemonReadyTimeout = daemonReadyTimeout;
      return this;
    }

    /// Sets [ServerConf#daemonNotifyTimeout].
    public Builder daemonNotifyTimeout(Duration daemonNotifyTimeout) {
      this.daemonNotifyTimeout = daemonNotifyTimeout;
      return this;
    }

    /// Sets [ServerConf#log].
    public Builder log(LogConf log) {
      this.log = log;
      return this;
    }

    /// Sets [ServerConf#resolver].
    public Builder resolver(ResolverConf resolver) {
      this.resolver = resolver;
      return this;
    }

    /// Sets [ServerConf#extra].
    public Builder extra(ConfigNode.Mapping extra) {
      this.extra = extra;
      return this;
    }

    /// {@return the configuration collected}
    public ServerConf build() {
      return new ServerConf(
          version,
          daemon,
          errorLog,
          pidFile,
          upgradeSock,
          user,
          group,
          workingDirectory,
          threads,
          listenerTasksPerFd,
          workStealing,
          transport,
          caFile,
          s2nConfigCacheSize,
          gracePeriod,
          gracefulShutdownTimeout,
          clientBindToIpv4,
          clientBindToIpv6,
          upstreamKeepalivePoolSize,
          upstreamConnectOffloadThreadpools,
          upstreamConnectOffloadThreadPerPool,
          upstreamDebugSslKeylog,
          maxRetries,
          maxConnections,
          upgradeSockConnectAcceptMaxRetries,
          maxBlockingThreads,
          blockingThreadsTtl,
          daemonWaitForReady,
          daemonReadyTimeout,
          daemonNotifyTimeout,
          log,
          resolver,
          extra);
    }
  }
}
