// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.buffer;
import static dev.pingora.http1.Wire.fields;
import static dev.pingora.http1.Wire.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pingora.error.ProxyException;
import dev.pingora.http1.H2Preface.Match;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The preface, the limits, the connection options, expectations and upgrades.
final class SmallPartsTest {
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  @Test
  void recognisesThePrefaceAtEveryLength() {
    for (int length = 0; length < H2Preface.LENGTH; length++) {
      assertThat(H2Preface.matches(buffer(PREFACE.substring(0, length))))
          .isEqualTo(Match.NEED_MORE);
    }
    ByteBuffer in = buffer("#" + PREFACE + "\0\0").position(1);
    assertThat(H2Preface.matches(in)).isEqualTo(Match.YES);
    assertThat(in.position()).isEqualTo(1);
  }

  @Test
  void tellsAnotherProtocolAtTheFirstOctetThatDiffers() {
    for (int length = 1; length <= H2Preface.LENGTH; length++) {
      assertThat(H2Preface.matches(buffer(PREFACE.substring(0, length - 1) + "x")))
          .isEqualTo(Match.NO);
    }
    assertThat(H2Preface.matches(buffer("G"))).isEqualTo(Match.NO);
    assertThat(H2Preface.matches(buffer("POST"))).isEqualTo(Match.NO);
  }

  @Test
  void hasTheDefaultLimitsOfTheGateway() {
    assertThat(Http1Limits.REQUEST).isEqualTo(new Http1Limits(8192, 65536, 100, 16384, 8192));
    assertThat(Http1Limits.RESPONSE.headerFields()).isEqualTo(256);
    assertThat(Http1Limits.REQUEST.toBuilder().headerFields(256).build())
        .isEqualTo(Http1Limits.RESPONSE);
    assertThat(
            Http1Limits.REQUEST.toBuilder()
                .requestLineBytes(17)
                .headerSectionBytes(18)
                .headerFields(1)
                .trailerSectionBytes(0)
                .chunkLineBytes(19)
                .build())
        .isEqualTo(new Http1Limits(17, 18, 1, 0, 19));
  }

  @Test
  void refusesLimitsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Http1Limits(15, 65536, 100, 16384, 8192))
        .withMessage("requestLineBytes: 15 (expected: 16..3145728)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Http1Limits(8192, 1 << 22, 100, 16384, 8192));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Http1Limits(8192, 65536, 0, 16384, 8192));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Http1Limits(8192, 65536, 100, -1, 8192));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Http1Limits(8192, 65536, 100, 16384, 15));
  }

  @Test
  void readsConnectionOptions() throws ProxyException {
    ConnectionOptions options =
        ConnectionOptions.ofRequest(
            fields("Connection: Keep-Alive, X-A , ,\"q\"", "connection: UPGRADE,close,x-b"));
    assertThat(options.close()).isTrue();
    assertThat(options.keepAlive()).isTrue();
    assertThat(options.upgrade()).isTrue();
    assertThat(options.nominated()).containsExactly("x-a", "x-b");
  }

  @ParameterizedTest
  @CsvSource({"close", "Keep-Alive", "upgrade", "''"})
  void readsTheUsualOptionsWithoutAList(String option) throws ProxyException {
    ConnectionOptions first = ConnectionOptions.ofResponse(fields("Connection: " + option));
    assertThat(first.close()).isEqualTo(option.equals("close"));
    assertThat(first.keepAlive()).isEqualTo(option.equals("Keep-Alive"));
    assertThat(first.upgrade()).isEqualTo(option.equals("upgrade"));
    assertThat(first.nominated()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.1|100-continue              |CONTINUE",
        "1.1|100-Continue              |CONTINUE",
        "1.1|100-continue, 100-continue|CONTINUE",
        "1.1|                          |NONE",
        "1.1|,                         |NONE",
        "1.1|100-continue,             |CONTINUE",
        "1.1|200-ok                    |UNSUPPORTED",
        "1.1|100-continue, x           |UNSUPPORTED",
        "1.1|100-continue;a=b          |UNSUPPORTED",
        "1.1|100 continue              |UNSUPPORTED",
        "1.0|100-continue              |NONE",
        "1.0|x                         |NONE"
      })
  void readsExpectations(String version, String value, Expectation expected) throws ProxyException {
    String field = "Expect: " + (value == null ? "" : value) + "\r\n";
    assertThat(
            Expectation.of(request("PUT / HTTP/" + version + "\r\nHost: h\r\n" + field + "\r\n")))
        .isEqualTo(expected);
  }

  @Test
  void readsExpectationsFromSeveralLines() throws ProxyException {
    String head = "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n";
    assertThat(Expectation.of(request(head))).isEqualTo(Expectation.UNSUPPORTED);
    assertThat(Expectation.of(request("GET / HTTP/1.1\r\nHost: h\r\n\r\n")))
        .isEqualTo(Expectation.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "1.1,Upgrade,websocket,true",
    "1.1,'keep-alive, upgrade',websocket,true",
    "1.0,Upgrade,websocket,false",
    "1.1,keep-alive,websocket,false",
    "1.1,'Upgrade, HTTP2-Settings',h2c,false",
    "1.1,Upgrade,'websocket, H2C',false"
  })
  void wantsBothFieldsForAnUpgrade(
      String version, String connection, String upgrade, boolean expected) throws ProxyException {
    String head =
        "GET / HTTP/%s\r\nHost: h\r\nConnection: %s\r\nUpgrade: %s\r\n\r\n"
            .formatted(version, connection, upgrade);
    assertThat(Upgrade.isRequested(request(head))).isEqualTo(expected);
  }

  @Test
  void seesNoUpgradeWithoutAProtocol() throws ProxyException {
    assertThat(
            Upgrade.isRequested(
                request("GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\n\r\n")))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a,b", "a, \"b,c\" ,d", ",", "", "\"a", "\"\\\",\",b"})
  void splitsListsAtCommasOutsideQuotes(String list) {
    java.util.List<String> expected =
        switch (list) {
          case "a" -> java.util.List.of("a");
          case "a,b" -> java.util.List.of("a", "b");
          case "a, \"b,c\" ,d" -> java.util.List.of("a", "\"b,c\"", "d");
          case "," -> java.util.List.of("", "");
          case "" -> java.util.List.of("");
          case "\"a" -> java.util.List.of("\"a");
          default -> java.util.List.of("\"\\\",\"", "b");
        };
    assertThat(CommaList.members(list)).isEqualTo(expected);
  }
}
