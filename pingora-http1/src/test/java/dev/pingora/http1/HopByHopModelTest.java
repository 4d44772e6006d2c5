// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.fields;
import static dev.pingora.http1.Wire.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Random requests through [HopByHop] and through the plainest form of the same rules.
final class HopByHopModelTest {
  private static final int ROUNDS = 20_000;

  private static final List<String> NAMES =
      List.of(
          "Host",
          "connection",
          "Keep-Alive",
          "Proxy-Connection",
          "TE",
          "Trailer",
          "Upgrade",
          "Transfer-Encoding",
          "Content-Length",
          "Authorization",
          "Proxy-Authorization",
          "Cookie",
          "X-Forwarded-For",
          "x-forwarded-new",
          "Forwarded",
          "Via",
          "X-Real-IP",
          "X-A",
          "x-B",
          "HTTP2-Settings",
          "Accept",
          "X_A");

  private static final List<String> OPTIONS =
      List.of(
          "close",
          "keep-alive",
          "Upgrade",
          "host",
          "TE",
          "x-a",
          "X-B",
          "X-Forwarded-For",
          "x-forwarded-new",
          "cookie",
          "content-length",
          "authorization",
          "accept",
          "via",
          "trailer",
          "x-none",
          "\"x-a\"",
          "",
          "a b",
          "transfer-encoding",
          "forwarded",
          "x-real-ip",
          "x_a");

  private static final Set<String> ALWAYS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "transfer-encoding",
          "proxy-authorization",
          "http2-settings");

  private static final Set<String> PROTECTED =
      Set.of("host", "content-length", "authorization", "cookie", "forwarded", "via", "x-real-ip");

  private final Random random = new Random(20260105);

  @Test
  void stripsWhatTheRulesSay() throws ProxyException {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> lines = randomLines();
      HopByHop.Keep keep = new HopByHop.Keep(random.nextBoolean(), random.nextBoolean());
      RequestHeader request = RequestHeader.of("GET", "/");
      request.headers().addFrom(fields(lines.toArray(String[]::new)));
      HopByHop.strip(request, keep);
      assertThat(lines(request.headers()))
          .as("%s %s", lines, keep)
          .isEqualTo(expected(lines, keep));
    }
  }

  private static List<String> expected(List<String> lines, HopByHop.Keep keep) {
    Set<String> options = new HashSet<>();
    boolean trailers = false;
    for (String line : lines) {
      if (name(line).equals("connection")) {
        for (String option : line.substring(line.indexOf(':') + 2).split(",", -1)) {
          options.add(option.strip().toLowerCase(Locale.ROOT));
        }
      }
      trailers |= line.equals("TE: trailers");
    }
    List<String> kept = new ArrayList<>();
    boolean upgraded = false;
    for (String line : lines) {
      String name = name(line);
      boolean nominated =
          options.contains(name)
              && !PROTECTED.contains(name)
              && !name.startsWith("x-forwarded-")
              && !name.equals("upgrade")
              && !name.equals("keep-alive");
      boolean upgrade = name.equals("upgrade");
      boolean relayed = keep.upgrade() && options.contains("upgrade");
      if (nominated
          || ALWAYS.contains(name)
          || (name.equals("trailer") && !keep.trailers())
          || (upgrade && !relayed)) {
        continue;
      }
      upgraded |= upgrade;
      kept.add(line);
    }
    if (trailers && keep.trailers()) {
      kept.add("TE: trailers");
      kept.add("Connection: TE");
    }
    if (upgraded) {
      kept.add("Connection: upgrade");
    }
    return kept;
  }

  private static String name(String line) {
    return line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
  }

  private List<String> randomLines() {
    List<String> lines = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      String value =
          switch (name) {
            case "connection" -> options();
            case "TE" -> random.nextBoolean() ? "trailers" : "gzip";
            default -> "v" + i;
          };
      lines.add(name + ": " + value);
    }
    return lines;
  }

  private String options() {
    List<String> options = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      options.add(OPTIONS.get(random.nextInt(OPTIONS.size())));
    }
    return String.join(random.nextBoolean() ? "," : " , ", options).strip();
  }
}
