// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs programs of the system in tests: curl, nginx, h2load, … Bounded in time; a program that is
/// missing is a failure that says what to install.
public final class Tool {
  /// How long [#run] waits unless told otherwise.
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Debian packages whose name differs from the program's.
  private static final Map<String, String> PACKAGES =
      Map.of(
          "h2load", "nghttp2-client",
          "nghttp", "nghttp2-client",
          "nginx", "nginx-light",
          "ab", "apache2-utils",
          "gnutls-cli", "gnutls-bin",
          "gnutls-serv", "gnutls-bin",
          "softhsm2-util", "softhsm2",
          "nc", "netcat-openbsd");

  /// Where programs are that the PATH of a user may lack.
  private static final List<String> MORE_FOLDERS =
      List.of("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin");

  private Tool() {}

  /// What a program said and how it ended.
  ///
  /// @param command the program and its arguments
  /// @param exit its exit status
  /// @param out standard output
  /// @param err standard error
  public record Result(List<String> command, int exit, String out, String err) {
    /// {@return this, if the program succeeded}
    ///
    /// @throws AssertionError with all that it said, if it did not
    public Result orFail() {
      if (exit != 0) {
        throw new AssertionError("exit " + exit + " of " + command + "\n" + out + err);
      }
      return this;
    }
  }

  /// Runs a program to its end, for [#PATIENCE] at most.
  public static Result run(String program, String... arguments) {
    return run(PATIENCE, "", program, arguments);
  }

  /// Runs a program to its end.
  ///
  /// @param patience after which it is killed and the test fails
  /// @param input its standard input
  public static Result run(Duration patience, String input, String program, String... arguments) {
    List<String> command = command(program, arguments);
    Path out = temporaryFile();
    Path err = temporaryFile();
    try {
      Process process =
          builder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(UTF_8));
      } catch (IOException _) {
        // It did not read its input: its exit status tells whether that is wrong.
      }
      boolean ended = process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      Result result = new Result(command, process.exitValue(), text(out), text(err));
      if (!ended) {
        throw new AssertionError("not ended within %s: %s".formatted(patience, result));
      }
      return result;
    } catch (IOException e) {
      throw new AssertionError("cannot run " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while " + command + " runs", e);
    } finally {
      delete(out);
      delete(err);
    }
  }

  /// A program that runs beside the test until closed.
  public static final class Running implements AutoCloseable {
    private final Process process;
    private final List<String> command;
    private final Path output;

    private Running(Process process, List<String> command, Path output) {
      this.process = process;
      this.command = command;
      this.output = output;
    }

    /// {@return its process id}
    public long pid() {
      return process.pid();
    }

    /// {@return whether it has not ended}
    public boolean isAlive() {
      return process.isAlive();
    }

    /// {@return what it has written so far, both streams}
    public String output() {
      return text(output);
    }

    /// Asks it to end (SIGTERM), and kills it if it has not within five seconds.
    @Override
    public void close() {
      process.destroy();
      try {
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while " + command + " ends", e);
      } finally {
        delete(output);
      }
    }
  }

  /// {@return a program started in the background}
  public static Running start(String program, String... arguments) {
    List<String> command = command(program, arguments);
    Path output = temporaryFile();
    try {
      Process process =
          builder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
      return new Running(process, command, output);
    } catch (IOException e) {
      delete(output);
      throw new AssertionError("cannot start " + command, e);
    }
  }

  private static List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(find(program));
    command.addAll(List.of(arguments));
    return command;
  }

  private static ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    // Messages that tests read are English, and no proxy of the environment is in the way.
    builder.environment().put("LC_ALL", "C");
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    return builder;
  }

  /// {@return the path of an installed program}
  ///
  /// @throws AssertionError that says what to install, if it is missing
  static String find(String program) {
    List<String> folders = new ArrayList<>(List.of(System.getenv("PATH").split(":", -1)));
    folders.addAll(MORE_FOLDERS);
    for (String folder : folders) {
      Path path = Path.of(folder).resolve(program);
      if (Files.isExecutable(path)) {
        return path.toString();
      }
    }
    throw new AssertionError(
        "%s is not installed: apt-get install %s"
            .formatted(program, PACKAGES.getOrDefault(program, program)));
  }

  private static Path temporaryFile() {
    try {
      return Files.createTempFile("pingora-tool", ".txt");
    } catch (IOException e) {
      throw new AssertionError("cannot create a temporary file", e);
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), UTF_8);
    } catch (IOException e) {
      throw new AssertionError("cannot read " + file, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new AssertionError("cannot delete " + file, e);
    }
  }
}
