// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problem;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.configuration.YamlReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The library's configuration file.
final class ServerConfTest {

  private static final String FULL =
      """
      version: 1
      threads: ${THREADS:-4}
      work_stealing: true
      transport: io_uring
      grace_period_seconds: 30
      graceful_shutdown_timeout_seconds: 1
      client_bind_to_ipv4: [127.0.0.2, 127.0.0.3]
      client_bind_to_ipv6: ["::1"]
      upstream_keepalive_pool_size: 64
      max_retries: 5
      max_connections: 1000
      max_blocking_threads: 8
      blocking_threads_ttl_seconds: 3
      log: { level: warning, format: json }
      resolver: { servers: ["127.0.0.53:53"], min_ttl: 2s, max_ttl: 10m, negative_ttl: 1s }
      mine: { colour: red, list: [1, null] }
      """;

  private static ServerConf parse(String text) throws ConfigurationException {
    return ServerConf.parse(text, "conf.yaml", Map.of());
  }

  private static List<String> problems(String text) {
    try {
      parse(text);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems().stream().map(Problem::toString).toList();
    }
  }

  @Test
  void anEmptyFileIsTheDefaults() throws ConfigurationException {
    assertThat(parse("").toBuilder().extra(ConfigNode.Mapping.empty()).build())
        .isEqualTo(ServerConf.defaults());
  }

  @Test
  void everySupportedKeyIsRead() throws ConfigurationException {
    ServerConf conf = parse(FULL);
    assertThat(conf.toBuilder().extra(ConfigNode.Mapping.empty()).build())
        .isEqualTo(
            ServerConf.builder()
                .threads(4)
                .workStealing(true)
                .transport(ServerConf.Transport.IO_URING)
                .gracePeriod(ofSeconds(30))
                .gracefulShutdownTimeout(ofSeconds(1))
                .clientBindToIpv4(
                    List.of(InetAddress.ofLiteral("127.0.0.2"), InetAddress.ofLiteral("127.0.0.3")))
                .clientBindToIpv6(List.of(InetAddress.ofLiteral("::1")))
                .upstreamKeepalivePoolSize(64)
                .maxRetries(5)
                .maxConnections(1000)
                .maxBlockingThreads(8)
                .blockingThreadsTtl(ofSeconds(3))
                .log(new LogConf(System.Logger.Level.WARNING, LogConf.Format.JSON))
                .resolver(
                    new ResolverConf(
                        List.of(new InetSocketAddress("127.0.0.53", 53)),
                        ofSeconds(2),
                        Duration.ofMinutes(10),
                        ofSeconds(1)))
                .build());
  }

  @Test
  void unknownKeysAreKeptForTheLibrarysUser() throws ConfigurationException {
    ConfigNode.Mapping extra = parse(FULL).extra();
    assertThat(extra.entries()).containsOnlyKeys("mine");
    assertThat(KeyPath.root().key("mine").key("colour").placeIn(extra)).hasToString("conf.yaml:16");
  }

  @Test
  void aUserReadsOwnBlocksWithTheSameTables() throws ConfigurationException {
    ConfigNode.Mapping extra = parse("limits: { idle_timeout: 5s, drain: { time: 2s } }\n").extra();
    ConfigNode limits = extra.get("limits");
    assertThat(limits).isNotNull();
    var problems = new Problems();
    assertThat(Limits.block().read(limits, KeyPath.root().key("limits"), problems))
        .isEqualTo(Limits.builder().idleTimeout(ofSeconds(5)).drainTime(ofSeconds(2)).build());
    assertThat(problems.isEmpty()).isTrue();
  }

  @Test
  void whatIsWrittenIsReadAgain() throws ConfigurationException {
    ServerConf conf = parse(FULL);
    String yaml = conf.toYaml();
    assertThat(yaml).contains("threads: 4").contains("level: warning").contains("colour: red");
    ServerConf again = ServerConf.parse(yaml, "again.yaml", Map.of());
    assertThat(again.toBuilder().extra(conf.extra()).build()).isEqualTo(conf);
    assertThat(again.toYaml()).isEqualTo(yaml);
  }

  @Test
  void whatLooksLikeAVariableIsWrittenSoThatItStays() throws ConfigurationException {
    ServerConf conf = parse("mine: '$${HOME}'\n");
    assertThat(conf.toYaml()).contains("$${HOME}");
    assertThat(ServerConf.parse(conf.toYaml(), "f", Map.of()).toYaml()).isEqualTo(conf.toYaml());
  }

  @Test
  void theDefaultsAreWrittenAndReadAgain() throws ConfigurationException {
    String yaml = ServerConf.defaults().toYaml();
    assertThat(parse(yaml).toYaml()).isEqualTo(yaml);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "daemon",
        "error_log",
        "pid_file",
        "upgrade_sock",
        "user",
        "group",
        "working_directory",
        "listener_tasks_per_fd",
        "ca_file",
        "upstream_connect_offload_threadpools",
        "upstream_connect_offload_thread_per_pool",
        "upstream_debug_ssl_keylog",
        "upgrade_sock_connect_accept_max_retries",
        "daemon_wait_for_ready",
        "daemon_ready_timeout_seconds",
        "daemon_notify_timeout_seconds"
      })
  void keysWhoseFeatureDoesNotWorkYetAreRefused(String key) {
    assertThat(problems("threads: 1\n" + key + ": 1\n"))
        .containsExactly("conf.yaml:2: " + key + ": not yet supported");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "version: 2~version: is 2 (expected: 1..1)",
        "threads: -1~threads: is -1 (expected: 0..1024)",
        "threads: 1025~threads: is 1025 (expected: 0..1024)",
        "threads: many~threads: \"many\" is not a whole number (expected: 0..1024)",
        "work_stealing: yes~work_stealing: is \"yes\" (expected: true or false)",
        "transport: iouring~transport: is \"iouring\" (expected: auto | epoll | kqueue | nio |"
            + " io_uring)",
        "grace_period_seconds: 5s~grace_period_seconds: \"5s\" is not a whole number (expected:"
            + " 0..86400)",
        "client_bind_to_ipv4: [\"::1\"]~client_bind_to_ipv4[0]: \"::1\" is no IPv4 address"
            + " (expected: IPv4 address)",
        "client_bind_to_ipv6: 1~client_bind_to_ipv6: is not a list (expected: [IPv6 address, …])",
        "max_retries: 101~max_retries: is 101 (expected: 0..100)",
        "max_blocking_threads: 0~max_blocking_threads: is 0 (expected: 1..65536)",
        "blocking_threads_ttl_seconds: 0~blocking_threads_ttl_seconds: is 0 (expected: 1..86400)",
        "log: { level: loud }~log.level: is \"loud\" (expected: trace | debug | info | warning |"
            + " error | off)",
        "log: { levle: info }~log.levle: unknown key (did you mean: level)",
        "resolver: { min_ttl: 2s, max_ttl: 1s }~resolver.min_ttl: is above max_ttl (expected: at"
            + " most max_ttl)",
        "resolver: { max_ttl: 25h }~resolver.max_ttl: is 25h (expected: 0s..24h, as 10ms, 5s, 2m,"
            + " 1h)",
      })
  void badValuesAreToldWithTheExpectedForm(String line, String message) {
    assertThat(problems(line + "\n")).containsExactly("conf.yaml:1: " + message);
  }

  @Test
  void aNameServerIsAnAddress() {
    String form = " (expected: system or [ip:port, [ipv6]:port, host:port or unix:/path, …])";
    assertThat(problems("resolver: { servers: [\"dns.example:53\"] }"))
        .containsExactly(
            "conf.yaml:1: resolver.servers[0]: \"dns.example:53\" is no IP address with a port"
                + " (expected: ip:port, [ipv6]:port, host:port or unix:/path)");
    assertThat(problems("resolver: { servers: sytsem }"))
        .containsExactly("conf.yaml:1: resolver.servers: is \"sytsem\"" + form);
  }

  @Test
  void allProblemsAreToldInTheOrderOfTheFile() {
    assertThat(problems("threads: x\ntransport: y\nmax_retries: z\n"))
        .extracting(p -> p.substring(0, 12))
        .containsExactly("conf.yaml:1:", "conf.yaml:2:", "conf.yaml:3:");
  }

  @Test
  void aFileIsReadWithTheGivenEnvironment(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("conf.yaml"), "threads: ${N}\n");
    assertThat(ServerConf.load(file, Map.of("N", "7")).threads()).isEqualTo(7);
    assertThatThrownBy(() -> ServerConf.load(file, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(file + ":1: threads: environment variable N is not set");
  }

  @Test
  void theCommandLineNamesTheFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("conf.yaml"), "threads: 7\n");
    assertThat(ServerConf.load(Options.parse("-c", file.toString())).threads()).isEqualTo(7);
    assertThat(ServerConf.load(Options.none())).isEqualTo(ServerConf.defaults());
  }

  @Test
  void theCommandLineTurnsTheDaemonOnAndNeverOff() {
    var asked = new Options(null, false, true, false, false, false);
    assertThat(ServerConf.defaults().mergedWith(asked).daemon()).isTrue();
    ServerConf daemon = ServerConf.builder().daemon(true).build();
    assertThat(daemon.mergedWith(Options.none()).daemon()).isTrue();
  }

  @Test
  void valuesMadeByCodeAreCheckedToo() {
    assertThatThrownBy(() -> ServerConf.builder().maxBlockingThreads(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max_blocking_threads: is 0 (expected: 1..65536)");
    assertThatThrownBy(() -> ServerConf.builder().daemonReadyTimeout(Duration.ZERO).build())
        .hasMessage("daemon_ready_timeout_seconds: is 0 (expected: 1..86400)");
    assertThatThrownBy(() -> Limits.builder().headerFields(0).build())
        .hasMessage("header_fields: is 0 (expected: 1..10000)");
    assertThatThrownBy(() -> SocketOptions.builder().dscp(64).build())
        .hasMessage("dscp: is 64 (expected: 0..63)");
    assertThatThrownBy(() -> TcpKeepalive.builder().idle(Duration.ofMillis(1)).build())
        .hasMessageStartingWith("keepalive.idle: is 1ms (expected: 1s..32767s");
  }

  @Test
  void socketOptionsAreReadFromAFile() {
    var problems = new Problems();
    ConfigNode.Mapping top =
        YamlReader.parse(
            "{backlog: 16, fastopen: 8, keepalive: {idle: 30s, count: 2}, dscp: 46,"
                + " receive_buffer: 64KiB, send_buffer: 1MiB, reuse_port: false}",
            "f",
            Map.of(),
            problems);
    SocketOptions socket = SocketOptions.block().read(top, KeyPath.root(), problems);
    assertThat(problems.list()).isEmpty();
    assertThat(socket)
        .isEqualTo(
            new SocketOptions(
                16,
                8,
                new TcpKeepalive(ofSeconds(30), ofSeconds(10), 2, Duration.ZERO),
                46,
                65536,
                1 << 20,
                false,
                null));
  }

  /// Whatever the file holds, the answer is a configuration or a list of problems.
  @Test
  void mutatedFilesNeverEndInAnythingElse() {
    var random = new Random(97);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] text = FULL.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      List<Byte> bytes = new ArrayList<>();
      for (byte b : text) {
        bytes.add(b);
      }
      for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
        mutate(bytes, random);
      }
      byte[] mutated = new byte[bytes.size()];
      for (int i = 0; i < mutated.length; i++) {
        mutated[i] = bytes.get(i);
      }
      var problems = new Problems();
      ConfigNode.Mapping top = YamlReader.parse(mutated, "f", Map.of("A", "1"), problems);
      ServerConf.block().readOpen(top, KeyPath.root(), problems, _ -> {});
      refused += problems.isEmpty() ? 0 : 1;
      assertThat(problems.list()).allSatisfy(p -> assertThat(p.toString()).doesNotContain("\n"));
    }
    assertThat(refused).isBetween(5_000, 19_500);
  }

  private static final String ODD = "{}[]:,&*!|>'\"%@`#-?\t\n\0${~\\U\u007f";

  private static void mutate(List<Byte> bytes, Random random) {
    int at = random.nextInt(bytes.size());
    byte odd = (byte) ODD.charAt(random.nextInt(ODD.length()));
    switch (random.nextInt(4)) {
      case 0 -> bytes.set(at, odd);
      case 1 -> bytes.add(at, odd);
      case 2 -> bytes.set(at, (byte) random.nextInt(256));
      default -> bytes.remove(at);
    }
  }
}
