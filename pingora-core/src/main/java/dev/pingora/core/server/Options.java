// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// What the command line of a server says: Pingora's flags, rows SRV-98 to SRV-103.
///
/// A program with flags of its own adds them to [#spec], reads them, and hands the result to
/// [#from]:
///
/// ```
/// CommandSpec spec = Options.spec("mine").addOption(OptionSpec.builder("--region")….build());
/// ParseResult result = Options.read(spec, args);
/// Options options = Options.from(result);
/// ```
///
/// Nothing here ends the process: a command line that cannot be used is a [ConfigurationException].
///
/// @param conf the configuration file; null = none given
/// @param test check the configuration and exit
/// @param daemon run in the background
/// @param upgrade take over the listening sockets of a running process
/// @param help print the usage and exit
/// @param version print the version and exit
public record Options(
    @Nullable Path conf,
    boolean test,
    boolean daemon,
    boolean upgrade,
    boolean help,
    boolean version) {

  /// {@return the options of an empty command line}
  public static Options none() {
    return new Options(null, false, false, false, false, false);
  }

  /// {@return the same with another configuration file}
  public Options withConf(Path file) {
    return new Options(file, test, daemon, upgrade, help, version);
  }

  /// {@return what `args` say}
  ///
  /// @throws ConfigurationException for flags that do not exist, or do not work yet
  public static Options parse(String... args) throws ConfigurationException {
    return from(read(spec("pingora"), args));
  }

  /// {@return what `args` say by a program's own table of flags}
  ///
  /// @param spec as [#spec] makes it, with or without more
  /// @throws ConfigurationException for flags that do not exist
  public static ParseResult read(CommandSpec spec, String... args) throws ConfigurationException {
    try {
      return new CommandLine(spec).parseArgs(args);
    } catch (ParameterException e) {
      String what = String.valueOf(e.getMessage());
      throw new ConfigurationException(List.of(new Problem(null, "", what, "see --help")));
    }
  }

  /// {@return what a command line says that was parsed with [#spec] or more}
  ///
  /// @throws ConfigurationException for flags that do not work yet
  public static Options from(ParseResult result) throws ConfigurationException {
    var options =
        new Options(
            result.matchedOptionValue("--conf", null),
            result.hasMatchedOption("--test"),
            result.hasMatchedOption("--daemon"),
            result.hasMatchedOption("--upgrade"),
            result.hasMatchedOption("--help"),
            result.hasMatchedOption("--version"));
    List<Problem> later = new ArrayList<>();
    if (options.daemon) {
      later.add(new Problem(null, "--daemon", "not yet supported", ""));
    }
    if (options.upgrade) {
      later.add(new Problem(null, "--upgrade", "not yet supported", ""));
    }
    if (!later.isEmpty()) {
      throw new ConfigurationException(later);
    }
    return options;
  }

  /// {@return the usage text of a program with these flags}
  public static String usage(CommandSpec spec) {
    return new CommandLine(spec).getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /// {@return the flags, for a program that adds its own}
  public static CommandSpec spec(String name) {
    return CommandSpec.create()
        .name(name)
        .addOption(
            OptionSpec.builder("-c", "--conf")
                .paramLabel("FILE")
                .type(Path.class)
                .description("read the configuration from FILE")
                .build())
        .addOption(flag("check the configuration, tell every problem, exit", "-t", "--test"))
        .addOption(flag("run in the background (not yet supported)", "-d", "--daemon"))
        .addOption(flag("take over from a running process (not yet supported)", "-u", "--upgrade"))
        .addOption(flag("print this text and exit", "-h", "--help"))
        .addOption(flag("print the version and exit", "-V", "--version"))
        // What a test harness passes on; means nothing (SRV-100).
        .addOption(OptionSpec.builder("--nocapture").arity("0").hidden(true).build());
  }

  private static OptionSpec flag(String description, String letter, String word) {
    return OptionSpec.builder(letter, word).arity("0").description(description).build();
  }
}
