// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigurationException;
import dev.pingora.core.configuration.Problem;
import dev.pingora.core.server.Options;
import dev.pingora.tls.TlsProviders;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// What `./pingora` starts.
///
/// Exit code 0 when all is well, 1 when the command line, the configuration or the start is at
/// fault; what is wrong goes to stderr, one line each, and never as a stack trace.
public final class Main {
  /// The version, as in the build.
  static final String VERSION = "0.1.0";

  private static final String NAME = "pingora";

  private static final OptionSpec SCHEMA =
      OptionSpec.builder("--schema")
          .arity("0")
          .description("print the JSON schema of the configuration and exit")
          .build();

  private static final OptionSpec TLS_PROVIDERS =
      OptionSpec.builder("--tls-providers")
          .arity("0")
          .description("print which TLS libraries can be used here and exit")
          .build();

  private static final OptionSpec SELF_SIGNED =
      OptionSpec.builder("--self-signed")
          .paramLabel("FOLDER")
          .type(Path.class)
          .description("write cert.pem and key.pem for localhost into FOLDER, to try TLS, and exit")
          .build();

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  Main(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /// Runs the gateway and ends the process when it could not.
  public static void main(String[] args) {
    int code = new Main(System.getenv(), System.out, System.err).run(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  /// {@return the exit code}
  int run(String... args) {
    try {
      Options plain = plain(args);
      if (plain != null) {
        serve(plain);
        return 0;
      }
      CommandSpec spec =
          Options.spec(NAME).addOption(SCHEMA).addOption(TLS_PROVIDERS).addOption(SELF_SIGNED);
      ParseResult result = Options.read(spec, args);
      Options options = Options.from(result);
      if (options.help()) {
        out.print(Options.usage(spec));
      } else if (options.version()) {
        out.println(NAME + " " + VERSION);
      } else if (result.hasMatchedOption(SCHEMA)) {
        out.print(GatewayConf.schema());
      } else if (result.hasMatchedOption(TLS_PROVIDERS)) {
        out.print(ProviderReport.of(TlsProviders.installed()));
      } else if (result.hasMatchedOption(SELF_SIGNED)) {
        SelfSignedFiles.write(result.matchedOptionValue("--self-signed", Path.of("")));
      } else {
        serve(options);
      }
      return 0;
    } catch (ConfigurationException e) {
      for (Problem problem : e.problems()) {
        err.println(problem);
      }
    } catch (InterruptedException _) {
      err.println(NAME + ": interrupted");
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      err.println(NAME + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
    }
    return 1;
  }

  /// {@return the options of a command line that is empty or names the configuration; null for any
  /// other} What every start in production says need not wait for the reader of all the others: it
  /// is older than the AOT cache can take, and loading it is a fifth of the time to start.
  private static @Nullable Options plain(String... args) {
    if (args.length == 0) {
      return Options.none();
    }
    boolean named = args.length == 2 && (args[0].equals("-c") || args[0].equals("--conf"));
    return named && !args[1].startsWith("-") ? Options.none().withConf(Path.of(args[1])) : null;
  }

  /// With nothing to go by, the demo.
  private void serve(Options options) throws Exception {
    if (options.test()) {
      load(options);
      out.println("configuration ok");
    } else if (options.conf() == null) {
      Gateway.demo();
    } else {
      Gateway.run(load(options));
    }
  }

  private GatewayConf load(Options options) throws ConfigurationException {
    if (options.conf() == null) {
      throw new ConfigurationException(
          List.of(new Problem(null, "--test", "no file to check", "expected: --conf FILE")));
    }
    return GatewayConf.load(options.conf(), environment);
  }
}
