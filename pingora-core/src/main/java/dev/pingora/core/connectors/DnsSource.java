// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import dev.pingora.core.server.ResolverConf;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.DnsAnswer;
import dev.pingora.runtime.DnsClient;
import dev.pingora.runtime.DnsServices;
import dev.pingora.runtime.Loop;
import dev.pingora.runtime.RequestThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Looks names up as the C library does: hosts file, then each name that the search domains make of
/// it, at each name server in turn. A stub resolver (RFC 1034 §5.3.1): servers are expected to
/// follow aliases and delegations.
///
/// Thread-safe. The system's files are read on threads for offloaded work, and looked at again when
/// a name is looked up and [#RECHECK_NANOS] have passed.
final class DnsSource implements NameSource {
  /// No question is begun later than this after the first.
  static final long MAX_LOOKUP_NANOS = TimeUnit.SECONDS.toNanos(15);

  private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(5);

  /// What the hosts file says is looked at again as soon as the file is.
  private static final Duration HOSTS_TTL = Duration.ofNanos(RECHECK_NANOS);

  private final List<InetSocketAddress> servers;
  private final Path resolvConf;
  private final Path hosts;
  private final Map<Loop, DnsClient> clients = new ConcurrentHashMap<>();
  private volatile @Nullable SystemNames system;
  private volatile long checked;

  /// @param servers those to ask, empty for the system's
  DnsSource(List<InetSocketAddress> servers, Path resolvConf, Path hosts) {
    this.servers = List.copyOf(servers);
    this.resolvConf = resolvConf;
    this.hosts = hosts;
  }

  static DnsSource ofSystem(ResolverConf conf) {
    return new DnsSource(conf.servers(), Path.of("/etc/resolv.conf"), Path.of("/etc/hosts"));
  }

  @Override
  public NameAnswer lookup(RequestThread thread, String name) throws Exception {
    SystemNames names = system(thread);
    List<InetAddress> own = names.hosts().get(HostNames.bare(name));
    if (own != null) {
      return new NameAnswer.Found(own, HOSTS_TTL);
    }
    if (HostNames.isLocalhost(name)) {
      return new NameAnswer.Found(
          List.of(InetAddress.ofLiteral("::1"), InetAddress.ofLiteral("127.0.0.1")), HOSTS_TTL);
    }
    DnsClient client = client(thread, names.timeout());
    long begun = System.nanoTime();
    for (String candidate : names.candidates(name)) {
      DnsAnswer answer = ask(thread, client, names, candidate, begun);
      switch (answer.outcome()) {
        case FOUND -> {
          return new NameAnswer.Found(answer.addresses(), Duration.ofSeconds(answer.ttlSeconds()));
        }
        case NONE -> {
          // the next candidate may exist
        }
        case FAILED -> {
          return new NameAnswer.Unknown("no name server of " + servers(names) + " answers");
        }
      }
    }
    return new NameAnswer.Missing();
  }

  @Override
  public Services services(RequestThread thread, String name) throws Exception {
    SystemNames names = system(thread);
    DnsClient client = client(thread, names.timeout());
    long begun = System.nanoTime();
    for (String candidate : names.candidates(name)) {
      DnsServices answer =
          ask(
              names,
              begun,
              server -> client.services(thread, server, candidate),
              services -> services.outcome() != DnsAnswer.Outcome.FAILED);
      switch (answer.outcome()) {
        case FOUND -> {
          return services(answer);
        }
        case NONE -> {
          // the next candidate may exist
        }
        case FAILED ->
            throw ProxyException.upstream(
                ErrorKind.CONNECT_ERROR,
                "cannot look up %s: no name server of %s answers",
                name,
                servers(names));
      }
    }
    throw ProxyException.upstream(ErrorKind.CONNECT_NO_ROUTE, "no service is called %s", name);
  }

  private static Services services(DnsServices answer) {
    List<ServiceRecord> records =
        answer.records().stream()
            .map(t -> new ServiceRecord(t.priority(), t.weight(), t.port(), t.host()))
            .toList();
    return new Services(records, Duration.ofSeconds(answer.ttlSeconds()));
  }

  private DnsAnswer ask(
      RequestThread thread, DnsClient client, SystemNames names, String name, long begun)
      throws Exception {
    return ask(
        names,
        begun,
        server -> client.query(thread, server, name),
        answer -> answer.outcome() != DnsAnswer.Outcome.FAILED);
  }

  /// A question to one server.
  @FunctionalInterface
  private interface Question<T> {
    T ask(InetSocketAddress server) throws Exception;
  }

  /// {@return the first answer that says something, else the last one}
  private <T> T ask(SystemNames names, long begun, Question<T> question, Predicate<T> saysSomething)
      throws Exception {
    T last = null;
    for (int round = 0; round < names.attempts(); round++) {
      for (InetSocketAddress server : servers(names)) {
        if (last != null && System.nanoTime() - begun > MAX_LOOKUP_NANOS) {
          return last;
        }
        last = question.ask(server);
        if (saysSomething.test(last)) {
          return last;
        }
      }
    }
    if (last == null) {
      throw new IllegalStateException("no name server was asked");
    }
    return last;
  }

  private List<InetSocketAddress> servers(SystemNames names) {
    return servers.isEmpty() ? names.servers() : servers;
  }

  private SystemNames system(RequestThread thread) throws Exception {
    SystemNames before = system;
    if (before != null && System.nanoTime() - checked < RECHECK_NANOS) {
      return before;
    }
    SystemNames now = thread.offload(() -> SystemNames.read(resolvConf, hosts, before));
    checked = System.nanoTime();
    system = now;
    return now;
  }

  /// One a loop, with the timeout that was in force when it was made. Made off the loop: it loads
  /// classes.
  private DnsClient client(RequestThread thread, Duration timeout) throws Exception {
    Loop loop = thread.loop();
    DnsClient known = clients.get(loop);
    if (known != null) {
      return known;
    }
    DnsClient made = thread.offload(() -> DnsClient.on(loop, timeout));
    DnsClient first = clients.putIfAbsent(loop, made);
    return first == null ? made : first;
  }
}
