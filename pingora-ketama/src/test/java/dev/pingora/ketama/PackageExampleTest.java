// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of the package's page, so that it compiles and does what it says.
class PackageExampleTest {
  private static boolean isDown(Continuum ring, int at) {
    return ring.buckets().get(ring.bucketAt(at)).address().startsWith("10.0.0.1");
  }

  @Test
  void findsAServerThatIsUp() {
    Continuum ring = Continuum.of(List.of(Bucket.of("10.0.0.1:80"), new Bucket("10.0.0.2:80", 2)));
    Bucket own = ring.node("/index.html").orElseThrow(); // the key's bucket
    int at = ring.find("/index.html"); // or, without allocation, a position
    assertThat(ring.buckets().get(ring.bucketAt(at))).isEqualTo(own);
    for (int tries = 0; tries < 1_000 && isDown(ring, at); tries++) {
      at = ring.next(at); // who comes next on the ring
    }
    assertThat(isDown(ring, at)).isFalse();
    ring = ring.with(List.of(Bucket.of("10.0.0.3:80"), own)); // after discovery: one pass
    assertThat(ring.buckets()).hasSize(2);
  }
}
