// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HelloReaderTest {
  private static final Hello USUAL =
      new Hello()
          .serverName("A.Example")
          .alpn("h2", "http/1.1")
          .groups(0x11ec, 0x001d)
          .schemes(0x0403, 0x0804)
          .versions(0x0304, 0x0303);

  private static HelloReader.Result read(byte[] octets) {
    return HelloReader.read(ByteBuffer.wrap(octets));
  }

  private static ClientHello complete(byte[] octets) {
    assertThat(read(octets)).isInstanceOf(HelloReader.Complete.class);
    return ((HelloReader.Complete) read(octets)).hello();
  }

  @Test
  void readsWhatServersChooseBy() {
    ClientHello hello = complete(USUAL.record());
    assertThat(hello.serverName()).isEqualTo("a.example");
    assertThat(hello.alpn()).containsExactly("h2", "http/1.1");
    assertThat(hello.groups()).containsExactly(0x11ec, 0x001d);
    assertThat(hello.signatureSchemes()).containsExactly(0x0403, 0x0804);
    assertThat(hello.versions()).containsExactly(0x0304, 0x0303);
    assertThat(hello.extensions()).containsExactly(0, 16, 10, 13, 43);
    assertThat(hello.suites()).containsExactly(0x1301, 0x1302, 0x1303);
    assertThat(hello.speaks(TlsVersion.TLS_1_2)).isTrue();
    assertThat(hello.speaks(TlsVersion.TLS_1_3)).isTrue();
  }

  @Test
  void aHelloWithoutExtensionsIsOne() {
    ClientHello hello = complete(new Hello().record());
    assertThat(hello.serverName()).isNull();
    assertThat(hello.alpn()).isEmpty();
    assertThat(hello.speaks(TlsVersion.TLS_1_2)).isTrue();
    assertThat(hello.speaks(TlsVersion.TLS_1_3)).isFalse();
  }

  @Test
  void usesNothingUp() {
    ByteBuffer octets = ByteBuffer.wrap(Hello.join(new byte[3], USUAL.record())).position(3);
    assertThat(HelloReader.read(octets)).isInstanceOf(HelloReader.Complete.class);
    assertThat(octets.position()).isEqualTo(3);
  }

  @Test
  void isIncompleteUntilTheLastOctet() {
    byte[] record = USUAL.record();
    for (int n = 0; n < record.length; n++) {
      assertThat(read(Arrays.copyOf(record, n)))
          .as("%s octets", n)
          .isInstanceOf(HelloReader.Incomplete.class);
    }
  }

  @Test
  void takesAHelloSpreadOverRecords() {
    byte[] message = USUAL.message();
    byte[] octets = {};
    for (int at = 0; at < message.length; at += 20) {
      byte[] piece = Arrays.copyOfRange(message, at, Math.min(message.length, at + 20));
      octets = Hello.join(octets, Hello.record(piece));
    }
    assertThat(complete(octets)).isEqualTo(complete(USUAL.record()));
    assertThat(read(Arrays.copyOf(octets, octets.length - 1)))
        .isInstanceOf(HelloReader.Incomplete.class);
  }

  /// Who waits for as many octets as it says looks a few times, however the octets dribble in.
  @Test
  void saysWhenToLookAgain() {
    byte[] message = USUAL.message();
    byte[] octets = {};
    int records = 0;
    for (int at = 0; at < message.length; at += 20) {
      byte[] piece = Arrays.copyOfRange(message, at, Math.min(message.length, at + 20));
      octets = Hello.join(octets, Hello.record(piece));
      records++;
    }
    int looks = 0;
    int have = 1;
    while (read(Arrays.copyOf(octets, have)) instanceof HelloReader.Incomplete(int atLeast)) {
      assertThat(atLeast).isBetween(have + 1, octets.length);
      have = atLeast;
      looks++;
    }
    assertThat(have).isEqualTo(octets.length);
    assertThat(looks).isLessThanOrEqualTo(2 * records); // a header and a fragment each
  }

  @Test
  void refusesTooManyRecords() {
    byte[] octets = {};
    for (byte octet : Arrays.copyOf(USUAL.message(), HelloReader.MAX_RECORDS + 1)) {
      octets = Hello.join(octets, Hello.record(new byte[] {octet}));
    }
    assertExcessive(octets);
  }

  @Test
  void refusesTooMuch() {
    byte[] message = {1, 0x10, 0, 0};
    assertExcessive(Hello.record(message));
    byte[] claimed = Hello.record(Arrays.copyOf(new byte[] {1, 0, (byte) 0xff, 0}, 16_000));
    byte[] octets = {};
    for (int i = 0; i < 5; i++) {
      octets = Hello.join(octets, claimed);
    }
    assertThat(octets.length).isGreaterThan(HelloReader.MAX_BYTES);
    assertThat(read(octets)).isNotInstanceOf(HelloReader.Incomplete.class);
  }

  private static void assertExcessive(byte[] octets) {
    assertThat(read(octets))
        .isInstanceOfSatisfying(
            HelloReader.Unreadable.class, bad -> assertThat(bad.alert()).isEqualTo(47));
  }

  @Test
  void refusesRecordsThatAreTooLong() {
    assertThat(read(new byte[] {22, 3, 1, 0x40, 1, 0}))
        .isInstanceOfSatisfying(
            HelloReader.Unreadable.class, bad -> assertThat(bad.alert()).isEqualTo(22));
    assertThat(read(new byte[] {22, 3, 1, 0x40, 0, 0})).isInstanceOf(HelloReader.Incomplete.class);
  }

  @Test
  void leavesNonsenseToTheLibrary() {
    for (byte[] nonsense :
        new byte[][] {
          "GET / HTTP/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
          {23, 3, 3, 0, 1, 0},
          {22, 2, 0, 0, 1, 0},
          {22, 3, 1, 0, 0, 0},
          {22, 3, 1, 0, 4, 2, 0, 0, 0},
        }) {
      assertThat(read(nonsense))
          .isInstanceOfSatisfying(
              HelloReader.Unreadable.class,
              bad -> assertThat(bad.alert()).isEqualTo(TlsException.NO_ALERT));
    }
  }

  @Test
  void aMessageThatContradictsItselfIsUnreadable() {
    byte[] record = USUAL.record();
    record[record.length - 5]++; // the length of the versions
    assertThat(read(record)).isInstanceOf(HelloReader.Unreadable.class);
  }

  @Test
  void mutatedOctetsNeverThrow() {
    Random random = new Random(7);
    int complete = 0;
    for (int round = 0; round < 200_000; round++) {
      byte[] octets = USUAL.record();
      for (int change = random.nextInt(4); change >= 0; change--) {
        octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
      }
      if (read(Arrays.copyOf(octets, random.nextInt(octets.length + 1)))
          instanceof HelloReader.Complete) {
        complete++;
      }
    }
    assertThat(complete).isPositive();
  }
}
