// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.http.RequestHeader;
import dev.pingora.limits.Gcra;
import dev.pingora.proxy.Session;
import dev.pingora.timeout.Ticker;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// The clients of one route, each with a bucket of tokens.
///
/// **Bound.** The table has 256 KiB, however many clients there are; nothing is ever evicted, so no
/// flood makes it forget somebody. Instead clients share: one is held to the use of others when all
/// of its four cells are theirs too. With 1,000 clients that have used their bucket lately that
/// befalls 2 of 10,000 others, with 4,000 clients 2 of 100, with 10,000 a quarter ([Gcra] has the
/// argument). It makes the limit stricter, never looser. Thread-safe.
final class RateLimit {
  /// Those without an address, behind a Unix socket, are one client.
  private static final byte[] NO_ADDRESS = {};

  private final RateLimitConf conf;
  private final Gcra buckets;
  private final LongAdder refused = new LongAdder();

  RateLimit(RateLimitConf conf, Ticker ticker) {
    this.conf = conf;
    this.buckets =
        Gcra.of(conf.rate().count(), conf.rate().per().duration(), conf.burst(), ticker::nanoTime);
  }

  /// {@return 0 when the request may pass; else the seconds to wait, rounded up}
  long secondsToWait(Session session, ClientAddresses addresses) {
    long nanos = buckets.take(client(session, addresses), 1);
    if (nanos == 0) {
      return 0;
    }
    refused.increment();
    return Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  private Object client(Session session, ClientAddresses addresses) {
    RequestHeader request = session.request();
    if (conf.key() instanceof ClientKey.Header header) {
      String value = request.headers().first(header.name());
      if (value != null) {
        return value;
      }
    }
    InetAddress address = addresses.of(session.clientAddress(), request.headers());
    return address == null ? NO_ADDRESS : ClientAddresses.network(address);
  }

  /// {@return requests that were answered with 429}
  long refused() {
    return refused.sum();
  }
}
