// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.TlsProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Engines over each provider say what the JDK's own says, call for call: the same script is played
/// with both, each time with an engine of the JDK at the other end.
final class EngineModelTest {
  private static final String SUITE_1_3 = "TLS_AES_128_GCM_SHA256";
  private static final String SUITE_GCM = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  private static final String SUITE_CHACHA = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256";
  private static final byte[] HELLO = "hello".getBytes(US_ASCII);
  private static final String DROPPED = "unwrap OK NOT_HANDSHAKING 34 0";
  private static final byte[] NOTHING = {};
  private static final byte[] GARBAGE = "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII);

  /// What is played.
  ///
  /// @param client whether the engine under test is the client
  /// @param chosen whether it names the suite itself; its peer does always
  record Scene(String suite, boolean client, boolean clientAuth, boolean chosen) {
    @Override
    public String toString() {
      return (client ? "client " : "server ") + suite + (clientAuth ? " with client auth" : "");
    }
  }

  /// Two ends.
  ///
  /// @param own the engine under test
  /// @param peer an engine of the JDK
  record Pair(EngineEnd own, EngineEnd peer, boolean client) {
    void shakeHands() throws Exception {
      EngineEnd.shakeHands(client ? own : peer, client ? peer : own);
    }
  }

  /// A script.
  interface Script {
    void play(EngineEnd own, EngineEnd peer) throws Exception;
  }

  static List<Arguments> scenes() {
    List<Arguments> all = new ArrayList<>();
    for (TlsProvider provider : EngineContexts.providers()) {
      boolean chooses = has(provider, Capability.CHOOSE_SUITES_1_3);
      for (String suite : suites(chooses)) {
        for (boolean client : new boolean[] {true, false}) {
          all.add(Arguments.of(named(provider), new Scene(suite, client, false, chooses)));
        }
      }
      all.add(Arguments.of(named(provider), new Scene(SUITE_1_3, true, true, chooses)));
      all.add(Arguments.of(named(provider), new Scene(SUITE_1_3, false, true, chooses)));
    }
    return all;
  }

  /// Of TLS 1.2 a provider that does not choose has what it has: AES, where it is s2n.
  private static List<String> suites(boolean chooses) {
    return chooses ? List.of(SUITE_1_3, SUITE_GCM, SUITE_CHACHA) : List.of(SUITE_1_3, SUITE_GCM);
  }

  private static boolean has(TlsProvider provider, Capability capability) {
    return provider.availability() instanceof Availability.Available here
        && here.capabilities().contains(capability);
  }

  private static Named<TlsProvider> named(TlsProvider provider) {
    return Named.of(provider.id(), provider);
  }

  private static Pair pair(EngineContexts.Maker maker, Scene scene) throws Exception {
    SSLContext own = context(maker, scene.client);
    SSLContext peer = context(EngineContexts::jdk, !scene.client);
    return new Pair(
        new EngineEnd(engine(own, scene, scene.client, scene.chosen)),
        new EngineEnd(engine(peer, scene, !scene.client, true)),
        scene.client);
  }

  private static SSLContext context(EngineContexts.Maker maker, boolean client) throws Exception {
    var key = client ? TestCertificates.client() : TestCertificates.server();
    return maker.make(EngineContexts.keys(key), EngineContexts.trust());
  }

  private static SSLEngine engine(SSLContext context, Scene scene, boolean client, boolean names) {
    SSLEngine engine =
        client ? context.createSSLEngine(TestCertificates.NAME, 443) : context.createSSLEngine();
    engine.setUseClientMode(client);
    SSLParameters parameters = engine.getSSLParameters();
    String version = scene.suite.equals(SUITE_1_3) ? "TLSv1.3" : "TLSv1.2";
    parameters.setProtocols(new String[] {version});
    if (names) {
      parameters.setCipherSuites(new String[] {scene.suite});
    }
    parameters.setNeedClientAuth(!client && scene.clientAuth);
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static void same(TlsProvider provider, Scene scene, Script script) throws Exception {
    assertThat(story(EngineContexts.of(provider), scene, script))
        .as(provider.id() + " as " + scene)
        .isEqualTo(story(EngineContexts::jdk, scene, script));
  }

  private static List<String> story(EngineContexts.Maker maker, Scene scene, Script script)
      throws Exception {
    Pair pair = pair(maker, scene);
    pair.shakeHands();
    // Tickets come as each library likes.
    exchange(pair.peer, pair.own);
    exchange(pair.own, pair.peer);
    pair.own.story.clear();
    script.play(pair.own, pair.peer);
    return pair.own.story;
  }

  /// Brings a greeting over, with all that comes before and after it.
  private static void exchange(EngineEnd from, EngineEnd to) {
    to.unwrapAll(from.wrapAll(HELLO));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void shakesHandsAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    Pair model = pair(EngineContexts::jdk, scene);
    model.shakeHands();
    Pair pair = pair(EngineContexts.of(provider), scene);
    pair.shakeHands();
    assertThat(turns(pair)).as(provider.id() + " as " + scene).isEqualTo(turns(model));
    assertThat(pair.own.engine.getSession().getCipherSuite()).isEqualTo(scene.suite);
    assertThat(pair.own.engine.getSession().getPacketBufferSize())
        .isEqualTo(model.own.engine.getSession().getPacketBufferSize());
    assertThat(pair.own.engine.getSession().getApplicationBufferSize())
        .isGreaterThanOrEqualTo(model.own.engine.getSession().getApplicationBufferSize());
  }

  /// {@return each kind of turn once} How many records there are, and when a client sends its
  /// change_cipher_spec of TLS 1.3 (RFC 8446 §D.4), is each library's choice.
  private static List<String> turns(Pair pair) {
    return pair.own.story.stream()
        .filter(line -> !line.equals("wrap OK NEED_WRAP") && !line.equals("unwrap OK NEED_UNWRAP"))
        .distinct()
        .toList();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void wrapsAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    same(
        provider,
        scene,
        (own, _) -> {
          own.wrap(NOTHING);
          own.wrap(HELLO, 100);
          own.wrap(HELLO, 16_708);
          own.wrap(NOTHING, 100);
          own.wrap(HELLO, 16_709);
          own.wrap(new byte[16_000]);
          own.tellState();
        });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void takesARecordAtOnceAtMost(TlsProvider provider, Scene scene) throws Exception {
    List<String> story =
        story(EngineContexts.of(provider), scene, (own, _) -> own.wrap(new byte[20_000]));
    assertThat(story.getFirst()).startsWith("wrap OK N").endsWith(" a part +");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void unwrapsAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    same(
        provider,
        scene,
        (own, peer) -> {
          byte[] record = peer.wrap(new byte[100]);
          own.unwrap(NOTHING);
          own.unwrap(NOTHING, 0);
          own.unwrap(Arrays.copyOf(record, 3));
          own.unwrap(Arrays.copyOf(record, 3), 16_383);
          own.unwrap(Arrays.copyOf(record, 5));
          own.unwrap(Arrays.copyOf(record, record.length - 1));
          for (int room = 90; room <= 102; room++) {
            own.unwrap(Arrays.copyOf(record, record.length - 1), room);
          }
          own.unwrap(record, 99);
          own.unwrap(record, record.length);
          byte[] both = EngineEnd.join(peer.wrap(HELLO), peer.wrap(HELLO));
          assertThat(own.unwrap(both)).isEqualTo(HELLO);
          own.tellState();
        });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void closesFirstAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    Script script =
        (own, peer) -> {
          byte[] late = peer.wrap(HELLO);
          own.closeOutbound();
          own.wrap(HELLO, 100);
          byte[] end = own.wrap(HELLO);
          own.tellState();
          own.wrap(HELLO);
          own.closeOutbound();
          own.unwrap(late);
          peer.unwrap(end);
          peer.closeOutbound();
          own.unwrap(peer.wrap(NOTHING));
          own.tellState();
          own.unwrap(HELLO);
          own.closeInbound();
        };
    List<String> model = new ArrayList<>(story(EngineContexts::jdk, scene, script));
    if (provider.id().equals("s2n") && scene.suite.equals(SUITE_GCM)) {
      // Of TLS 1.2 it drops what comes after its own close_notify (RFC 5246 §7.2.1).
      model.replaceAll(line -> line.equals("unwrap OK NOT_HANDSHAKING 34 5") ? DROPPED : line);
      assertThat(model).contains(DROPPED);
    }
    assertThat(story(EngineContexts.of(provider), scene, script))
        .as(provider.id() + " as " + scene)
        .isEqualTo(model);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void answersTheEndAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    same(
        provider,
        scene,
        (own, peer) -> {
          peer.closeOutbound();
          own.unwrap(peer.wrap(NOTHING));
          own.tellState();
          own.wrap(HELLO);
          own.tellState();
          own.closeInbound();
          own.closeOutbound();
          own.wrap(NOTHING);
          own.wrap(NOTHING);
          own.tellState();
        });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void tellsTruncationAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    same(
        provider,
        scene,
        (own, peer) -> {
          own.closeInbound();
          own.closeInbound();
          own.unwrap(peer.wrap(HELLO));
          own.closeOutbound();
          own.wrap(NOTHING);
          own.tellState();
        });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void refusesBadRecordsAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    same(
        provider,
        scene,
        (own, peer) -> {
          byte[] record = peer.wrap(HELLO);
          record[record.length - 1] ^= 1;
          own.unwrap(record);
          own.tellState();
          byte[] alert = own.wrap(HELLO);
          assertThat(alert).isNotEmpty();
          assertThat(alert[0]).as("an alert, or one in disguise").isIn((byte) 21, (byte) 23);
          own.tellState();
          own.unwrap(record);
          own.wrap(HELLO);
        });
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void refusesGarbageAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    List<List<String>> stories = new ArrayList<>();
    for (EngineContexts.Maker maker :
        List.<EngineContexts.Maker>of(EngineContexts::jdk, EngineContexts.of(provider))) {
      EngineEnd own = pair(maker, scene).own;
      own.wrap(NOTHING);
      own.unwrap(GARBAGE);
      own.wrapAll(NOTHING);
      own.story.removeIf(line -> line.startsWith("wrap CLOSED")); // an alert, or none
      own.tellState();
      stories.add(own.story);
    }
    assertThat(stories.get(1)).isEqualTo(stories.get(0));
  }

  /// The JDK takes "E" for a version and waits for the rest of a record that never comes.
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void refusesGarbageAfterTheHandshakeAtOnce(TlsProvider provider, Scene scene) throws Exception {
    List<String> story = story(EngineContexts.of(provider), scene, (own, _) -> own.unwrap(GARBAGE));
    assertThat(story).containsExactly("unwrap SSLException");
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void closesBeforeTheHandshakeAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    List<List<String>> stories = new ArrayList<>();
    for (EngineContexts.Maker maker :
        List.<EngineContexts.Maker>of(EngineContexts::jdk, EngineContexts.of(provider))) {
      EngineEnd own = pair(maker, scene).own;
      own.tellState();
      own.closeOutbound();
      own.wrap(NOTHING);
      own.unwrap(HELLO);
      own.closeInbound();
      own.unwrap(HELLO);
      stories.add(own.story);
    }
    assertThat(stories.get(1)).isEqualTo(stories.get(0));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("scenes")
  void refusesMisuseAsTheJdkDoes(TlsProvider provider, Scene scene) throws Exception {
    List<List<String>> stories = new ArrayList<>();
    for (EngineContexts.Maker maker :
        List.<EngineContexts.Maker>of(EngineContexts::jdk, EngineContexts.of(provider))) {
      EngineEnd undecided = new EngineEnd(context(maker, scene.client).createSSLEngine());
      undecided.wrap(NOTHING);
      undecided.unwrap(NOTHING);
      EngineEnd begun = pair(maker, scene).own;
      begun.wrap(NOTHING, 100);
      begun.tellMisuse();
      undecided.story.addAll(begun.story);
      stories.add(undecided.story);
    }
    assertThat(stories.get(1)).isEqualTo(stories.get(0));
  }
}
