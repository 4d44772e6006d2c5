// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ProxyException;
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
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One question for SRV records, on its way to one server. Everything runs on the event-loop
/// thread, but for [#await]; `answer` is what both share.
final class DnsServiceQuery implements Runnable {
  /// Priority, weight and port.
  private static final int FIXED_OCTETS = 6;

  private final DnsNameResolver resolver;
  private final InetSocketAddress server;
  private final String name;
  private final RequestThread waiter;
  private @Nullable Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> underWay;
  private volatile @Nullable DnsServices answer;

  DnsServiceQuery(
      DnsNameResolver resolver, InetSocketAddress server, String name, RequestThread waiter) {
    this.resolver = resolver;
    this.server = server;
    this.name = name;
    this.waiter = waiter;
  }

  DnsServices await() throws ProxyException {
    DnsServices came = answer;
    boolean ended = false;
    try {
      while (came == null) {
        waiter.await(RequestThread.NEVER); // Netty's timeout ends it
        came = answer;
      }
      ended = true;
    } finally {
      if (!ended) {
        waiter.loop().post(this::cancel);
      }
    }
    return came;
  }

  private void cancel() {
    Future<?> pending = underWay;
    if (pending != null) {
      pending.cancel(false);
    }
  }

  @Override
  public void run() {
    try {
      Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> future =
          resolver.query(server, new DefaultDnsQuestion(name + ".", DnsRecordType.SRV));
      underWay = future;
      future.addListener(_ -> end(answer(future.getNow())));
    } catch (RuntimeException e) { // a name or a server that Netty does not take
      end(DnsServices.FAILED);
    }
  }

  private void end(DnsServices result) {
    answer = result;
    waiter.signal();
  }

  private static DnsServices answer(
      @Nullable AddressedEnvelope<DnsResponse, InetSocketAddress> envelope) {
    if (envelope == null) {
      return DnsServices.FAILED;
    }
    try {
      return answer(envelope.content());
    } finally {
      envelope.release();
    }
  }

  /// RFC 2308 §2: NXDOMAIN, and NOERROR without the records asked for, deny; any other code says
  /// nothing about the name. The server has followed aliases, so records of any owner count.
  private static DnsServices answer(DnsResponse response) {
    if (response.code().equals(DnsResponseCode.NXDOMAIN)) {
      return DnsServices.NONE;
    }
    if (!response.code().equals(DnsResponseCode.NOERROR)) {
      return DnsServices.FAILED;
    }
    List<DnsServices.Target> targets = new ArrayList<>();
    long ttl = DnsQuery.MAX_TTL;
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
      if (record.type().equals(DnsRecordType.SRV) && record instanceof DnsRawRecord raw) {
        DnsServices.Target target = target(raw.content());
        if (target != null) {
          targets.add(target);
          ttl = Math.min(ttl, DnsQuery.ttl(record));
        }
      }
    }
    return targets.isEmpty()
        ? DnsServices.NONE
        : new DnsServices(DnsAnswer.Outcome.FOUND, targets, ttl);
  }

  /// {@return what a record names; null when it is malformed, or says that there is no such service
  /// (RFC 2782: a target of ".")}
  private static DnsServices.@Nullable Target target(ByteBuf content) {
    if (content.readableBytes() <= FIXED_OCTETS) {
      return null;
    }
    int at = content.readerIndex();
    int port = content.getUnsignedShort(at + 4);
    String host;
    try {
      // Names may point back into the message (RFC 1035 §4.1.4), which the buffer still holds.
      host = DefaultDnsRecordDecoder.decodeName(content.duplicate().readerIndex(at + FIXED_OCTETS));
    } catch (CorruptedFrameException | IndexOutOfBoundsException e) {
      return null;
    }
    String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return bare.isEmpty() || port == 0
        ? null
        : new DnsServices.Target(
            content.getUnsignedShort(at), content.getUnsignedShort(at + 2), port, bare);
  }
}
