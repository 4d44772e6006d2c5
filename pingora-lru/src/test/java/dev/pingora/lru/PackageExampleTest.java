// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lru;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The example of the package's page, so that it compiles and does what it says.
class PackageExampleTest {

  @Test
  void deletesWhatMustGo() throws IOException {
    Lru<String, Path> files = Lru.of(16, 10L << 30); // 16 shards, 10 GiB
    files.admit("/a", Path.of("a.bin"), 4_096);
    files.promoteTopN("/a", 8); // on every hit
    for (Entry<String, Path> old : files.evictToLimit()) {
      Files.deleteIfExists(old.value());
    }
    List<Entry<String, Path>> saved = files.entries(0); // of each shard, before the end
    saved.forEach(e -> files.insertTail(e.key(), e.value(), e.weight())); // after the start
    assertThat(files.totals()).isEqualTo(new Totals(1, 4_096, 0, 0));
  }
}
