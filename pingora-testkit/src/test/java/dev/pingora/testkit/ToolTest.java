// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ToolTest {
  @Test
  void capturesOutputAndStatus() {
    Tool.Result result =
        Tool.run(Duration.ofSeconds(10), "in", "sh", "-c", "cat; echo err >&2; exit 3");
    assertThat(result.out()).isEqualTo("in");
    assertThat(result.err()).isEqualTo("err\n");
    assertThat(result.exit()).isEqualTo(3);
    assertThatThrownBy(result::orFail)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("exit 3")
        .hasMessageContaining("err");
  }

  @Test
  void killsWhatTakesTooLong() {
    assertThatThrownBy(
            () -> Tool.run(Duration.ofMillis(50), "", "sh", "-c", "echo x; exec sleep 60"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not ended within PT0.05S");
  }

  @Test
  void saysWhatToInstall() {
    assertThatThrownBy(() -> Tool.run("no-such-program"))
        .hasMessage("no-such-program is not installed: apt-get install no-such-program");
  }

  @Test
  void stopsWhatRunsInTheBackground() {
    Tool.Running running = Tool.start("sh", "-c", "echo up; exec sleep 60");
    Eventually.holds("output", () -> running.output().equals("up\n"));
    assertThat(running.isAlive()).isTrue();
    running.close();
    assertThat(running.isAlive()).isFalse();
  }

  @Test
  void curlSpeaksToTheTestOrigin() {
    try (TestOrigin origin = TestOrigin.start()) {
      String url = "http://127.0.0.1:" + origin.port();
      assertThat(Tool.run("curl", "-sS", url + "/a", url + "/b").orFail().out()).isEqualTo("/a/b");
      assertThat(origin.connections()).isEqualTo(1);
      String echo = Tool.run("curl", "-sS", "-d", "some=text", url + "/echo").orFail().out();
      assertThat(echo).isEqualTo("some=text");
    }
  }

  @Test
  void nginxServesFilesAndStops() {
    long pid;
    try (NginxOrigin nginx = NginxOrigin.start().file("big", 1_000_000)) {
      pid = nginx.pid();
      try (Wire client = ScriptedClient.tcp(nginx.port())) {
        client.send(RawHttp.get("/"));
        assertThat(client.readResponse().text()).isEqualTo("nginx\n");
        client.send(RawHttp.get("/files/big"));
        assertThat(client.readResponse().message().content()).isEqualTo(TestContent.of(1_000_000));
      }
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
  }

  @Test
  void nginxSaysWhatIsWrongWithItsConfiguration() {
    assertThatThrownBy(() -> NginxOrigin.start("no_such_directive;"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("unknown directive \"no_such_directive\"");
  }
}
