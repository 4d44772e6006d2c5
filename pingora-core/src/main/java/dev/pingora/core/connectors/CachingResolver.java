// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.connectors;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.server.ResolverConf;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.RequestThread;
import dev.pingora.timeout.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Remembers what a [NameSource] said, for as long as it holds, and asks it again when it no longer
/// does; every name once at a time.
///
/// **Bounds.** Names remembered: [#MAX_NAMES], the least recently used goes. Names looked up at the
/// same time: [#MAX_LOOKUPS]. Time: the answer's own within `min_ttl` and `max_ttl`; `negative_ttl`
/// for a name that does not exist. A source that knows nothing is asked again by the next request;
/// until it answers, what was known is used up to [#STALE_NANOS] beyond its time (RFC 8767).
///
/// **Threads.** A look-up runs on a request thread of its own, on the loop of whoever asked first:
/// those who wait may leave without ending it. `lock` guards both tables, is held for a few reads
/// and writes, and is taken by request threads only.
final class CachingResolver implements Resolver {
  static final int MAX_NAMES = 4096;
  static final int MAX_LOOKUPS = 1024;

  /// How long beyond its time an address is better than none.
  static final long STALE_NANOS = Duration.ofHours(1).toNanos();

  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final NameSource source;
  private final ResolverConf conf;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, NameLookup> underWay = new HashMap<>();

  CachingResolver(NameSource source, ResolverConf conf, Ticker ticker) {
    this.source = requireNonNull(source, "source");
    this.conf = requireNonNull(conf, "conf");
    this.ticker = requireNonNull(ticker, "ticker");
  }

  /// @param until when it is asked for again
  /// @param end when it is of no use any more
  private record Known(NameAnswer answer, long until, long end) {}

  @Override
  public List<InetAddress> resolve(RequestThread thread, String host, long deadline)
      throws ProxyException {
    if (HostNames.isLiteral(host)) {
      return List.of(literal(host));
    }
    String name = host.toLowerCase(Locale.ROOT);
    if (!HostNames.isValid(name)) {
      throw noName(host);
    }
    return addresses(host, lookup(thread, name, deadline));
  }

  @Override
  public Services services(RequestThread thread, String name, long deadline) throws ProxyException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (HostNames.isLiteral(lower) || !HostNames.isValid(lower)) {
      throw noName(name);
    }
    try {
      Services found = source.services(thread, lower);
      return new Services(found.records(), clamp(found.ttl()));
    } catch (ProxyException e) {
      throw e;
    } catch (Exception e) {
      throw ProxyException.explain(ErrorKind.CONNECT_ERROR, e, "cannot look up %s", name);
    }
  }

  private static InetAddress literal(String host) throws ProxyException {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException e) {
      throw noName(host);
    }
  }

  private static ProxyException noName(String host) {
    return ProxyException.upstream(
        ErrorKind.CONNECT_NO_ROUTE, "%s is neither a name nor an address", host);
  }

  private NameAnswer lookup(RequestThread thread, String name, long deadline)
      throws ProxyException {
    NameLookup own = null;
    NameLookup lookup;
    lock.lock();
    try {
      Known before = known.get(name);
      if (before != null && ticker.nanoTime() - before.until < 0) {
        return before.answer;
      }
      lookup = underWay.get(name);
      if (lookup == null) {
        if (underWay.size() >= MAX_LOOKUPS) {
          throw ProxyException.internal(ErrorKind.OVER_LIMIT, "too many names are being looked up");
        }
        own = new NameLookup(name);
        lookup = own;
        underWay.put(name, own);
      }
    } finally {
      lock.unlock();
    }
    if (own != null) {
      NameLookup started = own;
      var _ = thread.loop().spawn(worker -> run(worker, started));
    }
    return lookup.await(thread, deadline);
  }

  private static List<InetAddress> addresses(String host, NameAnswer answer) throws ProxyException {
    return switch (answer) {
      case NameAnswer.Found found -> found.addresses();
      case NameAnswer.Missing _ ->
          throw ProxyException.upstream(ErrorKind.CONNECT_NO_ROUTE, "no host is called %s", host);
      case NameAnswer.Unknown unknown ->
          throw ProxyException.upstream(
              ErrorKind.CONNECT_ERROR, "cannot look up %s: %s", host, unknown.why());
    };
  }

  private void run(RequestThread worker, NameLookup lookup) {
    NameAnswer answer = new NameAnswer.Unknown("the look-up ended badly");
    try {
      answer = source.lookup(worker, lookup.name());
    } catch (Exception e) {
      answer = new NameAnswer.Unknown(String.valueOf(e));
    } finally {
      lookup.complete(remember(lookup.name(), answer));
    }
  }

  /// {@return what those who wait are told}
  private NameAnswer remember(String name, NameAnswer answer) {
    lock.lock();
    try {
      underWay.remove(name);
      Known now = known(answer, known.get(name));
      if (now == null) {
        return answer;
      }
      known.put(name, now);
      if (known.size() > MAX_NAMES) {
        known.remove(known.keySet().iterator().next());
      }
      if (!now.answer.equals(answer)) {
        LOG.log(System.Logger.Level.WARNING, "{0} keeps its addresses: {1}", name, answer);
      }
      return now.answer;
    } finally {
      lock.unlock();
    }
  }

  /// {@return what is to be remembered, null for nothing}
  private @Nullable Known known(NameAnswer answer, @Nullable Known before) {
    long now = ticker.nanoTime();
    long negative = now + conf.negativeTtl().toNanos();
    return switch (answer) {
      case NameAnswer.Found found -> {
        long until = now + clamp(found.ttl()).toNanos();
        yield new Known(found, until, until + STALE_NANOS);
      }
      case NameAnswer.Missing missing -> new Known(missing, negative, negative);
      case NameAnswer.Unknown _ ->
          before != null && before.answer instanceof NameAnswer.Found && now - before.end < 0
              ? new Known(before.answer, negative, before.end)
              : null;
    };
  }

  private Duration clamp(Duration ttl) {
    Duration atLeast = ttl.compareTo(conf.minTtl()) < 0 ? conf.minTtl() : ttl;
    return atLeast.compareTo(conf.maxTtl()) > 0 ? conf.maxTtl() : atLeast;
  }
}
