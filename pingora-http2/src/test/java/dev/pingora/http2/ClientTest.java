// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.error.Retry;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A client's work: opening streams, reading responses, and what can be retried.
final class ClientTest {
  private static Raw ok() {
    return new Raw().line(":status", "200");
  }

  private static List<String> decode(Seen.Headers headers) throws ConnectionException {
    LineLog lines = new LineLog();
    new HpackDecoder().decode(headers.block(), 0, headers.block().length, lines);
    return lines.take();
  }

  // ---- sending ----

  @Test
  void sendsThePrefaceFirst() {
    ClientFixture client = new ClientFixture();
    byte[] bytes = client.sink.take();
    assertThat(new String(bytes, 0, 24, StandardCharsets.US_ASCII)).isEqualTo(Raw.PREFACE);
    byte[] rest = Arrays.copyOfRange(bytes, 24, bytes.length);
    Seen.Settings settings = (Seen.Settings) Seen.parse(rest).getFirst();
    assertThat(settings.value(2)).as("push").isZero();
    assertThat(settings.value(3)).as("no streams of the server").isEqualTo(-1);
  }

  @Test
  void sendsARequest() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    client.request(
        RequestHeader.of("GET", "/a?b")
            .set("Host", "a.example")
            .set("X-Upper", "V")
            .set("Connection", "close")
            .set("Keep-Alive", "1")
            .set("Transfer-Encoding", "chunked")
            .set("Upgrade", "h2c")
            .set("Proxy-Connection", "x")
            .set("TE", "trailers"),
        true);
    Seen.Headers headers = (Seen.Headers) client.frames().getFirst();
    assertThat(headers.stream()).isEqualTo(1);
    assertThat(headers.end()).isTrue();
    assertThat(decode(headers))
        .containsExactly(
            ":method: GET",
            ":scheme: https",
            ":path: /a?b",
            ":authority: a.example",
            "x-upper: V",
            "te: trailers");
  }

  @Test
  void leavesOutTeThatSaysMore() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    client.request(RequestHeader.of("GET", "/").set("Host", "a").set("TE", "gzip"), true);
    assertThat(decode((Seen.Headers) client.frames().getFirst()))
        .noneMatch(l -> l.startsWith("te"));
  }

  @Test
  void sendsTheAuthorityOfAnAbsoluteTarget() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    client.request(RequestHeader.of("GET", "http://b.example/x"), true);
    assertThat(decode((Seen.Headers) client.frames().getFirst()))
        .contains(":path: /x", ":authority: b.example");
  }

  @Test
  void sendsConnectWithoutSchemeAndPath() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    client.request(RequestHeader.of("CONNECT", "b.example:443"), false);
    assertThat(decode((Seen.Headers) client.frames().getFirst()))
        .containsExactly(":method: CONNECT", ":authority: b.example:443");
  }

  @Test
  void sendsOptionsOfTheServer() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    client.request(RequestHeader.of("OPTIONS", "*").set("Host", "a"), true);
    assertThat(decode((Seen.Headers) client.frames().getFirst()))
        .contains(":method: OPTIONS", ":path: *");
  }

  @Test
  void sendsTheSchemeThatTheRequestHas() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    client.request(RequestHeader.of("GET", "/").set("Host", "a").scheme("http"), true);
    assertThat(decode((Seen.Headers) client.frames().getFirst())).contains(":scheme: http");
  }

  @Test
  void cutsLongSectionsIntoContinuations() throws ConnectionException {
    ClientFixture client = ClientFixture.open();
    RequestHeader request = RequestHeader.of("GET", "/").set("Host", "a");
    for (int i = 0; i < 10; i++) {
      request.add("x-" + i, "\u00ff".repeat(4_000));
    }
    client.request(request, true);
    byte[] bytes = client.sink.take();
    assertThat(ByteBuffer.wrap(bytes).getInt() >>> 8).isEqualTo(16_384);
    Seen.Headers whole = (Seen.Headers) Seen.parse(bytes).getFirst();
    assertThat(whole.end()).isTrue();
    assertThat(decode(whole)).hasSize(14);
  }

  @Test
  void sendsContent() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.post("/");
    assertThat(stream.stream().sendData(ServerTest.latin1("hi"), true)).isTrue();
    assertThat(((Seen.Data) client.frames().getLast()).end()).isTrue();
    assertThat(stream.stream().state).isEqualTo(StreamState.HALF_CLOSED_LOCAL);
  }

  // ---- how many streams ----

  @Test
  void opensNoMoreStreamsThanTheServerAllows() {
    ClientFixture client = ClientFixture.open(3, 2);
    client.get("/1");
    StreamLog second = client.get("/2");
    assertThat(client.connection.availableStreams()).isZero();
    RequestHeader third = RequestHeader.of("GET", "/3");
    assertThat(client.connection.request(third, true, new StreamLog())).isNull();

    client.send(new Raw().headers(3, true, ok()));
    second.stream().release();
    assertThat(client.connection.availableStreams()).isEqualTo(1);
    assertThat(client.get("/4").stream().id()).isEqualTo(5);
  }

  @Test
  void opensSomeStreamsBeforeItKnows() {
    ClientFixture client = new ClientFixture();
    assertThat(client.connection.availableStreams()).isEqualTo(100);
    client.send(new Raw().settings(3, 0).settingsAck());
    assertThat(client.connection.availableStreams()).isZero();
  }

  @Test
  void endsWithTheLastIdentifier() {
    ClientFixture client = ClientFixture.open();
    client.connection.streams.used(Integer.MAX_VALUE - 4);
    assertThat(client.get("/").stream().id()).isEqualTo(Integer.MAX_VALUE - 2);
    assertThat(client.get("/").stream().id()).isEqualTo(Integer.MAX_VALUE);
    assertThat(client.connection.availableStreams()).isZero();
    assertThat(client.connection.request(RequestHeader.of("GET", "/"), true, new StreamLog()))
        .isNull();
  }

  @Test
  void aServerOpensNone() {
    assertThat(ServerFixture.open().connection.availableStreams()).isZero();
  }

  // ---- responses ----

  @Test
  void readsAResponse() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(
        new Raw()
            .headers(1, false, ok().line("content-length", "5").line("x-a", "b"))
            .data(1, "hello", true));

    assertThat(stream.responses.getFirst().status()).isEqualTo(200);
    assertThat(stream.responses.getFirst().version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(stream.responses.getFirst().headers().first("x-a")).isEqualTo("b");
    assertThat(stream.content).hasToString("hello");
    assertThat(stream.ended).isTrue();
    assertThat(client.connection.openStreams()).isZero();
  }

  @Test
  void readsInformationalResponsesFirst() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(
        new Raw()
            .headers(1, false, new Raw().line(":status", "103").line("link", "</x>"))
            .headers(1, false, new Raw().line(":status", "100"))
            .headers(1, false, ok())
            .data(1, "x", false)
            .headers(1, true, new Raw().line("x-sum", "1")));

    assertThat(stream.responses).extracting(ResponseHeader::status).containsExactly(103, 100, 200);
    assertThat(stream.trailers).isNotNull();
    assertThat(stream.ended).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"101", "100-end", "20", "2000", "abc", "099", "", "-10", "+20"})
  void refusesInvalidStatuses(String status) {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    boolean end = status.endsWith("-end");
    client.send(new Raw().headers(1, end, new Raw().line(":status", status.replace("-end", ""))));
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
    assertThat(stream.responses).isEmpty();
    assertThat(client.frames()).contains(new Seen.Reset(1, ErrorCode.PROTOCOL_ERROR));
  }

  @Test
  void refusesResponsesWithOtherControlData() {
    for (Raw block :
        List.of(
            new Raw().line("x-a", "b"),
            new Raw().line(":status", "200").line(":status", "200"),
            new Raw().line(":status", "200").line(":path", "/"),
            new Raw().line("x-a", "b").line(":status", "200"))) {
      ClientFixture client = ClientFixture.open();
      StreamLog stream = client.get("/");
      client.send(new Raw().headers(1, true, block));
      assertThat(stream.errorCode()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
    }
  }

  @Test
  void refusesContentBeforeTheResponse() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(new Raw().data(1, "x", true));
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 304", "GET, 204"})
  void acceptsALengthWithoutContent(String method, String status) {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.request(RequestHeader.of(method, "/").set("Host", "a.example"), true);
    client.send(
        new Raw().headers(1, true, new Raw().line(":status", status).line("content-length", "9")));
    assertThat(stream.error).isNull();
    assertThat(stream.ended).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"HEAD, 200", "GET, 304", "GET, 204"})
  void refusesContentWhereThereIsNone(String method, String status) {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.request(RequestHeader.of(method, "/").set("Host", "a.example"), true);
    client.send(new Raw().headers(1, false, new Raw().line(":status", status)).data(1, "x", true));
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void acceptsAnEmptyFrameAtTheEndOfAHeadResponse() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.request(RequestHeader.of("HEAD", "/").set("Host", "a.example"), true);
    client.send(new Raw().headers(1, false, ok().line("content-length", "9")).data(1, "", true));
    assertThat(stream.error).isNull();
    assertThat(stream.ended).isTrue();
  }

  @Test
  void refusesMissingContent() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(new Raw().headers(1, true, ok().line("content-length", "1")));
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void resetsAResponseThatIsTooLarge() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    Raw block = ok();
    for (int i = 0; i < 300; i++) {
      block.line("a", "");
    }
    client.send(new Raw().headers(1, true, block));
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
  }

  // ---- what a server must not do ----

  @Test
  void refusesStreamsOfTheServer() {
    ClientFixture client = ClientFixture.open();
    client.send(new Raw().headers(2, true, ok()));
    client.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesAResponseNobodyAskedFor() {
    ClientFixture client = ClientFixture.open();
    client.send(new Raw().headers(1, true, ok()));
    client.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesASecondResponse() {
    ClientFixture client = ClientFixture.open();
    client.get("/");
    client.send(new Raw().headers(1, true, ok()).headers(1, true, ok()));
    client.assertConnectionError(ErrorCode.STREAM_CLOSED);
  }

  @Test
  void refusesPush() {
    ClientFixture client = ClientFixture.open();
    client.get("/");
    client.send(new Raw().frame(5, 4, 1, new Raw().int32(2).append(Raw.get("/").bytes())));
    client.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesThatTheServerEnablesPush() {
    ClientFixture client = ClientFixture.open();
    client.send(new Raw().settings(2, 1));
    client.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void acceptsThatTheServerDisablesPush() {
    assertThat(ClientFixture.open(2, 0).log.failure).isNull();
  }

  @Test
  void boundsInformationalResponses() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    for (int i = 0; i < 100; i++) {
      client.send(new Raw().headers(1, false, new Raw().line(":status", "103")));
    }
    assertThat(stream.responses).hasSize(100);
    assertThat(stream.error).isNull();
    client.send(new Raw().headers(1, false, new Raw().line(":status", "103")));
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
  }

  // ---- what can be retried ----

  @Test
  void aRefusedStreamCanBeRetried() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(new Raw().reset(1, 7));
    assertThat(stream.error)
        .isEqualTo(
            new Http2Error.StreamError(
                1, ErrorCode.REFUSED_STREAM, Http2Error.Origin.REMOTE, true, "reset by the peer"));
  }

  @ParameterizedTest
  @CsvSource({"1, PROTOCOL_ERROR", "8, CANCEL", "2, INTERNAL_ERROR", "0, NO_ERROR"})
  void otherResetsCannotBeRetriedBlindly(int code, ErrorCode expected) {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(new Raw().reset(1, code));
    assertThat(stream.errorCode()).isEqualTo(expected);
    assertThat(stream.error().retriable()).isFalse();
  }

  @Test
  void goAwayMakesUnprocessedStreamsRetriable() {
    ClientFixture client = ClientFixture.open();
    StreamLog first = client.get("/1");
    StreamLog second = client.get("/2");
    client.send(new Raw().goAway(Integer.MAX_VALUE, 0, ""));
    assertThat(second.error).isNull();
    assertThat(client.connection.availableStreams()).isZero();
    assertThat(client.connection.state()).isEqualTo(Http2State.DRAINING);

    client.send(new Raw().goAway(1, 0, "restart"));
    assertThat(second.error)
        .isEqualTo(
            new Http2Error.StreamError(
                3, ErrorCode.NO_ERROR, Http2Error.Origin.REMOTE, true, "not processed, by GOAWAY"));
    assertThat(first.error).isNull();
    assertThat(client.log.goAways).containsExactly("2147483647 NO_ERROR ", "1 NO_ERROR restart");

    client.send(new Raw().headers(1, true, ok()));
    assertThat(first.ended).isTrue();
    assertThat(client.connection.state()).isEqualTo(Http2State.DRAINED);
  }

  @Test
  void aServerMayEndAnUploadAfterItsAnswer() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.post("/");
    client.send(new Raw().headers(1, true, ok()));
    assertThat(stream.ended).isTrue();
    assertThat(stream.error).isNull();
    client.send(new Raw().reset(1, 0));
    // RFC 9113 §8.1: the response stays valid; the listener knows that it was complete.
    assertThat(stream.errorCode()).isEqualTo(ErrorCode.NO_ERROR);
  }

  @Test
  void cancelsWhatIsReleasedEarly() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.frames();
    stream.stream().release();
    assertThat(client.frames()).containsExactly(new Seen.Reset(1, ErrorCode.CANCEL));
    // What was under way is dropped.
    client.send(new Raw().headers(1, false, ok()).data(1, "x", true));
    assertThat(client.log.failure).isNull();
    assertThat(stream.responses).isEmpty();
  }

  @Test
  void shutsDown() {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.frames();
    client.connection.shutdown(client.now);
    assertThat(client.frames()).containsExactly(new Seen.GoAway(0, 0, ErrorCode.NO_ERROR, ""));
    assertThat(client.connection.availableStreams()).isZero();
    assertThat(client.connection.state()).isEqualTo(Http2State.DRAINING);
    client.send(new Raw().headers(1, true, ok()));
    assertThat(stream.ended).isTrue();
    assertThat(client.connection.state()).isEqualTo(Http2State.DRAINED);
  }

  @Test
  void aServersResetsAreNoFlood() {
    ClientFixture client = ClientFixture.open();
    for (int i = 0; i < 1_000; i++) {
      StreamLog stream = client.get("/");
      client.send(new Raw().reset(2 * i + 1, 7));
      stream.stream().release();
      client.sink.take();
    }
    assertThat(client.log.failure).isNull();
  }

  // ---- what the proxy makes of it ----

  private static ProxyException failureAfter(Raw raw) {
    ClientFixture client = ClientFixture.open();
    StreamLog stream = client.get("/");
    client.send(raw);
    return stream.error().asException(ErrorSource.UPSTREAM);
  }

  @Test
  void aRefusalBecomesAnErrorThatCanBeRetried() {
    ProxyException failure = failureAfter(new Raw().reset(1, 7));
    assertThat(failure.kind()).isEqualTo(ErrorKind.H2_ERROR);
    assertThat(failure.source()).isEqualTo(ErrorSource.UPSTREAM);
    assertThat(failure.retry()).isEqualTo(Retry.ALWAYS);
    assertThat(failure).hasMessageContaining("REFUSED_STREAM");
  }

  @Test
  void http11RequiredBecomesADowngrade() {
    ProxyException failure = failureAfter(new Raw().reset(1, 13));
    assertThat(failure.kind()).isEqualTo(ErrorKind.H2_DOWNGRADE);
    assertThat(failure.retry()).isEqualTo(Retry.ALWAYS);
  }

  @Test
  void aBrokenPeerBecomesInvalidH2() {
    ProxyException failure = failureAfter(new Raw().frame(6, 0, 1, new byte[8]));
    assertThat(failure.kind()).isEqualTo(ErrorKind.INVALID_H2);
    assertThat(failure.retry()).isEqualTo(Retry.NEVER);
  }

  @Test
  void otherResetsAreFinal() {
    ProxyException failure = failureAfter(new Raw().reset(1, 2));
    assertThat(failure.kind()).isEqualTo(ErrorKind.H2_ERROR);
    assertThat(failure.retry()).isEqualTo(Retry.NEVER);
  }

  @Test
  void aServerThatSpeaksHttp1HasReadNoRequest() {
    ClientFixture client = new ClientFixture();
    StreamLog stream = client.get("/");
    client.send(new Raw().text("HTTP/1.1 400 Bad Request\r\n\r\n"));
    ProxyException failure = stream.error().asException(ErrorSource.UPSTREAM);
    assertThat(failure.retry()).isEqualTo(Retry.ALWAYS);
    assertThat(client.log.failure().asException(ErrorSource.UPSTREAM).retry())
        .isEqualTo(Retry.NEVER);
  }
}
