// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.Eventually;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gateways as processes of their own, started as `./pingora` does it, and stopped by signals.
final class StopOnSignalTest {
  /// Far below the grace period.
  private static final int LIMIT_SECONDS = 30;

  private static final String LISTENS = "gateway listens on 127.0.0.1:";

  @TempDir Path directory;

  /// A gateway that runs.
  private record Child(Process process, BufferedReader errors, int port) implements AutoCloseable {
    void signal(String name) throws Exception {
      Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
      assertThat(kill.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(kill.exitValue()).isZero();
    }

    int exit() throws InterruptedException {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
      return process.exitValue();
    }

    Socket client() throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(LIMIT_SECONDS * 1000);
      return socket;
    }

    boolean refuses() {
      try (Socket socket = client()) {
        return !socket.isConnected();
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      errors.close();
    }
  }

  private Child start(boolean blocked, int upstream) throws Exception {
    List<String> command = new ArrayList<>();
    if (blocked) {
      command.addAll(List.of("env", "--block-signal=QUIT,TERM,INT,HUP,USR1"));
    }
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
    if (blocked) {
      command.add("-Xrs");
    }
    command.addAll(List.of("-cp", classPath(), Main.class.getName()));
    command.addAll(List.of("-c", configuration(upstream).toString()));
    Process process = new ProcessBuilder(command).redirectOutput(discard()).start();
    BufferedReader errors = process.errorReader();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      int at = line.indexOf(LISTENS);
      if (at >= 0) {
        return new Child(process, errors, Integer.parseInt(line.substring(at + LISTENS.length())));
      }
    }
    throw new AssertionError("the gateway does not start");
  }

  private static ProcessBuilder.Redirect discard() {
    return ProcessBuilder.Redirect.DISCARD;
  }

  /// Everything that these tests run with, modules or not.
  private static String classPath() {
    String modules = System.getProperty("jdk.module.path", "");
    return modules + File.pathSeparator + System.getProperty("java.class.path");
  }

  private Path configuration(int upstream) throws IOException {
    String text =
        """
        threads: 1
        grace_period_seconds: 300
        access_log: { path: "%s" }
        listeners:
          - address: 127.0.0.1:0
        upstreams:
          app: { servers: ["127.0.0.1:%d"] }
        routes:
          - match: { path: "/" }
            respond: { status: 200, body: "ok" }
          - match: { path: "/slow" }
            upstream: app
        """
            .formatted(accessLog(), upstream);
    return Files.writeString(directory.resolve("gateway.yaml"), text);
  }

  private Path accessLog() {
    return directory.resolve("access.log");
  }

  private static void ask(Socket client, String path) throws IOException {
    String request = "GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    client.getOutputStream().write(request.getBytes(US_ASCII));
  }

  private static void assertAnswers(Child child) throws IOException {
    try (Socket client = child.client()) {
      ask(client, "/");
      assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).endsWith("ok");
    }
  }

  @Test
  void usr1OpensTheAccessLogAnew() throws Exception {
    try (Child child = start(true, 1)) {
      assertAnswers(child);
      Eventually.holds("the request is logged", () -> lines(accessLog()) == 1);
      Path rotated = Files.move(accessLog(), directory.resolve("access.log.1"));
      child.signal("USR1");
      Eventually.holds("there is a new file", () -> Files.exists(accessLog()));
      assertAnswers(child);
      Eventually.holds("the next request is in it", () -> lines(accessLog()) == 1);
      assertThat(lines(rotated)).isEqualTo(1);
    }
  }

  private static long lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "QUIT"})
  void anIdleGatewayEndsWithCodeZero(String signal) throws Exception {
    try (Child child = start(true, 1)) {
      assertAnswers(child);
      child.signal(signal);
      assertThat(child.exit()).isZero();
      assertThat(child.errors().lines()).anyMatch(line -> line.contains("SIG" + signal));
    }
  }

  @Test
  void whatIsUnderWayIsFinished() throws Exception {
    try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child child = start(true, upstream.getLocalPort());
        Socket client = child.client()) {
      ask(client, "/slow");
      try (Socket serving = upstream.accept()) {
        child.signal("TERM");
        Eventually.holds("nobody new is accepted", child::refuses);
        assertThat(child.process().isAlive()).isTrue();
        serving
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone".getBytes(US_ASCII));
        assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII)).endsWith("done");
      }
      assertThat(child.exit()).isZero();
    }
  }

  @Test
  void aSecondSignalCutsOffWhatIsUnderWay() throws Exception {
    try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child child = start(true, upstream.getLocalPort());
        Socket client = child.client()) {
      ask(client, "/slow");
      try (Socket serving = upstream.accept()) {
        assertThat(serving.isConnected()).isTrue();
        child.signal("TERM");
        Eventually.holds("nobody new is accepted", child::refuses);
        assertThat(child.process().isAlive()).isTrue();
        child.signal("INT");
        assertThat(child.exit()).isZero();
      }
    }
  }

  @Test
  void aSignalWithoutMeaningChangesNothing() throws Exception {
    try (Child child = start(true, 1)) {
      child.signal("HUP");
      child.signal("USR1");
      assertAnswers(child);
      child.signal("TERM");
      assertThat(child.exit()).isZero();
    }
  }

  /// 128 + SIGTERM: the JVM's own code, after its shutdown has stopped the server.
  @Test
  void withoutTheLauncherTheShutdownOfTheJvmStopsIt() throws Exception {
    try (Child child = start(false, 1)) {
      assertAnswers(child);
      child.signal("TERM");
      assertThat(child.exit()).isEqualTo(143);
    }
  }
}
