// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pingora.http.FieldName;
import dev.pingora.limits.Gcra;
import dev.pingora.testkit.FakeTicker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `rate_limit:` means, and what its table can hold.
class RateLimitConfTest {
  private static RateLimitConf parse(String block) throws Exception {
    String yaml =
        "listeners: [{ address: '127.0.0.1:0' }]\nroutes: [{ respond: {}, rate_limit: %s }]\n"
            .formatted(block);
    RateLimitConf conf =
        GatewayConf.parse(yaml, "test.yaml", Map.of()).routes().getFirst().rateLimit();
    return Objects.requireNonNull(conf, "rateLimit");
  }

  @ParameterizedTest
  @CsvSource({
    "1/s, 1, PT1S",
    "60/m, 60, PT1M",
    "1000000/h, 1000000, PT1H",
  })
  void aRateIsACountAndAUnit(String text, long count, Duration per) throws Exception {
    RateLimitConf conf = parse("{ rate: " + text + " }");
    assertThat(conf.rate().count()).isEqualTo(count);
    assertThat(conf.rate().per().duration()).isEqualTo(per);
    assertThat(conf.rate().text()).isEqualTo(text);
    assertThat(conf.burst()).isEqualTo(count);
    assertThat(conf.key()).isEqualTo(new ClientKey.ClientAddress());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "/s", "0/s", "-1/s", "1.5/s", "5/d", "5/S", "5 /s", "1000001/s", "٣/s"})
  void anotherTextIsNone(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateLimitConf.Frequency.parse(text))
        .withMessage("is \"" + text + "\"");
  }

  @Test
  void burstAndKeyMayBeGiven() throws Exception {
    assertThat(parse("{ rate: 100/s, burst: 200, key: 'header:X-Api-Key' }"))
        .isEqualTo(
            new RateLimitConf(
                new RateLimitConf.Frequency(100, RateLimitConf.Unit.SECOND),
                200,
                new ClientKey.Header(FieldName.of("X-Api-Key"))));
  }

  @Test
  void withoutTheBlockThereIsNoBound() throws Exception {
    for (String block : new String[] {"", ", rate_limit: null"}) {
      String yaml =
          "listeners: [{ address: '127.0.0.1:0' }]\nroutes: [{ respond: {}" + block + " }]\n";
      GatewayConf conf = GatewayConf.parse(yaml, "t", Map.of());
      assertThat(conf.routes().getFirst().rateLimit()).isNull();
    }
  }

  /// Every corner of what the file may say is within the arithmetic of the buckets.
  @ParameterizedTest
  @CsvSource({
    "1000000/s, 1",
    "1000000/s, 1000000",
    "1/h, 1",
    "1/h, 8760",
    "7/h, 61320",
    "999983/h, 1000000",
    "115/h, 1000000"
  })
  void everyRateThatTheFileTakesWorks(String rate, long burst) {
    RateLimitConf.Frequency frequency = RateLimitConf.Frequency.parse(rate);
    FakeTicker ticker = new FakeTicker();
    Gcra buckets = Gcra.of(frequency.count(), frequency.per().duration(), burst, ticker::nanoTime);
    for (long i = 0; i < burst; i++) {
      assertThat(buckets.take("a", 1)).isZero();
    }
    long wait = buckets.take("a", 1);
    assertThat(wait).isBetween(1L, frequency.per().duration().toNanos());
    ticker.advance(Duration.ofNanos(wait));
    assertThat(buckets.take("a", 1)).isZero();
  }

  /// The figures in [RateLimit]'s comment.
  @ParameterizedTest
  @CsvSource({"1000, 0.001", "4000, 0.035", "10000, 0.32"})
  void aFullTableHoldsFewOthersToTheUseOfItsClients(int busy, double most) throws Exception {
    Gcra buckets = Gcra.of(1, Duration.ofHours(1), 1, () -> 0);
    Random random = new Random(20_261_121);
    for (int i = 0; i < busy; i++) {
      buckets.take(address(random), 1);
    }
    int held = 0;
    int others = 20_000;
    for (int i = 0; i < others; i++) {
      held += buckets.available(address(random)) == 0 ? 1 : 0;
    }
    assertThat((double) held / others).isLessThan(most);
  }

  private static InetAddress address(Random random) throws Exception {
    byte[] octets = new byte[16];
    random.nextBytes(octets);
    octets[0] = 0x20;
    return ClientAddresses.network(InetAddress.getByAddress(octets));
  }
}
