// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static dev.pingora.headerserde.HeadAssert.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class HeaderSerdeTest {
  private static final HeaderDictionary OTHER = train(7);

  private static HeaderDictionary train(long seed) {
    DictionaryTraining training = new DictionaryTraining(3);
    Heads.make(seed, 500).forEach(training::add);
    return training.train(4096);
  }

  private static ResponseHeader page() {
    return ResponseHeader.of(200)
        .add("Server", "nginx")
        .add("Date", "Sat, 21 Nov 2026 14:43:42 GMT")
        .add("Content-Type", "text/html; charset=utf-8")
        .add("SET-cookie", "a=1; Path=/")
        .add("Cache-Control", "public, max-age=3600")
        .add("set-Cookie", "b=2; Path=/");
  }

  private static void assertKind(ErrorKind kind, String message, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ProxyException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }

  @Test
  void givesBackWhatItWasGiven() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      ResponseHeader again = serde.deserialize(serde.serialize(page()));

      assertSame(again, page());
      assertThat(again.headers().all("Set-Cookie")).containsExactly("a=1; Path=/", "b=2; Path=/");
      assertThat(again.headers().name(3)).isEqualTo("SET-cookie");
    }
  }

  @Test
  void keepsVersionAndReason() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      for (HttpVersion version : HttpVersion.values()) {
        ResponseHeader head = page().version(version).reason("Well\tfine \u00e9");
        assertSame(serde.deserialize(serde.serialize(head)), head);
      }
      ResponseHeader none = ResponseHeader.of(200).reason("");
      assertThat(serde.deserialize(serde.serialize(none)).reason()).isEmpty();
    }
  }

  @Test
  void takesAHeadWithoutFields() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      for (int status = 100; status < 1000; status += 7) {
        ResponseHeader head = ResponseHeader.of(status);
        assertSame(serde.deserialize(serde.serialize(head)), head);
      }
    }
  }

  @Test
  void isSmallerThanTheTextAndStillSmallerWithADictionary() throws ProxyException {
    try (HeaderSerde plain = HeaderSerde.open(SerdeOptions.PLAIN);
        HeaderSerde standard = HeaderSerde.open(SerdeOptions.standard())) {
      int text = HeaderText.length(page());
      int alone = plain.serialize(page()).length;
      int withDictionary = standard.serialize(page()).length;

      assertThat(alone).isLessThan(text);
      assertThat(withDictionary).isLessThan(alone / 2);
    }
  }

  @Test
  void readsFromAPartOfAnArray() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      byte[] stored = serde.serialize(page());
      byte[] larger = new byte[stored.length + 30];
      Arrays.fill(larger, (byte) 0xAA);
      System.arraycopy(stored, 0, larger, 11, stored.length);

      ResponseHeader again = serde.deserialize(larger, 11, stored.length);
      Arrays.fill(larger, (byte) 0);

      assertSame(again, page());
      assertThatThrownBy(() -> serde.deserialize(larger, 40, stored.length))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void leavesTheHeadAlone() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      ResponseHeader head = page();
      byte[] stored = serde.serialize(head);
      ResponseHeader again = serde.deserialize(stored);

      again.set("Server", "other").remove("Set-Cookie").status(500);

      assertSame(head, page());
      assertThat(serde.serialize(head)).isEqualTo(stored);
    }
  }

  @Test
  void namesTheDictionaryThatIsMissing() throws ProxyException {
    try (HeaderSerde writer =
            HeaderSerde.open(SerdeOptions.PLAIN.withDictionary(OTHER, List.of()));
        HeaderSerde reader = HeaderSerde.open(SerdeOptions.standard())) {
      byte[] stored = writer.serialize(page());

      assertKind(
          HeaderSerde.UNKNOWN_DICTIONARY,
          "a stored head needs the dictionary %08x".formatted(OTHER.id()),
          () -> reader.deserialize(stored));
    }
  }

  @Test
  void readsWhatOlderDictionariesAndNoneHaveWritten() throws ProxyException {
    SerdeOptions now = SerdeOptions.standard();
    SerdeOptions old = SerdeOptions.PLAIN.withDictionary(OTHER, List.of());
    try (HeaderSerde none = HeaderSerde.open(SerdeOptions.PLAIN);
        HeaderSerde before = HeaderSerde.open(old);
        HeaderSerde serde =
            HeaderSerde.open(now.withDictionary(HeaderDictionary.standard(), List.of(OTHER)))) {
      List<byte[]> all =
          List.of(none.serialize(page()), before.serialize(page()), serde.serialize(page()));

      // Each after each of the others: what was loaded must not linger.
      for (int i = 0; i < 30; i++) {
        assertSame(serde.deserialize(all.get(i * 7 % 5 % 3)), page());
      }
      assertThat(all.stream().map(Arrays::hashCode).distinct()).hasSize(3);
    }
  }

  @Test
  void ofAnOlderDictionaryIsOneForms() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      byte[] stored = serde.serialize(page());
      int id = HeaderDictionary.standard().id();

      assertThat(stored[0]).isEqualTo((byte) 1);
      assertThat(Arrays.copyOfRange(stored, 1, 5))
          .isEqualTo(
              new byte[] {(byte) (id >> 24), (byte) (id >> 16), (byte) (id >> 8), (byte) id});
      stored[0] = 2;
      assertKind(HeaderSerde.DAMAGED, "form 2 (expected: 1)", () -> serde.deserialize(stored));
    }
  }

  @Test
  void writesOnlyWhatItWouldRead() throws ProxyException {
    SerdeOptions small = SerdeOptions.standard().withLimits(100, 3);
    try (HeaderSerde serde = HeaderSerde.open(small);
        HeaderSerde large = HeaderSerde.open(SerdeOptions.standard())) {
      // 19 octets, then a line of 4 + the value's.
      ResponseHeader fits = ResponseHeader.of(200).add("a", "x".repeat(76));
      assertThat(HeaderText.length(fits)).isEqualTo(100);
      assertSame(serde.deserialize(serde.serialize(fits)), fits);

      ResponseHeader longer = ResponseHeader.of(200).add("a", "x".repeat(77));
      assertKind(
          ErrorKind.OVER_LIMIT,
          "101 octets to store (expected: up to 100)",
          () -> serde.serialize(longer));
      assertKind(
          HeaderSerde.DAMAGED,
          "a head of 101 octets (expected: up to 100)",
          () -> serde.deserialize(large.serialize(longer)));

      ResponseHeader more =
          ResponseHeader.of(200).add("a", "1").add("a", "2").add("b", "3").add("b", "4");
      assertKind(
          ErrorKind.OVER_LIMIT,
          "4 fields to store (expected: up to 3)",
          () -> serde.serialize(more));
      assertKind(
          HeaderSerde.DAMAGED,
          "more than 3 fields",
          () -> serde.deserialize(large.serialize(more)));
    }
  }

  @Test
  void takesTheLargestHead() throws ProxyException {
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
      Words words = new Words(5);
      ResponseHeader head = ResponseHeader.of(200);
      for (int i = 0; i < 255; i++) {
        head.add(words.name(), words.base64(480));
      }
      int room = 128 * 1024 - HeaderText.length(head) - "last: \r\n".length();
      head.add("last", words.base64(room));
      assertThat(HeaderText.length(head)).isEqualTo(128 * 1024);

      assertSame(serde.deserialize(serde.serialize(head)), head);
      assertSame(serde.deserialize(serde.serialize(page())), page());
    }
  }

  @Test
  void doesNothingOnceClosed() throws ProxyException {
    HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());
    byte[] stored = serde.serialize(page());
    serde.close();
    serde.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> serde.serialize(page()))
        .withMessage("the HeaderSerde is closed");
    assertThatIllegalStateException().isThrownBy(() -> serde.deserialize(stored));
  }

  @Test
  void higherLevelsAreReadByLowerOnes() throws ProxyException {
    try (HeaderSerde fast = HeaderSerde.open(SerdeOptions.standard().withLevel(1));
        HeaderSerde small = HeaderSerde.open(SerdeOptions.standard().withLevel(19))) {
      for (ResponseHeader head : Heads.make(31, 50)) {
        assertSame(fast.deserialize(small.serialize(head)), head);
        assertSame(small.deserialize(fast.serialize(head)), head);
      }
    }
  }
}
