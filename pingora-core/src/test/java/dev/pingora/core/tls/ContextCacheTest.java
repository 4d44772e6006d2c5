// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import org.junit.jupiter.api.Test;

final class ContextCacheTest {
  private int made;

  private record Numbered(String provider, int number) implements TlsContext {
    @Override
    public TlsSession session(ServerId server) {
      throw new UnsupportedOperationException();
    }
  }

  private TlsContext get(ContextCache<String> cache, String key) throws TlsException {
    return cache.get(key, name -> new Numbered(name, ++made));
  }

  @Test
  void makesAContextOnceForAKey() throws Exception {
    ContextCache<String> cache = new ContextCache<>(2);
    TlsContext first = get(cache, "a");
    TlsContext second = get(cache, "b");
    assertThat(second).isNotSameAs(first);
    assertThat(get(cache, "a")).isSameAs(first);
    assertThat(get(cache, "b")).isSameAs(second);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void beginsAnewWhenItIsFull() throws Exception {
    ContextCache<String> cache = new ContextCache<>(2);
    TlsContext first = get(cache, "a");
    get(cache, "b");
    TlsContext third = get(cache, "c");
    assertThat(get(cache, "c")).isSameAs(third);
    assertThat(get(cache, "a")).isNotSameAs(first);
    assertThat(made).isEqualTo(4);
  }

  @Test
  void keepsNothingWhenItMayNot() throws Exception {
    ContextCache<String> cache = new ContextCache<>(0);
    assertThat(get(cache, "a")).isNotSameAs(get(cache, "a"));
  }

  @Test
  void aContextThatCannotBeMadeIsNotKept() throws Exception {
    ContextCache<String> cache = new ContextCache<>(2);
    ContextCache.Maker<String> failing =
        _ -> {
          throw TlsException.of(TlsException.Reason.CONFIGURATION, "no");
        };
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> cache.get("a", failing))
        .hasMessage("no");
    assertThat(get(cache, "a")).isNotNull();
  }
}
