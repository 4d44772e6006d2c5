// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.lines;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Mutated chunked content, read by the codec in random pieces and by a plain decoder.
final class ChunkFuzzTest {
  private static final int ROUNDS = 100_000;

  private static final List<String> SEEDS =
      List.of(
          "0\r\n\r\n",
          "5\r\nabcde\r\n0\r\n\r\n",
          "2;a=b\r\nab\r\nA ; c = \"d\\\"e\" ;f\r\n0123456789\r\n0\r\n\r\n",
          "3\r\nabc\r\n0;x\r\nX-Sum: 1\r\nY:\tz \r\n\r\n",
          "00a\r\n\r\n0\r\n\r\n12\r\n1\r\n5\r\n0\r\n\r\n");

  private static final List<String> DICTIONARY =
      List.of(
          "\r\n",
          "\r",
          "\n",
          " ",
          "\t",
          ";",
          "=",
          "\"",
          "\\",
          "0",
          "0x",
          "+",
          "_",
          ",",
          "ffffffffffffffff",
          "8000000000000000",
          "7fffffffffffffff",
          "\0",
          "\u00ff",
          "0\r\n\r\n",
          ": ",
          "A: b\r\n",
          "\r\n ");

  /// What there is to know about a piece of chunked content.
  private record Decoded(
      Outcome outcome, String content, int consumed, List<Grammar.Line> trailers) {
    static Decoded of(Outcome outcome, String content) {
      return new Decoded(outcome, content, 0, List.of());
    }
  }

  private enum Outcome {
    COMPLETE,
    /// Nothing complete is there; whether more input could help is not decided.
    NOT_COMPLETE,
    REFUSED
  }

  private final Random random = new Random(20260102);

  @Test
  void decodesMutatedContentAsTheGrammarDoes() {
    int complete = 0;
    for (int round = 0; round < ROUNDS; round++) {
      complete += check(mutated()) ? 1 : 0;
    }
    assertThat(complete).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private boolean check(String input) {
    Decoded expected = decode(input);
    ContentReader reader =
        ContentReader.ofRequest(new MessageFraming.Chunked(), Http1Limits.REQUEST);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try {
      int consumed = read(reader, bytes(input), content);
      if (reader.ended()) {
        assertThat(expected.outcome).as(shown(input)).isEqualTo(Outcome.COMPLETE);
        assertThat(consumed).as(shown(input)).isEqualTo(expected.consumed);
        assertThat(content.toString(ISO_8859_1)).as(shown(input)).isEqualTo(expected.content);
        assertThat(trailers(reader.trailers()))
            .isEqualTo(expected.trailers.stream().map(Grammar.Line::toString).toList());
        return true;
      }
      assertThat(expected.outcome).as(shown(input)).isEqualTo(Outcome.NOT_COMPLETE);
      assertThat(content.toString(ISO_8859_1)).as(shown(input)).isEqualTo(expected.content);
      return false;
    } catch (ProxyException refused) {
      assertThat(refused.kind()).isEqualTo(ErrorKind.H1_ERROR);
      assertThat(expected.outcome).as(shown(input) + refused).isNotEqualTo(Outcome.COMPLETE);
      return false;
    }
  }

  private int read(ContentReader reader, byte[] octets, ByteArrayOutputStream content)
      throws ProxyException {
    int from = 0;
    while (from < octets.length && !reader.ended()) {
      int to = from + 1 + random.nextInt(octets.length - from);
      ByteBuffer in = ByteBuffer.wrap(octets, from, to - from);
      int n;
      do {
        n = reader.read(in, 1 + random.nextInt(8));
        content.write(octets, in.position() - n, n);
      } while (n > 0);
      from = in.position();
    }
    return from;
  }

  private static List<String> trailers(@Nullable Fields trailers) {
    return trailers == null ? List.of() : lines(trailers);
  }

  @SuppressWarnings("JdkObsolete") // hitEnd() tells what is hopeless from what is incomplete
  private static Decoded decode(String input) {
    StringBuilder content = new StringBuilder();
    int at = 0;
    Matcher line = Grammar.CHUNK_LINE.matcher(input);
    while (true) {
      line.region(at, input.length());
      if (!line.lookingAt()) {
        // When the matcher did not reach the end of the input, no continuation can help.
        return Decoded.of(
            line.hitEnd() ? Outcome.NOT_COMPLETE : Outcome.REFUSED, content.toString());
      }
      BigInteger size = new BigInteger(line.group(1), 16);
      at = line.end();
      if (size.compareTo(Grammar.MAX_LONG) > 0) {
        return Decoded.of(Outcome.REFUSED, content.toString());
      }
      if (size.signum() == 0) {
        return trailers(input, at, content.toString());
      }
      int end = size.min(BigInteger.valueOf(input.length() - at)).intValue() + at;
      content.append(input, at, end);
      at = Math.min(end + 2, input.length());
      if (!"\r\n".startsWith(input.substring(end, at))) {
        return Decoded.of(Outcome.REFUSED, content.toString());
      }
      if (at < end + 2) {
        return Decoded.of(Outcome.NOT_COMPLETE, content.toString());
      }
    }
  }

  private static Decoded trailers(String input, int from, String content) {
    if (input.startsWith("\r\n", from)) {
      return new Decoded(Outcome.COMPLETE, content, from + 2, List.of());
    }
    int end = input.indexOf("\r\n\r\n", from);
    if (end < 0) {
      return Decoded.of(Outcome.NOT_COMPLETE, content);
    }
    List<Grammar.Line> lines = Grammar.lines(List.of(input.substring(from, end).split("\r\n", -1)));
    return lines == null
        ? Decoded.of(Outcome.REFUSED, content)
        : new Decoded(Outcome.COMPLETE, content, end + 4, lines);
  }

  private String mutated() {
    StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int i = random.nextInt(3); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(5)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, "0123456789abcdefABCDEF".charAt(random.nextInt(22)));
        case 2 -> text.deleteCharAt(at).append(text.isEmpty() ? "0" : "");
        case 3 -> text.insert(at, DICTIONARY.get(random.nextInt(DICTIONARY.size())));
        default -> text.setLength(at + 1);
      }
    }
    return text.append(random.nextBoolean() ? "" : "GET /").toString();
  }

  private static String shown(String input) {
    return input.replace("\r", "\\r").replace("\n", "\\n");
  }
}
