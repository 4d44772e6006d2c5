// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A real nginx on a free port of 127.0.0.1, with a configuration made for the test.
///
/// Everything it writes is in a temporary folder; it is stopped by its own process id and takes the
/// folder with it.
public final class NginxOrigin implements AutoCloseable {
  /// A location that answers with its name, beside a `files` folder served under `/files/`.
  private static final String STANDARD = "location / { return 200 \"nginx\\n\"; }";

  private static final int ATTEMPTS = 5;

  private final Path folder;
  private final int port;
  private final Tool.Running nginx;

  private NginxOrigin(Path folder, int port, Tool.Running nginx) {
    this.folder = folder;
    this.port = port;
    this.nginx = nginx;
  }

  /// {@return an nginx that answers `nginx` to everything but `/files/`}
  public static NginxOrigin start() {
    return start(STANDARD);
  }

  /// {@return an nginx with these directives in its only `server` block}
  public static NginxOrigin start(String serverDirectives) {
    AssertionError last = new AssertionError("never tried");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return startOnce(serverDirectives);
      } catch (PortTaken e) {
        last = e;
      }
    }
    throw last;
  }

  /// Somebody else took the port between finding it free and nginx' bind.
  private static final class PortTaken extends AssertionError {
    private static final long serialVersionUID = 1;

    PortTaken(String output) {
      super("no free port for nginx: " + output);
    }
  }

  private static NginxOrigin startOnce(String serverDirectives) {
    int port = freePort();
    Path folder = newFolder();
    Tool.Running nginx = null;
    try {
      Files.createDirectory(folder.resolve("files"));
      Files.writeString(
          folder.resolve("nginx.conf"), configuration(folder, port, serverDirectives));
      nginx = Tool.start("nginx", "-p", folder.toString(), "-c", "nginx.conf", "-e", "error.log");
      NginxOrigin origin = new NginxOrigin(folder, port, nginx);
      origin.awaitListening();
      return origin;
    } catch (IOException | RuntimeException | Error e) {
      if (nginx != null) {
        nginx.close();
      }
      deleteTree(folder);
      throw e instanceof Error error ? error : new AssertionError("cannot start nginx", e);
    }
  }

  private static String configuration(Path folder, int port, String serverDirectives) {
    boolean root = ProcessHandle.current().info().user().filter("root"::equals).isPresent();
    String user = root ? "user root;" : "";
    return """
    daemon off;
    %s
    worker_processes 1;
    pid nginx.pid;
    error_log error.log;
    events { worker_connections 4096; }
    http {
      access_log off;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      keepalive_requests 1000000;
      client_max_body_size 0;
      server {
        listen 127.0.0.1:%d;
        location /files/ { root %s; }
        %s
      }
    }
    """
        .formatted(user, port, folder, serverDirectives);
  }

  private void awaitListening() {
    Eventually.holds(
        Duration.ofSeconds(10),
        () -> "nginx does not listen on " + port + ": " + said(),
        () -> {
          if (!nginx.isAlive()) {
            throw said().contains("Address already in use")
                ? new PortTaken(said())
                : new AssertionError("nginx ended: " + said());
          }
          return accepts(port);
        });
  }

  private String said() {
    Path log = folder.resolve("error.log");
    try {
      return nginx.output() + (Files.exists(log) ? Files.readString(log) : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean accepts(int port) {
    try (Socket _ = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError("no free port", e);
    }
  }

  /// {@return the port}
  public int port() {
    return port;
  }

  /// {@return the process id of nginx' master}
  public long pid() {
    return nginx.pid();
  }

  /// Makes a file of [TestContent] available as `/files/NAME`.
  public NginxOrigin file(String name, int bytes) {
    try {
      Files.write(folder.resolve("files").resolve(name), TestContent.of(bytes));
      return this;
    } catch (IOException e) {
      throw new AssertionError("cannot write " + name, e);
    }
  }

  /// Stops nginx and removes its files.
  @Override
  public void close() {
    nginx.close();
    deleteTree(folder);
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("pingora-nginx");
    } catch (IOException e) {
      throw new AssertionError("cannot create a temporary folder", e);
    }
  }

  private static void deleteTree(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new AssertionError("cannot delete " + folder, e);
    }
  }
}
