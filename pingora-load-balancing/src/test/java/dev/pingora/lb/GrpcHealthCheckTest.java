// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http2.ErrorCode;
import dev.pingora.testkit.Events;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.ScriptedServer;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// gRPC's health protocol over real sockets. What real servers say is in the conformance module.
class GrpcHealthCheckTest {
  private static final CheckRules QUICK =
      CheckRules.STANDARD.withEvery(Duration.ofMillis(100)).withTimeout(Duration.ofMillis(500));

  private static final GrpcBackend.Answer SERVING =
      GrpcBackend.of(200, "application/grpc", GrpcBackend.message(8, 1), "0");

  private final Events<String> changes = new Events<>();

  private LoadBalancer<RoundRobin> balancer(HealthCheck check, Backend backend) {
    return LoadBalancer.builder("app", RoundRobin::of)
        .backends(List.of(backend))
        .healthCheck(check)
        .observer((_, _, change, why) -> changes.add(change + ": " + why))
        .build();
  }

  /// {@return why a backend with this answer is ill}
  private String illness(GrpcBackend.Answer answer) throws Exception {
    try (GrpcBackend server = GrpcBackend.start(answer)) {
      return illness(server.backend());
    }
  }

  private String illness(Backend backend) throws Exception {
    LoadBalancer<RoundRobin> balancer = balancer(GrpcHealthCheck.of(QUICK, "a"), backend);
    try (ServerRig _ = ServerRig.start(balancer)) {
      Eventually.holds("ill", () -> !changes.all().isEmpty());
    }
    return changes.all().getFirst();
  }

  @Test
  void asksForTheServiceAndHearsThatItServes() throws Exception {
    AtomicReference<GrpcBackend.Answer> answer = new AtomicReference<>(SERVING);
    try (GrpcBackend server = GrpcBackend.start(stream -> answer.get().to(stream))) {
      LoadBalancer<RoundRobin> balancer =
          balancer(
              GrpcHealthCheck.of(QUICK, "shop.Carts").withAuthority("carts.test"),
              server.backend().startingUnhealthy());
      try (ServerRig _ = ServerRig.start(balancer)) {
        Eventually.holds("well", () -> balancer.status().ready() == 1);
        answer.set(GrpcBackend.of(200, "application/grpc", GrpcBackend.message(8, 2), "0"));
        Eventually.holds("ill", () -> balancer.status().ready() == 0);
        answer.set(SERVING);
        Eventually.holds("well again", () -> balancer.status().ready() == 1);
      }
      String service = HexFormat.of().formatHex("shop.Carts".getBytes(StandardCharsets.US_ASCII));
      assertThat(server.calls)
          .containsOnly(
              "POST http carts.test /grpc.health.v1.Health/Check [trailers, application/grpc, 500m]"
                  + " 000000000c0a0a"
                  + service);
      assertThat(changes.all().get(1)).contains("UNHEALTHY").contains("NOT_SERVING");
    }
  }

  @Test
  void noNameAsksForAllAndLongNamesFit() throws Exception {
    for (String service : List.of("", "s".repeat(127), "s".repeat(128), "s".repeat(1_024))) {
      try (GrpcBackend server = GrpcBackend.start(SERVING)) {
        LoadBalancer<RoundRobin> balancer =
            balancer(GrpcHealthCheck.of(QUICK, service), server.backend().startingUnhealthy());
        try (ServerRig _ = ServerRig.start(balancer)) {
          Eventually.holds("well", () -> balancer.status().ready() == 1);
        }
        int length = service.length();
        String prefix =
            length == 0 ? "" : length < 128 ? "0a7f" : length == 128 ? "0a8001" : "0a8008";
        int octets = length + prefix.length() / 2;
        assertThat(server.calls.getFirst())
            .endsWith(" %010x%s%s".formatted(octets, prefix, "73".repeat(length)));
      }
    }
    assertThatThrownBy(() -> GrpcHealthCheck.of(QUICK, "s".repeat(1_025)))
        .hasMessage("service: 1025 octets (expected: at most 1024)");
  }

  @Test
  void outcomesOtherThanOkAreIllnesses() throws Exception {
    assertThat(illness(GrpcBackend.of(200, "application/grpc", GrpcBackend.message(8, 1), "5")))
        .contains("its grpc-status is 5 (NOT_FOUND)");
  }

  @Test
  void outcomesInTheHeadCount() throws Exception {
    assertThat(illness(GrpcBackend.of(200, "application/grpc", null, "12")))
        .contains("its grpc-status is 12 (UNIMPLEMENTED) so");
  }

  @Test
  void otherStatusesOfHttpAreIllnesses() throws Exception {
    assertThat(illness(GrpcBackend.of(503, "text/plain", null, "0"))).contains("it answers 503");
  }

  @Test
  void otherContentIsAnIllness() throws Exception {
    assertThat(illness(GrpcBackend.of(200, "text/html", GrpcBackend.message(8, 1), "0")))
        .contains("its answer is not of gRPC");
  }

  @Test
  void answersWithoutTrailersAreIllnesses() throws Exception {
    assertThat(
            illness(stream -> {
              ResponseHeader head = ResponseHeader.of(200).set("content-type", "application/grpc");
              stream.sendHeaders(head.set("grpc-status", "0"), false); // of no use here
              stream.sendData(ByteBuffer.wrap(GrpcBackend.message(8, 1)), true);
            }))
        .contains("its answer has no trailers");
  }

  @Test
  void resetsAreIllnesses() throws Exception {
    assertThat(illness(stream -> stream.reset(ErrorCode.REFUSED_STREAM))).contains("H2Error");
  }

  @Test
  void silenceIsAnIllness() throws Exception {
    assertThat(illness(_ -> {})).contains("PT0.5S");
  }

  @Test
  void longAnswersAreIllnesses() throws Exception {
    assertThat(
            illness(
                GrpcBackend.of(200, "application/grpc", GrpcBackend.message(new int[5_000]), "0")))
        .contains("more than 4096 octets");
  }

  /// What follows the octet too many changes nothing.
  @Test
  void longAnswersEndTheCallAtOnce() throws Exception {
    assertThat(
            illness(stream -> {
              stream.sendHeaders(
                  ResponseHeader.of(200).set("content-type", "application/grpc"), false);
              stream.sendData(ByteBuffer.wrap(new byte[5_000]), false);
              stream.sendData(ByteBuffer.wrap(new byte[1]), false);
            }))
        .contains("more than 4096 octets");
  }

  @Test
  void pagesOfErrorsAreToldByTheirStatus() throws Exception {
    assertThat(
            illness(stream -> {
              stream.sendHeaders(ResponseHeader.of(503).set("content-type", "text/html"), false);
              stream.sendData(ByteBuffer.wrap(new byte[9_000]), true);
            }))
        .contains("it answers 503");
  }

  @Test
  void serversOfHttp1AreIll() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.each(s -> s.send("HTTP/1.1 400 Bad Request\r\n\r\n"))) {
      assertThat(illness(Backend.of((InetSocketAddress) server.address(), 1)))
          .contains("UNHEALTHY");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "0801, 1",
    "0803, 3",
    "08818000, 1",
    "0802 0801, 1",
    "1001 0801, 1",
    "1203 aabbcc 0801, 1",
    "0d 01020304 0801, 1",
    "09 0102030405060708 0802, 2",
  })
  void readsTheStatusAmongFieldsItDoesNotKnow(String message, int status) throws Exception {
    assertThat(status(message)).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"08", "0880", "12ff01", "1205aa", "0b", "0f", "0901", "0d01", "80808080808080808080"})
  void refusesWhatIsNotProtobuf(String message) {
    assertThatThrownBy(() -> status(message)).isInstanceOf(ProxyException.class);
  }

  private static int status(String message) throws ProxyException {
    return GrpcHealthCheck.status(
        ByteBuffer.wrap(HexFormat.of().parseHex(message.replace(" ", ""))));
  }
}
