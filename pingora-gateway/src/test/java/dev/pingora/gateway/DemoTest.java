// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.server.Shutdown;
import dev.pingora.core.services.Addresses;
import dev.pingora.testkit.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What somebody sees who starts `./pingora` for the first time.
class DemoTest {
  @Test
  void originsAnswerInTurnAndTheGreetingTellsTheTruth() throws Exception {
    try (Demo demo = Demo.open("127.0.0.1:0", "127.0.0.1:0")) {
      demo.gateway().start();
      String address = Addresses.text(demo.gateway().addresses().getFirst());
      assertThat(demo.greeting()).contains("a gateway on http://" + address, "access_log");
      List<String> said = new ArrayList<>();
      for (String line : commands(demo.greeting())) {
        said.add(Tool.run("sh", "-c", line + " -sS").orFail().out());
        said.add(Tool.run("sh", "-c", line + " -sS").orFail().out());
      }
      assertThat(said).hasSize(8);
      assertThat(said.get(0)).startsWith("HTTP/1.1 200").contains("origin a was asked for /");
      assertThat(said.get(1)).startsWith("HTTP/1.1 200").contains("origin b was asked for /");
      assertThat(said.get(2)).startsWith("HTTP/1.1 200").contains("hello from the gateway itself");
      assertThat(said.get(4)).startsWith("HTTP/1.1 400").contains("Connection: close");
      assertThat(said.get(6)).startsWith("HTTP/2 200").contains("was asked for /");
      demo.gateway().server().shutdown(Shutdown.FAST);
    }
  }

  /// The lines of the greeting that begin with `curl`, without their comments.
  private static List<String> commands(String greeting) {
    List<String> commands = new ArrayList<>();
    Matcher lines = Pattern.compile("(?m)^ *(curl .*?)( *#.*)?$").matcher(greeting);
    while (lines.find()) {
      commands.add(lines.group(1));
    }
    return commands;
  }
}
