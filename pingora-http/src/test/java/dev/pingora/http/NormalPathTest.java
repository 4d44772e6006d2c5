// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NormalPathTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "``,/",
        "/,/",
        "/a,/a",
        "/a/,/a/",
        "/A,/A",
        "/a/./b/../c,/a/c",
        "/a/%2e%2E/%7euser,/~user",
        "//a///b/,/a/b/",
        "//,/",
        "/../../etc,/etc",
        "/a/..,/",
        "/a/../,/",
        "/a/.,/a/",
        "/.,/",
        "/..,/",
        "/../,/",
        "/a/b/../..,/",
        "/a/b/../../..,/",
        "/a/b/..,/a/",
        "/a//../b,/b",
        "/a/%2f../b,/a/%2F../b",
        "/a%2fb,/a%2Fb",
        "/a%2Fb,/a%2Fb",
        "/a%zz,/a%zz",
        "/a%,/a%",
        "/a%2,/a%2",
        "/%,/%",
        "/%%41,/%A",
        "/%252e,/%252e",
        "/%252E%252E/x,/%252E%252E/x",
        "/a;x=/..;/b,/a;x=/..;/b",
        "/...,/...",
        "/.../,/.../",
        "/.a/..b/c.,/.a/..b/c.",
        "/%61%62%63,/abc",
        "/%2E%2e/%2e/x,/x",
        "/.%2e/x,/x",
        "/%00,/%00",
        "/%5c..%5c,/%5C..%5C",
        "/a\\..\\b,/a\\..\\b",
        "/caf\u00c3\u00a9,/caf%C3%A9",
        "/caf%c3%a9,/caf%C3%A9",
        "/a*b(c)!$&',/a*b(c)!$&'",
      })
  void hasOneSpelling(String path, String normal) {
    assertThat(NormalPath.of(path)).isEqualTo(normal);
    assertThat(NormalPath.of(normal)).as("idempotent").isEqualTo(normal);
  }

  @Test
  void givesANormalPathBackAsItIs() {
    String path = "/static/js/app-1.2.min.js";

    assertThat(NormalPath.of(path)).isSameAs(path);
  }

  @Test
  void agreesWithASlowReference() {
    Random random = new Random(3986);
    String[] parts = {
      "/", "/", "/", ".", "..", "%2e", "%2E", "%2f", "a", "Bc", "%41", "%", "%4", "\u00e9", ";", "*"
    };
    for (int i = 0; i < 40_000; i++) {
      StringBuilder path = new StringBuilder("/");
      for (int n = random.nextInt(12); n > 0; n--) {
        path.append(parts[random.nextInt(parts.length)]);
      }
      String normal = NormalPath.of(path.toString());

      assertThat(normal).as(path.toString()).isEqualTo(reference(path.toString()));
    }
  }

  /// The three steps one after the other, with a stack of segments.
  private static String reference(String path) {
    StringBuilder decoded = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      String rest = path.substring(i);
      if (rest.matches("(?s)%[0-9a-fA-F]{2}.*")) {
        char c = (char) Integer.parseInt(rest.substring(1, 3), 16);
        boolean unreserved = String.valueOf(c).matches("[A-Za-z0-9._~-]");
        decoded.append(
            unreserved ? String.valueOf(c) : rest.substring(0, 3).toUpperCase(Locale.ROOT));
        i += 2;
      } else if (path.charAt(i) > 0x7E) {
        decoded.append(String.format("%%%02X", (int) path.charAt(i)));
      } else {
        decoded.append(path.charAt(i));
      }
    }
    Deque<String> kept = new ArrayDeque<>();
    boolean directory = false;
    for (String segment : decoded.toString().split("/", -1)) {
      directory = segment.isEmpty() || segment.equals(".") || segment.equals("..");
      if (segment.equals("..")) {
        kept.pollLast();
      } else if (!directory) {
        kept.addLast(segment);
      }
    }
    String joined = "/" + String.join("/", kept);
    return directory && !kept.isEmpty() ? joined + "/" : joined;
  }

  @Test
  void takesLinearTimeForManySegments() {
    String up = "/a".repeat(200_000) + "/..".repeat(200_000) + "//".repeat(200_000) + "%2e/x";

    assertThat(NormalPath.of(up)).isEqualTo("/x");
  }
}
