// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.buffer;
import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.drain;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.present;
import static dev.pingora.http1.Wire.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http1.MessageFraming.Chunked;
import dev.pingora.http1.MessageFraming.ContentLength;
import dev.pingora.http1.MessageFraming.None;
import dev.pingora.http1.MessageFraming.Tunnel;
import dev.pingora.http1.MessageFraming.UntilClose;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentReaderTest {
  private static final Http1Limits SMALL =
      Http1Limits.REQUEST.toBuilder()
          .chunkLineBytes(32)
          .trailerSectionBytes(32)
          .headerFields(3)
          .build();

  private static ContentReader reader(MessageFraming framing) {
    return ContentReader.ofRequest(framing, Http1Limits.REQUEST);
  }

  private static ContentReader chunked() {
    return reader(new Chunked());
  }

  private static ProxyException refusedChunks(String input) {
    ContentReader reader = chunked();
    return refusal(() -> drain(reader, List.of(buffer(input))));
  }

  @Test
  void hasEndedAtOnceWithoutContent() throws ProxyException {
    for (MessageFraming framing : List.of(new None(), new ContentLength(0))) {
      ContentReader reader = reader(framing);
      assertThat(reader.ended()).isTrue();
      ByteBuffer in = buffer("GET / next");
      assertThat(reader.read(in)).isZero();
      assertThat(in.position()).isZero();
      assertThat(reader.remainingBytes()).isZero();
      reader.endOfInput();
    }
  }

  @Test
  void stopsWhereTheContentLengthEnds() throws ProxyException {
    ContentReader reader = reader(new ContentLength(5));
    ByteBuffer first = buffer("ab");
    assertThat(reader.read(first)).isEqualTo(2);
    assertThat(reader.ended()).isFalse();
    assertThat(reader.remainingBytes()).isEqualTo(3);
    ByteBuffer second = buffer("cdeGET /");
    assertThat(reader.read(second)).isEqualTo(3);
    assertThat(second.position()).isEqualTo(3);
    assertThat(reader.ended()).isTrue();
    assertThat(reader.read(second)).isZero();
    assertThat(second.position()).isEqualTo(3);
    assertThat(reader.contentBytes()).isEqualTo(5);
  }

  @Test
  void givesNoMoreThanAskedFor() throws ProxyException {
    for (MessageFraming framing :
        List.of(new ContentLength(6), new UntilClose(), new Tunnel(), new Chunked())) {
      ContentReader reader = reader(framing);
      ByteBuffer in = buffer(framing instanceof Chunked ? "6\r\nabcdef\r\n0\r\n\r\n" : "abcdef");
      assertThat(reader.read(in, 4)).isEqualTo(4);
      assertThat(in.get(in.position() - 1)).isEqualTo((byte) 'd');
      assertThat(reader.read(in, 4)).isEqualTo(2);
      assertThat(in.get(in.position() - 1)).isEqualTo((byte) 'f');
      assertThat(reader.read(in, 4)).isZero();
      assertThat(reader.contentBytes()).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void wantsRoomForContent(int max) {
    assertThatIllegalArgumentException().isThrownBy(() -> chunked().read(buffer("1"), max));
  }

  @Test
  void readsUntilClose() throws ProxyException {
    for (MessageFraming framing : List.of(new UntilClose(), new Tunnel())) {
      ContentReader reader = ContentReader.ofResponse(framing, Http1Limits.RESPONSE);
      assertThat(reader.read(buffer("abc\r\n\r\n"))).isEqualTo(7);
      assertThat(reader.ended()).isFalse();
      assertThat(reader.remainingBytes()).isEqualTo(-1);
      reader.endOfInput();
      assertThat(reader.ended()).isTrue();
      assertThat(reader.remainingBytes()).isZero();
    }
  }

  static List<String> incomplete() {
    return List.of(
        "",
        "5",
        "5\r",
        "5\r\n",
        "5\r\nabcd",
        "5\r\nabcde",
        "5\r\nabcde\r",
        "5\r\nabcde\r\n",
        "5\r\nabcde\r\n0",
        "5\r\nabcde\r\n0\r",
        "5\r\nabcde\r\n0\r\n",
        "5\r\nabcde\r\n0\r\n\r",
        "5\r\nabcde\r\n0\r\nA: b",
        "5\r\nabcde\r\n0\r\nA: b\r\n",
        "5\r\nabcde\r\n0\r\nA: b\r\n\r");
  }

  @ParameterizedTest
  @MethodSource("incomplete")
  void neverTakesCutContentForComplete(String input) throws ProxyException {
    ContentReader reader = chunked();
    assertThat(drain(reader, List.of(buffer(input))).length()).isLessThanOrEqualTo(5);
    assertThat(reader.ended()).isFalse();
    ProxyException error = refusal(reader::endOfInput);
    assertThat(error.kind()).isEqualTo(ErrorKind.CONNECTION_CLOSED);
    assertThat(error.source()).isEqualTo(ErrorSource.DOWNSTREAM);
  }

  @Test
  void blamesTheUpstreamForItsCutContent() throws ProxyException {
    ContentReader reader = ContentReader.ofResponse(new ContentLength(3), Http1Limits.RESPONSE);
    assertThat(reader.read(buffer("ab"))).isEqualTo(2);
    assertThat(refusal(reader::endOfInput).source()).isEqualTo(ErrorSource.UPSTREAM);
  }

  static List<String> wellFormed() {
    return List.of(
        "0\r\n\r\n",
        "5\r\nabcde\r\n0\r\n\r\n",
        "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
        "A\r\n0123456789\r\n00\r\n\r\n",
        "a\r\n0123456789\r\n0000000000000000\r\n\r\n",
        "000000000000005\r\na\r\nb\n\r\n0\r\n\r\n",
        "1;a\r\nx\r\n0;b=c;d=\"e;\\\"f\"\r\n\r\n",
        "1 ;a\r\nx\r\n0\t;\tb\t=\tc ; d = \"\t\u00ff\\\u00ff\" ;e\r\n\r\n",
        "1;a=b;c=\"\"\r\n0\r\n0\r\n\r\n",
        "3\r\nabc\r\n0\r\nX-Sum: 12\r\nEmpty:\r\nT: a\tb \r\n\r\n");
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void readsTheSameHoweverTheInputIsCut(String input) throws ProxyException {
    byte[] octets = bytes(input + "GET / next");
    ContentReader whole = chunked();
    ByteBuffer all = ByteBuffer.wrap(octets);
    String content = drain(whole, List.of(all));
    assertThat(whole.ended()).isTrue();
    assertThat(all.position()).isEqualTo(input.length());
    assertThat(whole.contentBytes()).isEqualTo(content.length());
    String trailers =
        String.valueOf(whole.trailers() == null ? null : lines(present(whole.trailers())));
    for (int cut = 0; cut <= input.length(); cut++) {
      ContentReader reader = chunked();
      ByteBuffer rest = Wire.direct(octets, cut, octets.length);
      assertThat(drain(reader, List.of(ByteBuffer.wrap(octets, 0, cut), rest))).isEqualTo(content);
      assertThat(reader.ended()).isTrue();
      assertThat(rest.remaining()).isEqualTo("GET / next".length());
      assertThat(
              String.valueOf(reader.trailers() == null ? null : lines(present(reader.trailers()))))
          .isEqualTo(trailers);
    }
    ContentReader trickled = chunked();
    List<ByteBuffer> octetByOctet = new ArrayList<>();
    for (int i = 0; i < input.length(); i++) {
      octetByOctet.add(ByteBuffer.wrap(octets, i, 1));
    }
    assertThat(drain(trickled, octetByOctet)).isEqualTo(content);
    assertThat(trickled.ended()).isTrue();
    trickled.endOfInput();
  }

  @Test
  void givesTrailersAsTheyCame() throws ProxyException {
    ContentReader reader = chunked();
    drain(reader, List.of(buffer("0\r\nX-Sum: 1\r\nx-sum:2 \r\n\r\n")));
    assertThat(lines(present(reader.trailers()))).containsExactly("X-Sum: 1", "x-sum: 2");
  }

  @Test
  void hasNoTrailersWhereThereAreNone() throws ProxyException {
    ContentReader reader = chunked();
    drain(reader, List.of(buffer("0\r\n\r\n")));
    assertThat(reader.trailers()).isNull();
  }

  /// What real smugglers have tried on real servers: sizes that parsers of libraries accept, and
  /// line ends that some forgive.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "\n",
        ";\r\n",
        ";a\r\n",
        " 5\r\n",
        "\t5\r\n",
        "5 \r\n",
        "5\t\r\n",
        "+5\r\n",
        "-5\r\n",
        "0x5\r\n",
        "0X5\r\n",
        "5h\r\n",
        "5_0\r\n",
        "5.\r\n",
        "5,5\r\n",
        "5 5\r\n",
        "g\r\n",
        "\u00b2\r\n",
        "5\n",
        "5\r\r\n",
        "5\u000b\r\n",
        "5\0\r\n",
        "5\u0085\r\n",
        "5;\r\n",
        "5;;a\r\n",
        "5; \r\n",
        "5;a=\r\n",
        "5;=b\r\n",
        "5;a=b=c\r\n",
        "5;a b\r\n",
        "5;a \r\n",
        "5;a=b \r\n",
        "5;a=\"b\r\n",
        "5;a=\"b\"c\r\n",
        "5;a=\"b\" \r\n",
        "5;a\n",
        "5;a=b\n",
        "5;a=\"b\n\"\r\n",
        "5;a=\"b\r\n\"\r\n",
        "5;a=\"\\\n\"\r\n",
        "5;a=\"\\\0\"\r\n",
        "5;a=\"\u007f\"\r\n",
        "5;a\r\ra",
        "5;\na\r\n",
        "5;a=b\u0000\r\n",
        "5;(a)\r\n",
        "5;a@b\r\n",
        "8000000000000000\r\n",
        "ffffffffffffffff\r\n",
        "10000000000000000\r\n",
        "00000000000000005\r\n",
        "5\r\nabcdef\r\n",
        "5\r\nabcde0\r\n",
        "5\r\nabcde\n0\r\n\r\n",
        "5\r\nabcde\r0\r\n\r\n",
        "5\r\nabcde\r\r\n",
        "5\r\nabcdeXX0\r\n\r\n",
        "5\r\nabcde\r\n\r\n",
        "5\r\nabcde \r\n0\r\n",
        "0\n\n",
        "0\r\n\n",
        "0\r\n\rX",
        "0\r\n\r\r\n",
        "0\r\n \r\n",
        "0\r\nA\r\n\r\n",
        "0\r\n: b\r\n\r\n",
        "0\r\nA : b\r\n\r\n",
        "0\r\nA: b\n\r\n",
        "0\r\nA: b\r\n\n",
        "0\r\nA: b\r\n c\r\n\r\n",
        "0\r\n A: b\r\n\r\n",
        "0\r\nA: \0\r\n\r\n",
        "0\r\nA(: b\r\n\r\n",
        "0\r\nA: b\rc\r\n\r\n",
        "0\r\n\u00e4: b\r\n\r\n"
      })
  void refusesMalformedChunks(String input) {
    ProxyException error = refusedChunks(input);
    assertThat(error.kind()).isEqualTo(ErrorKind.H1_ERROR);
    assertThat(error.source()).isEqualTo(ErrorSource.DOWNSTREAM);
    // And at the same octet when trickled: nothing behind the first bad octet is needed.
    byte[] octets = bytes(input);
    ContentReader trickled = chunked();
    ProxyException late =
        refusal(() -> {
          for (int i = 0; i < octets.length; i++) {
            trickled.read(ByteBuffer.wrap(octets, i, 1));
            trickled.read(ByteBuffer.wrap(octets, i + 1, 0));
          }
        });
    assertThat(late.getMessage()).isEqualTo(error.getMessage());
  }

  @Test
  void blamesTheUpstreamForItsMalformedChunks() {
    ContentReader reader = ContentReader.ofResponse(new Chunked(), Http1Limits.RESPONSE);
    assertThat(refusal(() -> reader.read(buffer("x"))).source()).isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void readsTheGreatestChunkSizeThatALongHolds() throws ProxyException {
    ContentReader reader = chunked();
    assertThat(reader.read(buffer("7fffffffffffffff\r\nab"))).isEqualTo(2);
    assertThat(reader.remainingBytes()).isEqualTo(-1);
  }

  @Test
  void boundsAChunkLine() throws ProxyException {
    String fits = "1;" + "a".repeat(30) + "\r\n";
    ContentReader reader = ContentReader.ofRequest(new Chunked(), SMALL);
    assertThat(reader.read(buffer(fits + "x"))).isEqualTo(1);
    ContentReader tight = ContentReader.ofRequest(new Chunked(), SMALL);
    assertThat(refusal(() -> tight.read(buffer("1;" + "a".repeat(31))))).hasMessageContaining("32");
  }

  @Test
  void boundsAllChunkExtensionsTogetherByTheContent() {
    ContentReader reader = ContentReader.ofRequest(new Chunked(), SMALL);
    String chunk = "1;" + "a".repeat(15) + "\r\nx\r\n";
    assertThat(refusal(() -> drain(reader, List.of(buffer(chunk.repeat(4))))))
        .hasMessageContaining("more chunk extensions than content");
  }

  @Test
  void boundsAllChunkExtensionsToTheOctet() throws ProxyException {
    // 16 octets of extension, 1 of content; then the bound is 32 + 1.
    String first = "1;" + "a".repeat(15) + "\r\nx\r\n";
    ContentReader fits = ContentReader.ofRequest(new Chunked(), SMALL);
    assertThat(drain(fits, List.of(buffer(first + "1;" + "a".repeat(16) + "\r\ny"))))
        .isEqualTo("xy");
    ContentReader tight = ContentReader.ofRequest(new Chunked(), SMALL);
    assertThat(
            refusal(() -> drain(tight, List.of(buffer(first + "1;" + "a".repeat(17) + "\r\ny")))))
        .hasMessageContaining("more chunk extensions");
  }

  @Test
  void letsHonestExtensionsPassForEver() throws ProxyException {
    ContentReader reader = ContentReader.ofRequest(new Chunked(), SMALL);
    String chunk = "20;sig=0123456789abcdef\r\n" + "x".repeat(32) + "\r\n";
    assertThat(drain(reader, List.of(buffer(chunk.repeat(100)))).length()).isEqualTo(3200);
  }

  @Test
  void boundsTheTrailerSection() throws ProxyException {
    String fits = "0\r\nA: " + "b".repeat(27) + "\r\n\r\n";
    ContentReader reader = ContentReader.ofRequest(new Chunked(), SMALL);
    drain(reader, List.of(buffer(fits)));
    assertThat(reader.ended()).isTrue();
    for (String input :
        List.of("0\r\nA: " + "b".repeat(28) + "\r\n\r\n", "0\r\nA: " + "b".repeat(30))) {
      ContentReader tight = ContentReader.ofRequest(new Chunked(), SMALL);
      assertThat(refusal(() -> drain(tight, List.of(buffer(input)))).kind())
          .isEqualTo(ErrorKind.H1_ERROR);
    }
  }

  @Test
  void boundsTheNumberOfTrailers() {
    ContentReader reader = ContentReader.ofRequest(new Chunked(), SMALL);
    assertThat(refusal(() -> drain(reader, List.of(buffer("0\r\na:\r\nb:\r\nc:\r\nd")))))
        .hasMessageContaining("3 field lines");
  }

  @Test
  void keepsNoReferenceToTheInput() throws ProxyException {
    ContentReader reader = chunked();
    byte[] octets = bytes("0\r\nA: b\r\n");
    drain(reader, List.of(ByteBuffer.wrap(octets)));
    java.util.Arrays.fill(octets, (byte) '!');
    drain(reader, List.of(buffer("\r\n")));
    assertThat(lines(present(reader.trailers()))).containsExactly("A: b");
  }
}
