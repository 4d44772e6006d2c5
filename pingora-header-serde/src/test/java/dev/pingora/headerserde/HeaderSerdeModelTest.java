// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static dev.pingora.headerserde.HeadAssert.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random heads, built in every way that heads are built, against a list of what was put in.
final class HeaderSerdeModelTest {
  private static final String TOKENS = "!#$%&'*+-.^_`|~09AZaz";
  private static final List<HttpVersion> VERSIONS = List.of(HttpVersion.values());
  private static final int ROUNDS = 20_000;

  private final Random random = new Random(20_261_121);

  /// What a head must still say after it was stored.
  private record Model(HttpVersion version, int status, String reason, List<String> lines) {
    void assertIs(ResponseHeader head) {
      List<String> lines = new ArrayList<>();
      head.headers().forEach((name, value) -> lines.add(name + ":" + value));
      assertThat(lines).isEqualTo(this.lines);
      assertThat(head.version()).isEqualTo(version);
      assertThat(head.status()).isEqualTo(status);
      assertThat(head.reason()).isEqualTo(reason);
    }
  }

  @Test
  void everyHeadComesBack() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());
        HeaderSerde plain = HeaderSerde.open(SerdeOptions.PLAIN)) {
      for (int i = 0; i < ROUNDS; i++) {
        List<String> lines = new ArrayList<>();
        ResponseHeader head = random.nextBoolean() ? added(lines) : received(lines);
        Model model = new Model(head.version(), head.status(), head.reason(), lines);
        model.assertIs(head);

        ResponseHeader again = serde.deserialize(serde.serialize(head));
        model.assertIs(again);
        assertSame(again, head);
        // What was stored is stored again, by way of another form.
        model.assertIs(plain.deserialize(plain.serialize(again)));
      }
    }
  }

  private ResponseHeader start(Fields fields) {
    ResponseHeader head =
        ResponseHeader.of(
            100 + random.nextInt(900), VERSIONS.get(random.nextInt(VERSIONS.size())), fields);
    return random.nextBoolean() ? head : head.reason(value());
  }

  /// As an application makes it, with changes.
  private ResponseHeader added(List<String> lines) {
    ResponseHeader head = start(Fields.empty());
    for (int i = random.nextInt(12); i > 0; i--) {
      String name = name();
      String value = value();
      head.add(name, value);
      lines.add(name + ":" + value.strip());
    }
    if (!lines.isEmpty() && random.nextBoolean()) {
      int at = random.nextInt(lines.size());
      head.headers().removeAt(at);
      lines.remove(at);
    }
    return head;
  }

  /// As a codec reads it: lines with white space, in one array.
  private ResponseHeader received(List<String> lines) {
    StringBuilder section = new StringBuilder("what stands before");
    List<int[]> places = new ArrayList<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      String name = name();
      String value = value().strip();
      int start = section.length();
      section.append(name).append(':').append(spaces());
      int valueStart = section.length();
      section.append(value).append(spaces()).append("\r\n");
      places.add(new int[] {start, name.length(), valueStart, value.length(), section.length()});
      lines.add(name + ":" + value);
    }
    Fields fields = Fields.ofSection(section.toString().getBytes(StandardCharsets.ISO_8859_1), 1);
    for (int[] place : places) {
      fields.addLine(place[0], place[1], place[2], place[3], place[4]);
    }
    return start(fields);
  }

  private String spaces() {
    return " \t  \t\t   ".substring(0, random.nextInt(9));
  }

  private String name() {
    if (random.nextInt(3) > 0) {
      String known = List.of("ETag", "content-type", "SET-COOKIE", "Via").get(random.nextInt(4));
      return known;
    }
    StringBuilder name = new StringBuilder();
    for (int i = 1 + random.nextInt(40); i > 0; i--) {
      name.append(TOKENS.charAt(random.nextInt(TOKENS.length())));
    }
    return name.toString();
  }

  /// Any octet that a value may have. Spaces around it would be cut, which is not under test here.
  private String value() {
    int length = random.nextInt(20) == 0 ? random.nextInt(4000) : random.nextInt(60);
    StringBuilder value = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int octet = random.nextInt(256);
      value.append((char) (octet < ' ' || octet == 0x7F ? '\t' : octet));
    }
    return "v" + value + "v";
  }
}
