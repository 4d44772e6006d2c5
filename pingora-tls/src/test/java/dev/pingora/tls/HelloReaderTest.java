// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class HelloReaderTest {
  private static final Hello USUAL =
      new Hello()
          .serverName("A.Example")
          .alpn("h2", "http/1.1")
          .groups(0x11ec, 0x001d)
          .schemes(0x0403, 0x0804)
          .versions(0x0304, 0x0303)
          .keyShare(0x001d, 32);

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
    assertThat(hello.extensions()).containsExactly(0, 16, 10, 13, 43, 51);
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

  @ParameterizedTest
  @CsvSource({
    "474554202f20485454502f312e31, 10", // GET / HTTP/1.1
    "1703030001ff, 10",
    "140303000101, 10",
    "16020000010000, 70",
    "1603010000, 10",
    "160301000402000000, 10",
    "16030100040100000000, 50",
  })
  void refusesWhatIsNoClientHello(String octets, int alert) {
    assertThat(refusal(HexFormat.of().parseHex(octets)).alert()).isEqualTo(alert);
  }

  @Test
  void anAlertIsNotAnswered() {
    byte[] alert = {21, 3, 3, 0, 2, 1, 0};
    assertThat(read(alert)).isEqualTo(new HelloReader.Alerted(0));
    byte[] after = Hello.join(Hello.record(new byte[] {1}), new byte[] {21, 3, 3, 0, 2, 2, 40});
    assertThat(read(after)).isEqualTo(new HelloReader.Alerted(40));
    for (int n = 0; n < alert.length; n++) {
      assertThat(read(Arrays.copyOf(alert, n))).isInstanceOf(HelloReader.Incomplete.class);
    }
    assertThat(refusal(new byte[] {21, 3, 3, 0, 1, 1}).alert()).isEqualTo(10);
  }

  @Test
  void plainHttpIsToldAsSuch() {
    assertThat(refusal("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII)).why())
        .isEqualTo("plain text, such as HTTP, instead of a ClientHello");
    assertThat(refusal(new byte[] {23, 3, 3, 0, 1}).why())
        .isEqualTo("a record of type 23 instead of a ClientHello");
  }

  /// Whether it comes at once or in pieces.
  @Test
  void boundsWhatIsThereAtOnceToo() {
    byte[] most = spread(tls12().extension(21, new byte[HelloReader.MAX_BYTES - 200]).message());
    assertThat(most.length).isBetween(HelloReader.MAX_BYTES - 100, HelloReader.MAX_BYTES);
    complete(most);
    byte[] more = spread(tls12().extension(21, new byte[HelloReader.MAX_BYTES - 100]).message());
    assertThat(more.length).isGreaterThan(HelloReader.MAX_BYTES);
    assertThat(refusal(more).alert()).isEqualTo(47);
  }

  /// {@return a message in records of 5,000 octets}
  private static byte[] spread(byte[] message) {
    byte[] octets = {};
    for (int at = 0; at < message.length; at += 5_000) {
      byte[] piece = Arrays.copyOfRange(message, at, Math.min(message.length, at + 5_000));
      octets = Hello.join(octets, Hello.record(piece));
    }
    return octets;
  }

  private static HelloReader.Unreadable refusal(byte[] octets) {
    HelloReader.Result result = read(octets);
    assertThat(result).isInstanceOf(HelloReader.Unreadable.class);
    return (HelloReader.Unreadable) result;
  }

  private static Hello tls12() {
    return new Hello().with(0xc02b);
  }

  private static Hello tls13() {
    return new Hello().versions(0x0304).groups(0x001d).schemes(0x0403).keyShare(0x001d, 32);
  }

  static List<Arguments> broken() {
    byte[] none = {};
    Hello old = tls12();
    old.legacyVersion = 0x0300;
    byte[] name = Hello.join(new byte[] {0}, Hello.vector(2, "a".getBytes(US_ASCII)));
    return List.of(
        Arguments.of("SSL 3.0", old, 70),
        Arguments.of("a long session id", tls12().sessionId(33), 50),
        Arguments.of("no suites", new Hello().with(), 50),
        Arguments.of("no compression method", tls12().compression(), 50),
        Arguments.of("compression only", tls12().compression(1), 47),
        Arguments.of("compression offered in 1.3", tls13().compression(0, 1), 47),
        Arguments.of("an extension twice", tls12().extension(7, none).extension(7, none), 47),
        Arguments.of("no name", tls12().serverName(""), 50),
        Arguments.of("an empty list of names", tls12().extension(0, Hello.two(0)), 50),
        Arguments.of(
            "two names", tls12().extension(0, Hello.vector(2, Hello.join(name, name))), 47),
        Arguments.of("a name with a blank", tls12().serverName("a b"), 47),
        Arguments.of("a name with a NUL", tls12().serverName("a\0b"), 47),
        Arguments.of("a name beyond ASCII", tls12().serverName("\u00e9"), 47),
        Arguments.of(
            "octets behind a name",
            tls12().extension(0, Hello.join(Hello.vector(2, name), new byte[1])),
            50),
        Arguments.of("no protocols", tls12().alpn(), 50),
        Arguments.of("an empty protocol", tls12().alpn("h2", ""), 50),
        Arguments.of("no groups", tls12().groups(), 50),
        Arguments.of("half a group", tls12().extension(10, Hello.vector(2, new byte[3])), 50),
        Arguments.of("no schemes", tls12().schemes(), 50),
        Arguments.of("no versions", tls12().versions(), 50),
        Arguments.of("half a version", tls12().extension(43, Hello.vector(1, new byte[3])), 50),
        Arguments.of("a renegotiation", tls12().extension(0xff01, new byte[] {1, 0}), 40));
  }

  static List<Arguments> brokenOfTls13() {
    byte[] none = {};
    return List.of(
        Arguments.of(
            "1.3 without groups",
            new Hello().versions(0x0304).schemes(0x0403).keyShare(0x001d, 32),
            109),
        Arguments.of(
            "1.3 without schemes",
            new Hello().versions(0x0304).groups(0x001d).keyShare(0x001d, 32),
            109),
        Arguments.of(
            "1.3 without key share",
            new Hello().versions(0x0304).groups(0x001d).schemes(0x0403),
            109),
        Arguments.of(
            "a short key",
            new Hello().versions(0x0304).groups(0x001d).schemes(0x0403).keyShare(0x001d, 31),
            47),
        Arguments.of(
            "two keys of a group",
            new Hello()
                .versions(0x0304)
                .groups(0x001d)
                .schemes(0x0403)
                .extension(51, Hello.vector(2, Hello.join(share(), share()))),
            47),
        Arguments.of(
            "a key of a group that is not offered",
            new Hello().versions(0x0304).groups(0x0017).schemes(0x0403).keyShare(0x001d, 32),
            47),
        Arguments.of("a long name", tls12().serverName("a".repeat(256)), 47),
        Arguments.of("513 suites", new Hello().with(new int[513]), 47),
        Arguments.of("513 groups", tls12().groups(new int[513]), 47),
        Arguments.of("513 protocols", tls12().alpn(names(513)), 47),
        Arguments.of("513 extensions", many(513), 47),
        Arguments.of(
            "an empty key",
            new Hello().versions(0x0304).groups(0x1234).schemes(0x0403).keyShare(0x1234, 0),
            50),
        Arguments.of(
            "a ticket before the end",
            tls13().extension(45, new byte[] {1, 1}).extension(41, none).extension(7, none),
            47),
        Arguments.of("a ticket without modes", tls13().extension(41, none), 109));
  }

  private static byte[] share() {
    return Hello.join(Hello.two(0x001d), Hello.vector(2, new byte[32]));
  }

  private static String[] names(int count) {
    String[] names = new String[count];
    Arrays.setAll(names, i -> "p" + i);
    return names;
  }

  private static Hello many(int extensions) {
    Hello hello = tls12();
    for (int i = 0; i < extensions; i++) {
      hello.extension(0x4000 + i, new byte[0]);
    }
    return hello;
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource({"broken", "brokenOfTls13"})
  void refusesMessagesThatBreakARule(String what, Hello hello, int alert) {
    assertThat(refusal(hello.record()).alert()).isEqualTo(alert);
  }

  static List<Hello> unusual() {
    return List.of(
        new Hello().with(0x0a0a, 0xc02b),
        tls12().compression(1, 0),
        tls12().sessionId(0),
        tls12().serverName("a".repeat(255)),
        new Hello().with(new int[512]),
        tls12().alpn(names(512)),
        many(512),
        tls12().serverName("192.0.2.1"),
        tls12().serverName("a_b.example."),
        tls12().extension(0xff01, new byte[1]),
        tls13().sessionId(0).extension(0x0a0a, new byte[0]).extension(0x1a1a, new byte[1]),
        // A key for a group that nobody knows, none for those offered, and tickets in their place.
        new Hello().versions(0x0304).groups(0x7a7a).schemes(0x0403).keyShare(0x7a7a, 1),
        new Hello().versions(0x0304).groups(0x001d).schemes(0x0403).extension(51, new byte[2]),
        tls13().extension(45, new byte[] {1, 1}).extension(41, new byte[9]),
        new Hello().versions(0x0304).extension(45, new byte[] {1, 0}).extension(41, new byte[9]));
  }

  @ParameterizedTest
  @MethodSource("unusual")
  void takesWhatIsUnusualButAllowed(Hello hello) {
    complete(hello.record());
  }

  @Test
  void refusesWhatFollowsInTheSameRecord() {
    byte[] two = Hello.join(USUAL.message(), new byte[] {20, 0, 0, 0});
    assertThat(refusal(Hello.record(two)).alert()).isEqualTo(10);
    // In a record of its own it is for the library to judge.
    assertThat(read(Hello.join(USUAL.record(), Hello.record(new byte[] {20, 0, 0, 0}))))
        .isInstanceOf(HelloReader.Complete.class);
  }

  @Test
  void knowsAFallback() {
    ClientHello fallback = complete(tls12().with(0xc02b, 0x5600).record());
    assertThat(fallback.fallsBack(TlsVersion.TLS_1_3)).isTrue();
    assertThat(fallback.fallsBack(TlsVersion.TLS_1_2)).isFalse();
    assertThat(complete(tls12().record()).fallsBack(TlsVersion.TLS_1_3)).isFalse();
    assertThat(complete(tls13().with(0x1301, 0x5600).record()).fallsBack(TlsVersion.TLS_1_3))
        .isFalse();
  }

  @Test
  void aMessageThatContradictsItselfIsUnreadable() {
    byte[] record = USUAL.record();
    record[record.length - 33]++; // the length of the key
    assertThat(refusal(record).alert()).isEqualTo(50);
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
