// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.CertKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The command line, as far as it ends without serving.
class MainTest {
  private static final String VALID =
      """
      listeners:
        - address: 127.0.0.1:${PORT:-6188}
      routes:
        - respond: { body: ok }
      """;

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("gateway.yaml"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h"})
  void helpNamesEveryFlag(String flag) {
    CommandLine.Said said = CommandLine.run(flag);
    assertThat(said.exit()).isZero();
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .startsWith("Usage: pingora")
        .contains("-c, --conf=FILE", "-t, --test", "-V, --version", "-h, --help", "--schema")
        .contains("--self-signed=FOLDER", "--tls-providers")
        .doesNotContain("--nocapture");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void versionIsOneLine(String flag) {
    assertThat(CommandLine.run(flag))
        .isEqualTo(new CommandLine.Said(0, "pingora " + Main.VERSION + "\n", ""));
  }

  @Test
  void testOfAGoodFileSaysSo() throws Exception {
    assertThat(CommandLine.run("-t", "-c", file(VALID).toString()))
        .isEqualTo(new CommandLine.Said(0, "configuration ok\n", ""));
  }

  @Test
  void testFillsVariablesFromTheEnvironment() throws Exception {
    String path = file(VALID).toString();
    CommandLine.Said said = CommandLine.runIn(Map.of("PORT", "many"), "--test", "--conf", path);
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.err())
        .isEqualTo(
            path
                + ":2: listeners[0].address: \"127.0.0.1:many\" has no port"
                + " (expected: ip:port, [ipv6]:port, host:port or unix:/path)\n");
  }

  @Test
  void selfSignedFilesAreWrittenOnceAndServe() throws Exception {
    Path made = folder.resolve("tls");
    assertThat(CommandLine.run("--self-signed", made.toString()))
        .isEqualTo(new CommandLine.Said(0, "", ""));
    Path key = made.resolve("key.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    CertKey read = CertKey.fromPem(made.resolve("cert.pem"), key);
    assertThat(read.names()).containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    String before = Files.readString(key);

    CommandLine.Said again = CommandLine.run("--self-signed", made.toString());
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err())
        .isEqualTo("pingora: " + made.resolve("cert.pem") + " is there already\n");
    assertThat(key).hasContent(before);
  }

  @Test
  void testNeedsAFile() {
    assertThat(CommandLine.run("-t"))
        .isEqualTo(
            new CommandLine.Said(1, "", "--test: no file to check (expected: --conf FILE)\n"));
  }

  @Test
  void missingFileIsOneLine() {
    String missing = folder.resolve("none.yaml").toString();
    assertThat(CommandLine.run("-c", missing))
        .isEqualTo(new CommandLine.Said(1, "", missing + ": cannot be read: no such file\n"));
  }

  @Test
  void folderInsteadOfAFileIsOneLine() {
    assertThat(CommandLine.run("-c", folder.toString()))
        .isEqualTo(new CommandLine.Said(1, "", folder + ": cannot be read: it is a directory\n"));
  }

  @Test
  void unreadableFileIsOneLine() throws Exception {
    Path file = file(VALID);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    CommandLine.Said said = CommandLine.run("-t", "-c", file.toString());
    // root reads everything
    assertThat(said)
        .isIn(
            new CommandLine.Said(1, "", file + ": cannot be read: permission denied\n"),
            new CommandLine.Said(0, "configuration ok\n", ""));
    assertThat(said.exit()).isEqualTo(Files.isReadable(file) ? 0 : 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--config", "-x", "file.yaml"})
  void unknownArgumentIsOneLineThatPointsToHelp(String argument) {
    CommandLine.Said said = CommandLine.run(argument);
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains(argument).endsWith("(see --help)\n").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-d", "--daemon", "-u", "--upgrade"})
  void flagsOfLaterSayNotYet(String flag) {
    CommandLine.Said said = CommandLine.run(flag);
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.err()).endsWith(": not yet supported\n").hasLineCount(1);
  }

  @Test
  void acceptsTheFlagThatTestHarnessesPassOn() {
    assertThat(CommandLine.run("--nocapture", "-V").exit()).isZero();
  }

  @Test
  void addressInUseIsOneLine() throws Exception {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
      int port = taken.getLocalPort();
      CommandLine.Said said =
          CommandLine.runIn(Map.of("PORT", Integer.toString(port)), "-c", file(VALID).toString());
      assertThat(said.exit()).isEqualTo(1);
      assertThat(said.err().lines().filter(line -> line.startsWith("pingora: ")))
          .singleElement()
          .asString()
          .contains("127.0.0.1:" + port)
          .containsIgnoringCase("in use");
      assertThat(said.err()).doesNotContain("\tat ");
    }
  }
}
