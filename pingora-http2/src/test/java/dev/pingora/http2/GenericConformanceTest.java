// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every HTTP/2 server has to accept: the cases of h2spec's "generic" part, byte for byte.
final class GenericConformanceTest {
  private final ServerFixture server = ServerFixture.open();

  private void assertRequestArrives(int index, int stream) {
    assertThat(server.log.failure).isNull();
    assertThat(server.request(index).stream().id()).isEqualTo(stream);
    assertThat(server.request(index).ended).isTrue();
    assertThat(server.request(index).error).isNull();
  }

  // 1. Starting HTTP/2

  @Test
  void answersThePrefaceWithSettingsAndAcknowledgement() {
    ServerFixture fresh = ServerFixture.fresh().send(new Raw().preface());

    List<Seen> frames = fresh.frames();
    assertThat(((Seen.Settings) frames.getFirst()).ack()).isFalse();
    assertThat(((Seen.Settings) frames.getLast()).ack()).isTrue();
  }

  // 2. Streams and multiplexing

  @Test
  void acceptsPriorityOnAnIdleStream() {
    server.send(new Raw().priority(1, 0).headers(1, true, Raw.get("/")));
    assertRequestArrives(0, 1);
  }

  @Test
  void acceptsWindowUpdateOnAHalfClosedStream() {
    server.send(new Raw().headers(1, true, Raw.get("/")).windowUpdate(1, 100));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).stream().sendWindow).isEqualTo(65_535 + 100);
  }

  @Test
  void acceptsPriorityOnAHalfClosedStream() {
    server.send(new Raw().headers(1, true, Raw.get("/")).priority(1, 0));
    assertRequestArrives(0, 1);
  }

  @Test
  void acceptsResetOnAHalfClosedStream() {
    server.send(new Raw().headers(1, true, Raw.get("/")).reset(1, 8));
    assertThat(server.request(0).errorCode()).isEqualTo(ErrorCode.CANCEL);
    server.assertStillWorks(1);
  }

  @Test
  void acceptsPriorityOnAClosedStream() {
    server.answering().send(new Raw().headers(1, true, Raw.get("/")).priority(1, 0));
    server.assertStillWorks(1);
  }

  // 3. Frame definitions

  @Test
  void acceptsContentInOneFrame() {
    server.send(new Raw().headers(1, false, Raw.post("/")).data(1, "test", true));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).content).hasToString("test");
  }

  @Test
  void acceptsContentInManyFrames() {
    server.send(
        new Raw().headers(1, false, Raw.post("/")).data(1, "te", false).data(1, "st", true));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).content).hasToString("test");
  }

  @Test
  void takesPaddingOffContent() {
    Raw padded = new Raw().hex("04").text("test").hex("00000000");
    server.send(new Raw().headers(1, false, Raw.post("/")).frame(0, 9, 1, padded));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).content).hasToString("test");
  }

  @Test
  void acceptsContentThatIsPaddingOnly() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .frame(0, 8, 1, new Raw().hex("020000"))
            .frame(0, 9, 1, new Raw().hex("00")));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).content).isEmpty();
  }

  @Test
  void takesPaddingOffHeaders() {
    Raw padded = new Raw().hex("03").append(Raw.get("/p").bytes()).hex("000000");
    server.send(new Raw().frame(1, 1 | 4 | 8, 1, padded));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).request().target()).isEqualTo("/p");
  }

  @Test
  void acceptsHeadersWithPriority() {
    Raw block = new Raw().hex("80000003 ff").append(Raw.get("/p").bytes());
    server.send(new Raw().frame(1, 1 | 4 | 0x20, 1, block));
    assertRequestArrives(0, 1);
  }

  @Test
  void acceptsHeadersWithPriorityAndPadding() {
    Raw block = new Raw().hex("01 00000000 10").append(Raw.get("/p").bytes()).hex("00");
    server.send(new Raw().frame(1, 1 | 4 | 8 | 0x20, 1, block));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).request().target()).isEqualTo("/p");
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000 00", "00000000 ff", "00000003 10", "80000005 10"})
  void acceptsPriorities(String payload) {
    server.send(new Raw().frame(2, 0, 1, new Raw().hex(payload)).headers(1, true, Raw.get("/")));
    assertRequestArrives(0, 1);
  }

  @Test
  void acceptsPriorityForAHigherStreamThanTheNextRequest() {
    server.send(new Raw().priority(7, 0).headers(1, true, Raw.get("/")));
    assertRequestArrives(0, 1);
  }

  @Test
  void acceptsSettingsInMidConnection() {
    server.send(new Raw().settings(1, 100, 2, 0, 3, 10, 4, 70_000, 5, 20_000, 6, 1_000));
    assertThat(server.frames()).hasSize(1);
    assertThat(server.log.settings.getLast())
        .isEqualTo(new Http2Settings(100, 10, 70_000, 20_000, 1_000));
    server.assertStillWorks(1);
  }

  @Test
  void acceptsGoAwayAndFinishesWhatIsOpen() {
    server.send(new Raw().headers(1, true, Raw.get("/")).goAway(0, 0, "bye"));
    assertThat(server.log.goAways).containsExactly("0 NO_ERROR bye");
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINING);

    server.request(0).stream().sendHeaders(ResponseHeader.of(200), true);
    assertThat(server.frames()).hasSize(1);
    assertThat(server.connection.state()).isEqualTo(Http2State.DRAINED);
  }

  @Test
  void acceptsWindowUpdateOfTheConnection() {
    server.send(new Raw().windowUpdate(0, 1));
    server.assertStillWorks(1);
  }

  @Test
  void acceptsOneContinuation() {
    server.send(new Raw().frame(1, 1, 1, Raw.get("/")).frame(9, 4, 1, new Raw().line("x-a", "b")));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).request().headers().first("x-a")).isEqualTo("b");
  }

  @Test
  void acceptsABlockCutAnywhere() {
    byte[] block = Raw.get("/cut").line("x-a", "b").bytes();
    for (int cut = 0; cut <= block.length; cut++) {
      int stream = 2 * cut + 1;
      Raw first = new Raw();
      Raw second = new Raw();
      for (int i = 0; i < block.length; i++) {
        (i < cut ? first : second).append(new byte[] {block[i]});
      }
      server.requests.clear();
      server.answering();
      server.send(new Raw().frame(1, 1, stream, first).frame(9, 4, stream, second));
      assertRequestArrives(0, stream);
      assertThat(server.request(0).request().headers().first("x-a")).isEqualTo("b");
    }
  }

  // 4. Message exchanges

  @Test
  void knowsMethods() {
    int stream = -1;
    for (String method : List.of("GET", "HEAD", "POST", "OPTIONS", "PROPFIND")) {
      server.requests.clear();
      stream += 2;
      server.answering().send(new Raw().headers(stream, true, Raw.request(method, "/")));
      assertThat(server.request(0).request().method()).isEqualTo(method);
    }
  }

  @Test
  void acceptsTrailersAfterContent() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/").line("trailer", "x-test"))
            .data(1, "test", false)
            .headers(1, true, new Raw().line("x-test", "ok")));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).trailers).isNotNull();
  }

  @Test
  void acceptsTrailersWithoutContent() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .headers(1, true, new Raw().line("x-test", "ok")));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).trailers).isNotNull();
  }

  @Test
  void acceptsConnect() {
    Raw block = new Raw().line(":method", "CONNECT").line(":authority", "b.example:443");
    server.send(new Raw().headers(1, false, block));
    RequestHeader request = server.request(0).request();
    assertThat(request.method()).isEqualTo("CONNECT");
    assertThat(request.target()).isEqualTo("b.example:443");
    assertThat(request.authority()).isEqualTo("b.example:443");
  }

  @Test
  void acceptsOptionsOfTheServer() {
    server.send(new Raw().headers(1, true, Raw.request("OPTIONS", "*")));
    assertThat(server.request(0).request().target()).isEqualTo("*");
  }

  // 5. HPACK

  @ParameterizedTest
  @ValueSource(
      strings = {
        "82 87 84 41 09 612e6578616d706c65", // indexed; literal with indexing, name of the table
        "82 87 84 01 09 612e6578616d706c65 40 03782d61 0162", // literal with indexing, new name
        "82 87 84 01 09 612e6578616d706c65 00 03782d61 0162", // literal without indexing
        "82 87 84 11 09 612e6578616d706c65 10 03782d61 0162", // literal never indexed
        "20 3fe11f 82 87 84 01 09 612e6578616d706c65", // table size updates
        "82 87 84 41 8cf1e3c2e5f23a6ba0ab90f4ff", // Huffman
      })
  void acceptsAllRepresentations(String block) {
    server.send(new Raw().headers(1, true, new Raw().hex(block)));
    assertRequestArrives(0, 1);
    assertThat(server.request(0).request().authority()).contains("example");
  }
}
