// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The example of the package's page, so that it compiles and does what it says.
class PackageExampleTest {
  private long freed;

  private static byte[] render(String path) {
    return new byte[path.length() << 20];
  }

  private byte[] serve(TinyUfo<String, byte[]> pages, String path) {
    byte[] page = pages.get(path);
    if (page == null) {
      page = render(path);
      for (Evicted<String, byte[]> old : pages.put(path, page, page.length)) {
        freed += old.weight();
      }
    }
    return page;
  }

  @Test
  void keepsPagesWithinTheirBytes() {
    TinyUfo<String, byte[]> pages = TinyUfo.of(64 << 20, 10_000); // 64 MiB, about 10,000 pages
    byte[] first = serve(pages, "/");
    assertThat(serve(pages, "/")).isSameAs(first);
    for (int i = 10; i < 60; i++) {
      serve(pages, "/" + i);
    }
    assertThat(freed).isEqualTo((1L << 20) + 50L * (3 << 20) - pages.weight());
  }
}
