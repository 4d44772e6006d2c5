// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Well is who answers SERVING by gRPC's health protocol (`grpc.health.v1.Health/Check`).
/// Immutable.
///
/// It is asked over HTTP/2 on a connection of its own: without TLS by prior knowledge (RFC 9113
/// §3.3), with TLS by ALPN.
public final class GrpcHealthCheck extends RuledCheck {
  /// Most octets in the name of a service.
  public static final int MAX_SERVICE = 1_024;

  /// Octets of an answer: the status takes two, the rest is room for fields of later versions.
  private static final int MAX_ANSWER = 4_096;

  private static final int SERVING = 1;

  private final @Nullable String authority;
  private final byte[] question;

  private GrpcHealthCheck(CheckRules rules, @Nullable String authority, byte[] question) {
    super(rules);
    this.authority = authority;
    this.question = question;
  }

  /// {@return a check of one service}
  ///
  /// @param service as the backend knows it, as in `shop.v1.Carts`; empty = the backend as a whole
  public static GrpcHealthCheck of(CheckRules rules, String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    if (name.length > MAX_SERVICE) {
      throw new IllegalArgumentException(
          "service: " + name.length + " octets (expected: at most " + MAX_SERVICE + ")");
    }
    return new GrpcHealthCheck(rules, null, question(name));
  }

  /// {@return this check with another `:authority` than the backend's name or address}
  public GrpcHealthCheck withAuthority(String other) {
    return new GrpcHealthCheck(rules, requireNonNull(other, "other"), question);
  }

  @Override
  public void check(Backend backend, RequestThread thread, ServerRuntime runtime)
      throws ProxyException {
    HttpPeer peer = rules.peer(backend, false);
    RequestHeader request =
        RequestHeader.of("POST", "/grpc.health.v1.Health/Check")
            .scheme(peer.scheme() == HttpPeer.Scheme.HTTPS ? "https" : "http")
            .set("Host", authority == null ? peer.authority() : authority)
            .set("User-Agent", "pingora-health")
            .set("Grpc-Timeout", rules.timeout().toMillis() + "m");
    var connection = runtime.connector().open(thread, peer, TlsSettings.H2);
    byte[] answer = GrpcCall.of(thread, connection, MAX_ANSWER).send(request, question);
    int status = status(ByteBuffer.wrap(answer));
    if (status != SERVING) {
      throw HealthFailure.of("its status is " + name(status));
    }
  }

  /// {@return `HealthCheckRequest { string service = 1; }`}
  private static byte[] question(byte[] service) {
    if (service.length == 0) {
      return service; // fields with their initial value are left out
    }
    ByteBuffer message = ByteBuffer.allocate(3 + service.length).put((byte) (1 << 3 | 2));
    if (service.length >= 1 << 7) {
      message.put((byte) (service.length | 1 << 7)).put((byte) (service.length >> 7));
    } else {
      message.put((byte) service.length);
    }
    message.put(service).flip();
    byte[] exact = new byte[message.remaining()];
    message.get(exact);
    return exact;
  }

  /// {@return the status in `HealthCheckResponse { ServingStatus status = 1; }`} Fields that are
  /// not known are passed over, the last of its kind counts: see protobuf's "Encoding".
  static int status(ByteBuffer message) throws ProxyException {
    long status = 0;
    while (message.hasRemaining()) {
      long tag = varint(message);
      switch ((int) tag & 7) {
        case 0 -> {
          long value = varint(message);
          status = tag >>> 3 == 1 ? value : status;
        }
        case 1 -> pass(message, Long.BYTES);
        case 2 -> pass(message, varint(message));
        case 5 -> pass(message, Integer.BYTES);
        default -> throw HealthFailure.of("its answer is not in the form of protobuf");
      }
    }
    return (int) status;
  }

  private static long varint(ByteBuffer message) throws ProxyException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && message.hasRemaining(); shift += 7) {
      byte octet = message.get();
      value |= (octet & 0x7fL) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    throw HealthFailure.of("its answer is not in the form of protobuf");
  }

  private static void pass(ByteBuffer message, long octets) throws ProxyException {
    if (octets < 0 || octets > message.remaining()) {
      throw HealthFailure.of("its answer is not in the form of protobuf");
    }
    message.position(message.position() + (int) octets);
  }

  private static String name(int status) {
    return switch (status) {
      case 0 -> "UNKNOWN";
      case 2 -> "NOT_SERVING";
      case 3 -> "SERVICE_UNKNOWN";
      default -> Integer.toString(status);
    };
  }
}
