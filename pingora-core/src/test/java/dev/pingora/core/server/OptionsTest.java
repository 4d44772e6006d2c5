// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.core.configuration.ConfigurationException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// The command line.
final class OptionsTest {

  @Test
  void noArgumentsAskForNothing() throws ConfigurationException {
    assertThat(Options.parse()).isEqualTo(Options.none());
  }

  @Test
  void shortAndLongFlagsMeanTheSame() throws ConfigurationException {
    var expected = new Options(Path.of("a.yaml"), true, false, false, false, false);
    assertThat(Options.parse("-c", "a.yaml", "-t")).isEqualTo(expected);
    assertThat(Options.parse("--conf", "a.yaml", "--test")).isEqualTo(expected);
    assertThat(Options.parse("--conf=a.yaml", "--test")).isEqualTo(expected);
    assertThat(Options.parse("-tc", "a.yaml")).isEqualTo(expected);
  }

  @Test
  void helpAndVersionAreFlags() throws ConfigurationException {
    assertThat(Options.parse("--help").help()).isTrue();
    assertThat(Options.parse("-h").help()).isTrue();
    assertThat(Options.parse("--version").version()).isTrue();
    assertThat(Options.parse("-V").version()).isTrue();
  }

  @Test
  void aTestHarnessMayPassItsFlag() throws ConfigurationException {
    assertThat(Options.parse("--nocapture")).isEqualTo(Options.none());
    assertThat(Options.usage(Options.spec("pingora"))).doesNotContain("nocapture");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-d", "--daemon"})
  void theDaemonIsNotYetSupported(String flag) {
    assertThatThrownBy(() -> Options.parse(flag))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("--daemon: not yet supported");
  }

  @Test
  void theUpgradeIsNotYetSupported() {
    assertThatThrownBy(() -> Options.parse("-u")).hasMessage("--upgrade: not yet supported");
    assertThatThrownBy(() -> Options.parse("-u", "-d"))
        .hasMessage("--daemon: not yet supported\n--upgrade: not yet supported");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--conff=x", "-x", "word", "-c", "--test=maybe", "-c=a -c=b"})
  void badArgumentsAreOneLineThatPointsToHelp(String args) {
    assertThatThrownBy(() -> Options.parse(args.split(" ")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageEndingWith("(see --help)")
        .hasMessageNotContaining("\n");
  }

  @Test
  void usageNamesEveryFlag() {
    assertThat(Options.usage(Options.spec("gate")))
        .startsWith("Usage: gate ")
        .contains("-c, --conf=FILE", "-t, --test", "-d, --daemon", "-u, --upgrade", "-h, --help")
        .contains("-V, --version");
  }

  @Test
  void aProgramAddsFlagsOfItsOwn() throws ConfigurationException {
    CommandSpec spec =
        Options.spec("mine").addOption(OptionSpec.builder("--region").type(String.class).build());
    CommandLine.ParseResult result = Options.read(spec, "-t", "--region", "eu");
    assertThat(Options.from(result).test()).isTrue();
    assertThat(result.<String>matchedOptionValue("--region", "")).isEqualTo("eu");
  }
}
