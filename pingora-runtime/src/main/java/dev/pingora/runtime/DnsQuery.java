// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ProxyException;
import dev.pingora.timeout.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One question for both address families, on its way to one server. Everything runs on the
/// event-loop thread, but for [#await]; `answer` is what both share.
final class DnsQuery implements Runnable {
  /// RFC 8305 §3: how long the addresses of one family wait for those of the other.
  private static final long RESOLUTION_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// Most aliases on the way to an address.
  private static final int MAX_ALIASES = 16;

  /// RFC 2181 §8: a TTL with its highest bit set is to be taken for 0.
  static final long MAX_TTL = Integer.MAX_VALUE;

  private final DnsNameResolver resolver;
  private final InetSocketAddress server;
  private final String name;
  private final RequestThread waiter;
  private final List<Future<?>> underWay = new ArrayList<>(2);
  private @Nullable DnsAnswer ipv6;
  private @Nullable DnsAnswer ipv4;

  /// Runs while one family's addresses wait for the other's.
  private @Nullable Timer patience;

  private volatile @Nullable DnsAnswer answer;

  DnsQuery(DnsNameResolver resolver, InetSocketAddress server, String name, RequestThread waiter) {
    this.resolver = resolver;
    this.server = server;
    this.name = name;
    this.waiter = waiter;
  }

  DnsAnswer await() throws ProxyException {
    boolean ended = false;
    try {
      while (answer == null) {
        waiter.await(RequestThread.NEVER); // Netty's timeout ends it
      }
      ended = true;
    } finally {
      if (!ended) {
        waiter.loop().post(this::cancel);
      }
    }
    DnsAnswer came = answer;
    return came == null ? DnsAnswer.FAILED : came;
  }

  private void cancel() {
    Timer pending = patience;
    if (pending != null) {
      waiter.loop().timers().cancel(pending);
    }
    underWay.forEach(future -> future.cancel(false));
  }

  @Override
  public void run() {
    try {
      ask(DnsRecordType.AAAA);
      ask(DnsRecordType.A);
    } catch (RuntimeException e) { // a name or a server that Netty does not take
      end(DnsAnswer.FAILED);
    }
  }

  private void ask(DnsRecordType type) {
    Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> future =
        resolver.query(server, new DefaultDnsQuestion(name + ".", type));
    underWay.add(future);
    future.addListener(_ -> onAnswer(type, future));
  }

  private void onAnswer(
      DnsRecordType type, Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> future) {
    AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = future.getNow();
    DnsAnswer one = DnsAnswer.FAILED;
    if (envelope != null) {
      try {
        one = answer(envelope.content(), type);
      } finally {
        envelope.release();
      }
    }
    if (type.equals(DnsRecordType.A)) {
      ipv4 = one;
    } else {
      ipv6 = one;
    }
    DnsAnswer six = ipv6;
    DnsAnswer four = ipv4;
    if (six != null && four != null) {
      end(both(six, four));
    } else if (one.outcome() == DnsAnswer.Outcome.FOUND) {
      DnsAnswer known = one;
      patience = new Timer(() -> end(known));
      waiter.loop().timers().schedule(patience, waiter.loop().deadlineIn(RESOLUTION_DELAY_NANOS));
    }
  }

  /// Addresses of one family are enough; without any, both must say that there are none.
  private static DnsAnswer both(DnsAnswer six, DnsAnswer four) {
    boolean found6 = six.outcome() == DnsAnswer.Outcome.FOUND;
    boolean found4 = four.outcome() == DnsAnswer.Outcome.FOUND;
    if (found6 && found4) {
      List<InetAddress> all = new ArrayList<>(six.addresses());
      all.addAll(four.addresses());
      return new DnsAnswer(
          DnsAnswer.Outcome.FOUND, all, Math.min(six.ttlSeconds(), four.ttlSeconds()));
    }
    if (found6 || found4) {
      return found6 ? six : four;
    }
    boolean none =
        six.outcome() == DnsAnswer.Outcome.NONE && four.outcome() == DnsAnswer.Outcome.NONE;
    return none ? DnsAnswer.NONE : DnsAnswer.FAILED;
  }

  private void end(DnsAnswer result) {
    if (answer == null) {
      answer = result;
      cancel();
      waiter.signal();
    }
  }

  /// RFC 2308 §2: NXDOMAIN, and NOERROR without the records asked for, deny; any other code says
  /// nothing about the name.
  private DnsAnswer answer(DnsResponse response, DnsRecordType type) {
    if (response.code().equals(DnsResponseCode.NXDOMAIN)) {
      return DnsAnswer.NONE;
    }
    if (!response.code().equals(DnsResponseCode.NOERROR)) {
      return DnsAnswer.FAILED;
    }
    String owner = name + ".";
    long ttl = MAX_TTL;
    for (int i = 0; i < MAX_ALIASES; i++) {
      List<InetAddress> addresses = new ArrayList<>();
      long own = addresses(response, type, owner, addresses);
      if (!addresses.isEmpty()) {
        return new DnsAnswer(DnsAnswer.Outcome.FOUND, addresses, Math.min(ttl, own));
      }
      DnsRawRecord alias = alias(response, owner);
      if (alias == null) {
        return DnsAnswer.NONE;
      }
      ttl = Math.min(ttl, ttl(alias));
      owner = target(alias);
    }
    return DnsAnswer.FAILED; // a circle of aliases
  }

  /// Collects the addresses of `owner`, each once.
  ///
  /// @return the least of their TTLs
  private long addresses(
      DnsResponse response, DnsRecordType type, String owner, List<InetAddress> into) {
    long ttl = MAX_TTL;
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
      if (record instanceof DnsRawRecord raw && isOf(record, type, owner)) {
        InetAddress address = address(raw.content(), type.equals(DnsRecordType.A) ? 4 : 16);
        if (address != null && !into.contains(address)) {
          into.add(address);
          ttl = Math.min(ttl, ttl(record));
        }
      }
    }
    return ttl;
  }

  private @Nullable InetAddress address(ByteBuf content, int length) {
    if (content.readableBytes() != length) {
      return null;
    }
    byte[] octets = new byte[length];
    content.getBytes(content.readerIndex(), octets);
    try {
      return InetAddress.getByAddress(name, octets);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // of wrong lengths only
    }
  }

  private static @Nullable DnsRawRecord alias(DnsResponse response, String owner) {
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
      if (record instanceof DnsRawRecord raw && isOf(record, DnsRecordType.CNAME, owner)) {
        return raw;
      }
    }
    return null;
  }

  private static String target(DnsRawRecord alias) {
    try {
      return DefaultDnsRecordDecoder.decodeName(alias.content().duplicate());
    } catch (CorruptedFrameException e) {
      return ""; // owns no record
    }
  }

  private static boolean isOf(DnsRecord record, DnsRecordType type, String owner) {
    return record.type().equals(type) && record.name().equalsIgnoreCase(owner);
  }

  static long ttl(DnsRecord record) {
    long ttl = record.timeToLive();
    return ttl < 0 || ttl > MAX_TTL ? 0 : ttl;
  }
}
