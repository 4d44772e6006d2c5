// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.server.Limits;
import dev.pingora.core.server.Server;
import dev.pingora.core.server.ServerConf;
import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.ListeningService;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.runtime.BufferBudget;
import dev.pingora.runtime.RequestThread;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.Gate;
import dev.pingora.testkit.ScriptedClient;
import dev.pingora.testkit.TestContent;
import dev.pingora.testkit.Wire;
import dev.pingora.testkit.tls.RemoteKeys;
import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientHello;
import dev.pingora.tls.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS listeners by the JDK's own library, with the JDK's own sockets as clients.
final class TlsListenerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// A server that echoes over TLS and keeps the digests of its connections.
  private static final class Echo implements AutoCloseable {
    final LinkedBlockingQueue<SslDigest> digests = new LinkedBlockingQueue<>();
    final Server server;
    final ListeningService service;

    Echo(TlsSettings settings) throws Exception {
      this(ServerConf.defaults(), settings);
    }

    Echo(ServerConf conf, TlsSettings settings) throws Exception {
      this(conf, Limits.defaults(), settings);
    }

    Echo(ServerConf conf, Limits limits, TlsSettings settings) throws Exception {
      server = Server.create(conf.toBuilder().threads(1).build(), limits);
      service =
          ListeningService.tcp(
              "echo",
              (stream, _) -> {
                SslDigest digest = stream.digest().ssl();
                digests.add(digest == null ? fail() : digest);
                ByteBuffer buffer = ByteBuffer.allocate(16_000);
                while (stream.read(buffer) >= 0) {
                  stream.write(buffer.flip());
                  buffer.clear();
                }
              });
      service.addTlsWithSettings("127.0.0.1:0", settings.withProvider("jsse"));
      server.addService(service);
      server.start();
    }

    private static SslDigest fail() {
      throw new AssertionError("no TLS");
    }

    int port() {
      return ((InetSocketAddress) service.addresses().getFirst()).getPort();
    }

    SslDigest digest() throws InterruptedException {
      SslDigest digest = digests.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return digest == null ? fail() : digest;
    }

    /// A client that has not shaken hands yet.
    SSLSocket client(String name, @Nullable CertKey own) throws Exception {
      return client(context(own), name);
    }

    SSLSocket client(SSLContext context, String name) throws IOException {
      SSLSocket socket =
          (SSLSocket)
              context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      parameters.setApplicationProtocols(new String[] {"echo", "other"});
      socket.setSSLParameters(parameters);
      return socket;
    }

    @Override
    public void close() {
      server.shutdown(Shutdown.FAST);
      server.awaitEnd();
    }
  }

  private static SSLContext context(@Nullable CertKey own) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null);
    trusted.setCertificateEntry("root", TestCertificates.root());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null);
    if (own != null) {
      store.setKeyEntry(
          "own",
          own.privateKey(),
          new char[0],
          own.chain().toArray(new java.security.cert.X509Certificate[0]));
    }
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static TlsSettings settings() {
    return TlsSettings.of(TestCertificates.server());
  }

  private static String exchange(SSLSocket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(ISO_8859_1));
    return new String(client.getInputStream().readNBytes(text.length()), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void carriesBytesOfAnyProtocol(boolean offloaded) throws Exception {
    byte[] content = TestContent.of(3_000_000);
    try (Echo echo = new Echo(settings().withOffload(offloaded));
        SSLSocket client = echo.client(TestCertificates.NAME, null)) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  client.getOutputStream().write(content);
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(content);
      writer.join();
    }
  }

  /// The device may be slow: nobody else waits for it.
  @Test
  void keysKeptElsewhereDoNotBlockTheLoop() throws Exception {
    Gate signing = new Gate("the device was asked");
    Gate sign = new Gate("the device may sign");
    AtomicInteger asked = new AtomicInteger();
    Runnable device =
        () -> {
          if (asked.incrementAndGet() == 2) { // the first is the check at load
            signing.open();
            sign.await();
          }
        };
    try (RemoteKeys keys = new RemoteKeys(device)) {
      CertKey own = TestCertificates.server();
      CertKey kept = CertKey.of(own.chain(), keys.keep(own.privateKey()), "test");
      try (Echo echo = new Echo(TlsSettings.of(kept));
          SSLSocket slow = echo.client(TestCertificates.NAME, null);
          SSLSocket other = echo.client(TestCertificates.NAME, null)) {
        CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> unchecked(slow, "a"));
        signing.await();
        assertThat(exchange(other, "b")).isEqualTo("b");
        sign.open();
        assertThat(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("a");
      }
    }
  }

  private static String unchecked(SSLSocket client, String text) {
    try {
      return exchange(client, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void theDigestSaysWhatWasAgreedOn() throws Exception {
    TlsSettings settings =
        settings()
            .withAlpn(List.of("echo"), false)
            .withClientAuth(ClientAuth.REQUIRED, TestCertificates.roots())
            .withCallbacks(
                new TlsCallbacks() {
                  @Override
                  public Object handshakeComplete(SslDigest digest, RequestThread thread) {
                    return "kept for " + digest.serverName();
                  }
                });
    SSLContext context = context(TestCertificates.client());
    try (Echo echo = new Echo(settings)) {
      try (SSLSocket client = echo.client(context, TestCertificates.NAME)) {
        assertThat(exchange(client, "x")).isEqualTo("x");
      }
      SslDigest digest = echo.digest();
      assertThat(digest.version()).isEqualTo(TlsVersion.TLS_1_3);
      assertThat(digest.cipher()).startsWith("TLS_AES_");
      assertThat(digest.alpn()).isEqualTo("echo");
      assertThat(digest.serverName()).isEqualTo(TestCertificates.NAME);
      assertThat(digest.resumed()).isFalse();
      assertThat(digest.ja4()).matches("t13d\\d{4}eo_[0-9a-f]{12}_[0-9a-f]{12}");
      assertThat(digest.handshakeNanos()).isPositive();
      assertThat(digest.peerChain().getFirst()).isEqualTo(TestCertificates.client().leaf());
      assertThat(digest.serialNumber()).isEqualToIgnoringCase(hex(TestCertificates.client()));
      assertThat(digest.peerSha256()).hasSize(32);
      assertThat(digest.extension(String.class)).isEqualTo("kept for " + TestCertificates.NAME);
      assertThat(digest.extension(Integer.class)).isNull();
      assertThat(digest.toString()).startsWith("TLSv1.3 TLS_AES_").contains(" peer ");
      try (SSLSocket again = echo.client(context, TestCertificates.NAME)) {
        assertThat(exchange(again, "y")).isEqualTo("y");
      }
      assertThat(echo.digest().clientHello()).isNotNull();
    }
  }

  private static String hex(CertKey key) {
    String digits = key.leaf().getSerialNumber().toString(16);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  @Test
  void aCallbackThatBlocksHoldsNobodyElseUp() throws Exception {
    Gate gate = new Gate("the certificate may be chosen");
    CertKey other = TestCertificates.wrongName();
    TlsSettings settings =
        settings()
            .withCallbacks(
                new TlsCallbacks() {
                  @Override
                  public @Nullable CertKey certificate(ClientHello hello, RequestThread thread)
                      throws Exception {
                    if ("other.example".equals(hello.serverName())) {
                      gate.await();
                      return other;
                    }
                    return null;
                  }
                });
    try (Echo echo = new Echo(settings);
        SSLSocket slow = echo.client("other.example", null);
        SSLSocket quick = echo.client(TestCertificates.NAME, null)) {
      CompletableFuture<String> late =
          CompletableFuture.supplyAsync(() -> {
            try {
              return exchange(slow, "slow");
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      assertThat(exchange(quick, "quick")).isEqualTo("quick");
      assertThat(late).isNotDone();
      gate.open();
      assertThat(late.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("slow");
      assertThat(slow.getSession().getPeerCertificates()[0]).isEqualTo(other.leaf());
    }
  }

  @Test
  void aCallbackThatThrowsRefusesTheConnectionAndNoOther() throws Exception {
    TlsSettings settings =
        settings()
            .withCallbacks(
                new TlsCallbacks() {
                  @Override
                  public @Nullable CertKey certificate(ClientHello hello, RequestThread thread)
                      throws ProxyException {
                    if ("other.example".equals(hello.serverName())) {
                      throw new IllegalStateException("not this one");
                    }
                    if ("denied.example".equals(hello.serverName())) {
                      throw ProxyException.internal(ErrorKind.status(403), "not you");
                    }
                    return null;
                  }
                });
    try (Echo echo = new Echo(settings);
        SSLSocket broken = echo.client("other.example", null);
        SSLSocket denied = echo.client("denied.example", null);
        SSLSocket served = echo.client(TestCertificates.NAME, null)) {
      assertThatThrownBy(broken::startHandshake).hasMessageContaining("internal_error");
      assertThatThrownBy(denied::startHandshake).hasMessageContaining("access_denied");
      assertThat(exchange(served, "served")).isEqualTo("served");
    }
  }

  @Test
  void whoSaysNothingIsGivenUp() throws Exception {
    try (Echo echo = new Echo(settings().withHandshakeTimeout(Duration.ofMillis(100)));
        Wire silent = ScriptedClient.tcp(echo.port());
        Wire begun = ScriptedClient.tcp(echo.port())) {
      begun.send(new byte[] {22, 3, 1, 0, 100, 1});
      assertThat(silent.readToEnd()).isEmpty();
      assertThat(begun.readToEnd().length).isLessThanOrEqualTo(7);
    }
  }

  @Test
  void aHelloThatNeverEndsIsCutOff() throws Exception {
    byte[] piece = new byte[16 * 1024 + 5];
    System.arraycopy(
        new byte[] {22, 3, 1, 0x40, 0, 1, 0, (byte) 0xff, (byte) 0xff}, 0, piece, 0, 9);
    byte[] more = new byte[16 * 1024 + 5];
    System.arraycopy(new byte[] {22, 3, 1, 0x40, 0}, 0, more, 0, 5);
    try (Echo echo = new Echo(settings());
        Wire client = ScriptedClient.tcp(echo.port())) {
      client.send(piece).send(more).send(more).send(more);
      assertThat(client.readToEnd().length).isLessThanOrEqualTo(7);
    }
  }

  /// 10,000 connections with 64 KiB each are more than the heap has: unfinished hellos count as
  /// memory that clients have the server keep.
  @Test
  void hellosThatNeverEndLeaveRoomForOthers() throws Exception {
    byte[] record = new byte[16 * 1024 + 5];
    System.arraycopy(new byte[] {22, 3, 1, 0x40, 0, 1, 0, (byte) 0xf0, 0}, 0, record, 0, 9);
    byte[] more = Arrays.copyOf(new byte[] {22, 3, 1, 0x40, 0}, 10_000);
    Limits limits = Limits.defaults().toBuilder().bufferedBytes(4 << 20).build();
    TlsSettings hasty = settings().withHandshakeTimeout(Duration.ofSeconds(3));
    try (Echo echo = new Echo(ServerConf.defaults(), limits, hasty);
        SSLSocket served = echo.client(TestCertificates.NAME, null)) {
      assertThat(exchange(served, "before")).isEqualTo("before");
      BufferBudget budget = echo.server.runtime().loops().bufferBudget();
      long share = budget.share();
      List<Wire> hoarders = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        hoarders.add(ScriptedClient.tcp(echo.port()).send(record).send(more));
      }
      Eventually.holds("little is left", () -> budget.share() < share / 5 * 2);
      assertThat(exchange(served, "served")).isEqualTo("served");
      // Some find no buffer to be read into; they end by their time.
      assertThat(hoarders.stream().map(Wire::readToEnd))
          .contains(new byte[] {21, 3, 3, 0, 2, 2, 80});
      // But for the buffers that the loop keeps for the next.
      Eventually.holds("it was given back", () -> budget.share() > share / 5 * 2);
    }
  }

  @Test
  void handshakesAboveTheRateAreNotBegun() throws Exception {
    try (Echo echo = new Echo(settings().withHandshakesPerSecond(1))) {
      for (int i = 0; i < 5; i++) {
        ScriptedClient.tcp(echo.port()).close(); // takes no token: it says nothing
      }
      try (Wire silent = ScriptedClient.tcp(echo.port());
          SSLSocket client = echo.client(TestCertificates.NAME, null)) {
        silent.expectNothingYet();
        assertThat(exchange(client, "x")).isEqualTo("x");
      }
      boolean refused = false;
      for (int i = 0; i < 100 && !refused; i++) {
        try (Wire nonsense = ScriptedClient.tcp(echo.port())) {
          nonsense.send("nonsense").skipToGone();
          refused = nonsense.received().isEmpty(); // not even an alert
        }
      }
      assertThat(refused).isTrue();
      Eventually.holds("tokens come back", () -> isServed(echo));
    }
  }

  private static boolean isServed(Echo echo) {
    try (SSLSocket client = echo.client(TestCertificates.NAME, null)) {
      return exchange(client, "x").equals("x");
    } catch (Exception e) {
      return false; // too early
    }
  }

  @Test
  void theEndOfTheServerIsToldProperly() throws Exception {
    try (Echo echo =
            new Echo(
                ServerConf.defaults().toBuilder().gracePeriod(Duration.ofSeconds(1)).build(),
                settings());
        SSLSocket client = echo.client(TestCertificates.NAME, null)) {
      assertThat(exchange(client, "x")).isEqualTo("x");
      echo.server.shutdown(Shutdown.FAST);
      assertThat(client.getInputStream().read()).isEqualTo(-1); // not "closed inbound"
    }
  }

  @Test
  void providersThatAreNotThereAreNamed() {
    Server server = Server.create(ServerConf.defaults().toBuilder().threads(1).build());
    ListeningService service =
        ListeningService.tcp("none", (_, _) -> {})
            .addTlsWithSettings("127.0.0.1:0", settings().withProvider("gnutls"));
    server.addService(service);
    assertThatThrownBy(server::start)
        .hasStackTraceContaining("no TLS provider \"gnutls\" (expected: auto, or one of [");
  }
}
