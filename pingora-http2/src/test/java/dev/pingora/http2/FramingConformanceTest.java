// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9113 §3, §4 and the frame definitions of §6: h2spec's cases about single frames.
final class FramingConformanceTest {
  private final ServerFixture server = ServerFixture.open();

  // §3.4 Connection preface

  @Test
  void refusesAnotherPreface() {
    ServerFixture fresh = ServerFixture.fresh();
    fresh.send(new Raw().text("INVALID CONNECTION PREFACE\r\n\r\n"));
    fresh.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesAPrefaceThatIsWrongAtItsEnd() {
    ServerFixture fresh = ServerFixture.fresh();
    fresh.send(new Raw().text("PRI * HTTP/2.0\r\n\r\nSM\r\n\rX"));
    fresh.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void demandsSettingsFirst() {
    ServerFixture fresh = ServerFixture.fresh();
    fresh.send(new Raw().text(Raw.PREFACE).ping(false, 1));
    fresh.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void doesNotTakeAnAcknowledgementForSettings() {
    ServerFixture fresh = ServerFixture.fresh();
    fresh.send(new Raw().text(Raw.PREFACE).settingsAck());
    fresh.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §4.1 Frame format

  @Test
  void ignoresUnknownFrameTypes() {
    server.send(new Raw().frame(0x16, 0xff, 0, new byte[8]).frame(0xff, 0, 77, new byte[100]));
    server.assertStillWorks(1);
  }

  @Test
  void ignoresUnknownFramesHoweverTheyAreCut() {
    byte[] bytes = new Raw().frame(0x16, 0, 0, new byte[300]).ping(false, 5).bytes();
    for (byte b : bytes) {
      server.send(new Raw().append(new byte[] {b}));
    }
    assertThat(server.frames()).containsExactly(new Seen.Ping(0, true, 5));
  }

  @Test
  void ignoresUndefinedFlags() {
    server.send(new Raw().frame(6, 0x16, 0, new byte[8]));
    assertThat(server.frames()).containsExactly(new Seen.Ping(0, true, 0));
  }

  @Test
  void ignoresTheReservedBit() {
    server.send(new Raw().frame(6, 0, 0x8000_0000, new byte[8]));
    assertThat(server.frames()).containsExactly(new Seen.Ping(0, true, 0));
    server.send(new Raw().frame(8, 0, 0x8000_0000, new Raw().int32(0x8000_0001)));
    server.assertStillWorks(1);
  }

  // §4.2 Frame size

  @Test
  void acceptsTheLargestFrame() {
    server.send(new Raw().headers(1, false, Raw.post("/")).data(1, 16_384, true));
    assertThat(server.request(0).contentBytes).isEqualTo(16_384);
  }

  @Test
  void refusesALargerFrame() {
    server.send(new Raw().headers(1, false, Raw.post("/")).data(1, 16_385, true));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void refusesLargerHeaders() {
    server.send(new Raw().header(16_385, 1, 5, 1));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void refusesALargerUnknownFrame() {
    server.send(new Raw().header(16_385, 0x55, 0, 0));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void acceptsLargerFramesWhenOffered() {
    ServerFixture large =
        ServerFixture.open(Http2Settings.OURS.withMaxFrameSize(20_000), Http2Limits.DEFAULT);
    large.send(new Raw().headers(1, false, Raw.post("/")).data(1, 20_000, true));
    assertThat(large.request(0).contentBytes).isEqualTo(20_000);
    large.send(new Raw().data(1, 20_001, true));
    large.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §4.3 Field blocks

  @Test
  void refusesAnInvalidFieldBlock() {
    server.send(new Raw().headers(1, true, new Raw().hex("4001")));
    server.assertConnectionError(ErrorCode.COMPRESSION_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 6, 7, 8, 0x16})
  void refusesOtherFramesInsideAFieldBlock(int type) {
    server.send(new Raw().frame(1, 0, 1, Raw.get("/")).header(0, type, 0, type == 1 ? 3 : 1));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §6.1 DATA

  @Test
  void refusesDataOfTheConnection() {
    server.send(new Raw().data(0, "test", true));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesDataPaddingAsLongAsThePayload() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .frame(0, 9, 1, new Raw().hex("05").text("test")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void acceptsDataPaddingThatFillsThePayload() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .frame(0, 9, 1, new Raw().hex("04").text("test")));
    assertThat(server.request(0).ended).isTrue();
    assertThat(server.request(0).content).isEmpty();
  }

  @Test
  void refusesPaddedDataWithoutPadLength() {
    server.send(new Raw().headers(1, false, Raw.post("/")).header(0, 0, 8, 1));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §6.2 HEADERS

  @Test
  void refusesHeadersOfTheConnection() {
    server.send(new Raw().headers(0, true, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesHeadersPaddingBeyondThePayload() {
    Raw block = new Raw().append(Raw.get("/").bytes());
    int length = block.bytes().length;
    server.send(new Raw().frame(1, 1 | 4 | 8, 1, new Raw().hex("ff").append(block.bytes())));
    assertThat(length).isLessThan(255);
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesHeadersPaddingThatCountsThePriority() {
    // Five octets of priority and two of block: padding of six would reach into the priority.
    server.send(new Raw().frame(1, 1 | 4 | 8 | 0x20, 1, new Raw().hex("06 00000000 10 8287")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void refusesHeadersTooShortForTheirPriority(int length) {
    server.send(new Raw().frame(1, 1 | 4 | 0x20, 1, new byte[length]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void refusesPaddedHeadersWithoutPadLength() {
    server.send(new Raw().header(0, 1, 1 | 4 | 8, 1));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §6.3 PRIORITY

  @Test
  void refusesPriorityOfTheConnection() {
    server.send(new Raw().priority(0, 1));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 6})
  void resetsAStreamForPriorityOfWrongSize(int length) {
    server.send(new Raw().headers(1, false, Raw.post("/")).frame(2, 0, 1, new byte[length]));
    server.assertStreamError(1, ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void cannotResetAnIdleStreamForPriorityOfWrongSize() {
    server.send(new Raw().frame(2, 0, 1, new byte[4]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §6.4 RST_STREAM

  @Test
  void refusesResetOfTheConnection() {
    server.send(new Raw().reset(0, 8));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5})
  void refusesResetOfWrongSize(int length) {
    server.send(new Raw().headers(1, false, Raw.post("/")).frame(3, 0, 1, new byte[length]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §6.5 SETTINGS

  @Test
  void refusesAnAcknowledgementWithPayload() {
    server.send(new Raw().frame(4, 1, 0, new byte[6]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void refusesSettingsOfAStream() {
    server.send(new Raw().frame(4, 0, 1, new byte[6]));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void refusesSettingsOfWrongSize(int length) {
    server.send(new Raw().frame(4, 0, 0, new byte[length]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void refusesASecondAcknowledgement() {
    server.send(new Raw().settingsAck());
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, -1, Integer.MIN_VALUE})
  void refusesEnablePushBeyondOne(int value) {
    server.send(new Raw().settings(2, value));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1})
  void refusesAnInitialWindowBeyondTheLargest(int value) {
    server.send(new Raw().settings(4, value));
    server.assertConnectionError(ErrorCode.FLOW_CONTROL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16_383, 16_777_216, -1})
  void refusesAMaximalFrameOutOfRange(int value) {
    server.send(new Raw().settings(5, value));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void ignoresUnknownSettings() {
    server.send(new Raw().settings(0xff, 1, 0, 5, 8, 1));
    assertThat(server.frames()).hasSize(1);
    server.assertStillWorks(1);
  }

  @Test
  void takesTheLastOfRepeatedSettings() {
    server.send(new Raw().settings(4, 100, 4, 1));
    assertThat(server.log.settings.getLast().initialWindowSize()).isEqualTo(1);
  }

  @Test
  void readsUnboundedSettingsAsTheLargestNumber() {
    server.send(new Raw().settings(1, -1, 3, -1, 6, -1));
    assertThat(server.log.settings.getLast().maxConcurrentStreams()).isEqualTo(Integer.MAX_VALUE);
    assertThat(server.log.settings.getLast().headerTableSize()).isEqualTo(Integer.MAX_VALUE);
  }

  // §6.6 PUSH_PROMISE

  @Test
  void refusesPushPromise() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .frame(5, 4, 1, new Raw().int32(2).append(Raw.get("/").bytes())));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §6.7 PING

  @Test
  void doesNotAnswerAPingAnswer() {
    server.send(new Raw().ping(true, 9));
    assertThat(server.frames()).isEmpty();
    assertThat(server.log.pongs).containsExactly(9L);
  }

  @Test
  void refusesPingOfAStream() {
    server.send(new Raw().frame(6, 0, 1, new byte[8]));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 9})
  void refusesPingOfWrongSize(int length) {
    server.send(new Raw().frame(6, 0, 0, new byte[length]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §6.8 GOAWAY

  @Test
  void refusesGoAwayOfAStream() {
    server.send(new Raw().frame(7, 0, 1, new byte[8]));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesGoAwayOfWrongSize() {
    server.send(new Raw().frame(7, 0, 0, new byte[7]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  @Test
  void boundsTheDebugTextOfGoAway() {
    server.send(new Raw().goAway(0, 11, "x".repeat(10_000)));
    assertThat(server.log.goAways.getFirst()).hasSize("0 ENHANCE_YOUR_CALM ".length() + 256);
  }

  // §6.9 WINDOW_UPDATE

  @Test
  void refusesAnIncrementOfZeroForTheConnection() {
    server.send(new Raw().windowUpdate(0, 0));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void resetsAStreamForAnIncrementOfZero() {
    server.send(new Raw().headers(1, false, Raw.post("/")).windowUpdate(1, 0));
    server.assertStreamError(1, ErrorCode.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5})
  void refusesWindowUpdateOfWrongSize(int length) {
    server.send(new Raw().frame(8, 0, 0, new byte[length]));
    server.assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
  }

  // §6.10 CONTINUATION

  @Test
  void acceptsManyContinuations() {
    server.send(
        new Raw()
            .frame(1, 1, 1, Raw.get("/"))
            .frame(9, 0, 1, new Raw().line("x-a", "1"))
            .frame(9, 0, 1, new Raw())
            .frame(9, 4, 1, new Raw().line("x-b", "2")));
    assertThat(server.request(0).request().headers().first("x-b")).isEqualTo("2");
  }

  @Test
  void refusesContinuationOfTheConnection() {
    server.send(new Raw().frame(1, 1, 1, Raw.get("/")).frame(9, 4, 0, new Raw()));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesContinuationOfAnotherStream() {
    server.send(new Raw().frame(1, 1, 1, Raw.get("/")).frame(9, 4, 3, new Raw()));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesContinuationAfterCompleteHeaders() {
    server.send(new Raw().headers(1, false, Raw.post("/")).frame(9, 4, 1, new Raw()));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesContinuationAfterACompleteContinuation() {
    server.send(
        new Raw()
            .frame(1, 0, 1, Raw.post("/"))
            .frame(9, 4, 1, new Raw())
            .frame(9, 4, 1, new Raw()));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  @Test
  void refusesContinuationAfterData() {
    server.send(
        new Raw()
            .headers(1, false, Raw.post("/"))
            .data(1, "test", false)
            .frame(9, 4, 1, new Raw()));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
  }

  // §7 Error codes

  @Test
  void acceptsUnknownErrorCodes() {
    server.send(new Raw().headers(1, false, Raw.post("/")).reset(1, 0xff).goAway(0, 0xff, ""));
    assertThat(server.request(0).errorCode()).isEqualTo(ErrorCode.INTERNAL_ERROR);
    assertThat(server.log.goAways).containsExactly("0 INTERNAL_ERROR ");
  }

  // §5.4.1

  @Test
  void readsNothingAfterAConnectionError() {
    server.send(new Raw().frame(6, 0, 1, new byte[8]).headers(1, true, Raw.get("/")));
    server.assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    server.send(new Raw().headers(3, true, Raw.get("/")).ping(false, 1));
    assertThat(server.requests).isEmpty();
    assertThat(server.frames()).isEmpty();
  }
}
