// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What nginx 1.22.1 answered, recorded: 252 keys through `hash $http_x_key consistent` into three
/// upstreams. An empty key is not among them: nginx does not hash it.
class NginxVectorsTest {

  @Test
  void agreesOnPlainServers() throws IOException {
    agrees(
        "plain",
        IntStream.rangeClosed(1, 10)
            .mapToObj(i -> Bucket.of("127.0.0." + i + ":" + (4000 + i)))
            .toList());
  }

  @Test
  void agreesOnGreatWeights() throws IOException {
    agrees(
        "weights",
        IntStream.range(0, 9).mapToObj(i -> new Bucket("127.0.0.1:" + (4100 + i), 100)).toList());
  }

  @Test
  void agreesOnIpv6UnixSocketsAndMissingPorts() throws IOException {
    agrees(
        "mixed",
        List.of(
            new Bucket("127.0.0.1:4301", 1),
            new Bucket("127.0.0.2:4302", 3),
            new Bucket("[::1]:4303", 2),
            new Bucket("unix:/run/app/one.sock", 2),
            new Bucket("127.0.0.9", 1),
            new Bucket("127.0.0.3:4304", 7),
            new Bucket("unix:/none", 1),
            new Bucket("[::1]:4305", 1)));
  }

  private static void agrees(String name, List<Bucket> buckets) throws IOException {
    Continuum ring = Continuum.of(buckets);
    List<String> lines = lines("nginx-" + name + ".csv");
    assertThat(lines).hasSize(252);
    for (String line : lines) {
      int comma = line.lastIndexOf(',');
      String key = line.substring(0, comma);
      // nginx logs the port it connected to, also where the configuration names none.
      String server = line.substring(comma + 1).replace("127.0.0.9:80", "127.0.0.9");
      assertThat(ring.node(key)).as(key).map(Bucket::address).hasValue(server);
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      assertThat(ring.node(bytes)).as(key).isEqualTo(ring.node(key));
    }
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = NginxVectorsTest.class.getResourceAsStream(resource)) {
      byte[] bytes = Objects.requireNonNull(in, resource).readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }
  }
}
