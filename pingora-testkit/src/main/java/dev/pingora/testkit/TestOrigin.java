// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A small keep-alive HTTP/1.1 origin server of the testkit's own: whatever goes through a proxy is
/// checked by a parser that is not the proxy's. One thread per connection; for hundreds of
/// connections, not for load.
///
/// The standard handler answers by path:
///
/// | path | response |
/// |---|---|
/// | `/bytes/N` | N bytes of [TestContent] with `Content-Length` |
/// | `/chunked/N` | the same in chunks, with the trailer `X-Count: N` |
/// | `/close/N` | the same, ended by the end of the connection |
/// | `/status/N` | that status, without content |
/// | `/echo` | the content that came, in chunks, as it comes |
/// | `/count` | how many bytes of content came, which must be [TestContent] |
/// | `/head` | the request's line and fields as they came |
/// | other | 200 and the request target |
///
/// Thread-safe.
public final class TestOrigin implements AutoCloseable {
  private static final Duration IDLE = Duration.ofHours(1);

  /// What answers a request.
  @FunctionalInterface
  public interface Handler {
    /// Reads what it wants and answers once. An exception closes the connection.
    void handle(Exchange exchange) throws Exception;
  }

  private final ServerSocketChannel listener;
  private final SocketAddress address;
  private final Handler handler;
  private final Set<Wire> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong requests = new AtomicLong();
  private final Events<Throwable> failures = new Events<>();
  private volatile boolean closing;

  private TestOrigin(ServerSocketChannel listener, Handler handler) throws IOException {
    this.listener = listener;
    this.address = listener.getLocalAddress();
    this.handler = handler;
    Thread.ofPlatform().daemon().name("test-origin").start(this::acceptAll);
  }

  /// {@return an origin with the standard handler on a free port of 127.0.0.1}
  public static TestOrigin start() {
    return start(TestOrigin::standard);
  }

  /// {@return an origin on a free port of 127.0.0.1}
  public static TestOrigin start(Handler handler) {
    return bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), handler);
  }

  /// {@return an origin on a Unix socket}
  public static TestOrigin unix(Path path, Handler handler) {
    return bind(UnixDomainSocketAddress.of(path), handler);
  }

  private static TestOrigin bind(SocketAddress address, Handler handler) {
    try {
      ServerSocketChannel listener =
          address instanceof UnixDomainSocketAddress
              ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              : ServerSocketChannel.open();
      listener.bind(address, 1024);
      return new TestOrigin(listener, handler);
    } catch (IOException e) {
      throw new AssertionError("cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  /// {@return the TCP port}
  public int port() {
    return ((InetSocketAddress) address).getPort();
  }

  /// {@return where it listens}
  public SocketAddress address() {
    return address;
  }

  /// {@return how many connections were accepted}
  public int connections() {
    return connections.get();
  }

  /// {@return how many connections are open}
  public int openConnections() {
    return open.size();
  }

  /// {@return how many requests came, each counted when its header section was read}
  public long requests() {
    return requests.get();
  }

  /// {@return what went wrong on connections: malformed requests, clients gone in mid-message,
  /// exceptions of the handler}
  public Events<Throwable> failures() {
    return failures;
  }

  /// Stops listening and closes all connections.
  @Override
  public void close() {
    closing = true;
    try {
      listener.close();
      if (address instanceof UnixDomainSocketAddress unix) {
        Files.deleteIfExists(unix.getPath());
      }
    } catch (IOException e) {
      throw new AssertionError("cannot close " + address, e);
    }
    closeConnections();
  }

  /// Closes the connections that are open, idle or not, and goes on listening.
  public void closeConnections() {
    open.forEach(Wire::close);
  }

  private void acceptAll() {
    while (!closing) {
      try {
        serve(listener.accept());
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private void serve(SocketChannel channel) throws IOException {
    Wire wire = new Wire(channel).unrecorded();
    open.add(wire);
    connections.incrementAndGet();
    Thread.ofPlatform().daemon().name("test-origin-connection").start(() -> serve(wire));
    if (closing) {
      wire.close();
    }
  }

  private void serve(Wire wire) {
    try {
      boolean more = true;
      while (more && wire.within(IDLE).hasMore("a request")) {
        Exchange exchange = Exchange.read(wire.within(Gate.PATIENCE));
        requests.incrementAndGet();
        handler.handle(exchange);
        if (!exchange.answered()) {
          throw new AssertionError("handler did not answer " + exchange.requestLine());
        }
        more = exchange.finish();
      }
    } catch (Throwable e) {
      fail(e);
    } finally {
      wire.close();
      open.remove(wire);
    }
  }

  private void fail(Throwable failure) {
    if (!closing) {
      failures.add(failure);
    }
  }

  // ---- the standard handler ---------------------------------------------------------------

  /// Answers as the table above says; for handlers that treat some paths themselves.
  public static void standard(Exchange exchange) {
    String[] path = exchange.target().split("[/?]", -1);
    String name = path.length > 1 ? path[1] : "";
    switch (name) {
      case "bytes" -> exchange.respondContent(200, number(path));
      case "chunked" -> chunks(exchange, number(path));
      case "close" -> untilClose(exchange, number(path));
      case "status" -> status(exchange, (int) number(path));
      case "echo" -> echo(exchange);
      case "count" -> exchange.respond(200, Long.toString(exchange.drainContent()));
      case "head" -> exchange.respond(200, head(exchange));
      default -> exchange.respond(200, exchange.target());
    }
  }

  private static long number(String[] path) {
    return Long.parseLong(path[2]);
  }

  private static void chunks(Exchange exchange, long length) {
    exchange.startChunks(200);
    byte[] part = new byte[TestContent.MAX_PART];
    for (long sent = 0; sent < length; ) {
      int n = (int) Math.min(part.length, length - sent);
      TestContent.fill(part, n, sent);
      exchange.sendChunk(part, n);
      sent += n;
    }
    exchange.endChunks("X-Count: " + length);
  }

  private static void untilClose(Exchange exchange, long length) {
    exchange.close();
    exchange.wire().send(RawHttp.head("HTTP/1.1 200 OK", "Connection: close"));
    exchange.wire().sendContent(length);
  }

  /// 204 and 304 have no content by definition, hence no length either (RFC 9110 §8.6).
  private static void status(Exchange exchange, int status) {
    if (status == 204 || status == 304) {
      exchange.wire().send(RawHttp.head("HTTP/1.1 " + status + " " + RawHttp.reason(status)));
    } else {
      exchange.respond(status, "");
    }
  }

  private static void echo(Exchange exchange) {
    byte[] part = new byte[8192];
    int n = exchange.read(part);
    exchange.startChunks(200);
    for (; n >= 0; n = exchange.read(part)) {
      exchange.sendChunk(part, n);
    }
    exchange.endChunks();
  }

  private static String head(Exchange exchange) {
    StringBuilder text = new StringBuilder(exchange.requestLine()).append("\r\n");
    exchange.fields().forEach(field -> text.append(field).append("\r\n"));
    return text.toString();
  }
}
