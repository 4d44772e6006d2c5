// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.examples;

import dev.pingora.core.server.Options;
import dev.pingora.core.server.Server;
import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.services.HttpServerService;
import dev.pingora.core.services.ListeningService;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Services that are no proxies: plain bytes, HTTP of one's own, work in the background. Phases,
/// handlers and tasks are plain blocking code.
final class WithoutProxy {
  private final AtomicLong refreshed = new AtomicLong();

  /// {@return a service that sends back what it gets}
  ListeningService echo() {
    return ListeningService.tcp(
        "echo",
        (stream, shutdown) -> {
          ByteBuffer buffer = ByteBuffer.allocate(8192);
          while (stream.read(buffer) >= 0) {
            buffer.flip();
            stream.write(buffer);
            buffer.clear();
          }
        });
  }

  /// {@return a service that answers every request, of HTTP/1.1 and HTTP/2}
  ListeningService hello() {
    return HttpServerService.of(
        "hello", (request, response) -> response.respond(200, "text/plain", "hello\n"));
  }

  /// {@return a task that runs now and then every half minute}
  BackgroundService refresh() {
    return BackgroundService.every(
        "refresh", Duration.ofSeconds(30), shutdown -> refreshed.incrementAndGet());
  }

  /// {@return how often [#refresh] has run}
  long refreshed() {
    return refreshed.get();
  }

  public static void main(String[] args) throws Exception {
    Server server = Server.create(Options.parse(args));
    WithoutProxy services = new WithoutProxy();
    server.addService(services.echo().addTcp("127.0.0.1:6142"));
    server.addService(services.hello().addTcp("127.0.0.1:6145"));
    server.addService(services.refresh());
    server.runForever();
  }
}
