// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http2.FrameSink;
import dev.pingora.http2.Http2Connection;
import dev.pingora.http2.Http2Error;
import dev.pingora.http2.Http2Limits;
import dev.pingora.http2.Http2Listener;
import dev.pingora.http2.Http2Settings;
import dev.pingora.http2.Http2Stream;
import dev.pingora.http2.StreamListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Answers gRPC calls as a test says, one connection after the other.
final class GrpcBackend implements AutoCloseable {
  /// Answers a call.
  interface Answer {
    void to(Http2Stream stream);
  }

  private final ServerSocket socket;
  private final Answer answer;

  /// What came: the head of the request and the octets of its content in hexadecimal digits.
  final List<String> calls = new CopyOnWriteArrayList<>();

  private GrpcBackend(ServerSocket socket, Answer answer) {
    this.socket = socket;
    this.answer = answer;
    Thread.ofVirtual().start(this::serve);
  }

  static GrpcBackend start(Answer answer) throws IOException {
    return new GrpcBackend(new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")), answer);
  }

  Backend backend() {
    return Backend.of((InetSocketAddress) socket.getLocalSocketAddress(), 1);
  }

  private void serve() {
    try (socket) {
      while (true) {
        try (Socket client = socket.accept()) {
          new Exchange(client).run();
        }
      }
    } catch (IOException e) {
      // The test is over, or the client has left: its next connection tells more.
      if (!socket.isClosed()) {
        Thread.ofVirtual().start(this::serve);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private final class Exchange implements Http2Listener, FrameSink {
    private final Socket client;
    private final ByteBuffer frames = ByteBuffer.allocate(1 << 20);
    private final Http2Connection http;

    Exchange(Socket client) {
      this.client = client;
      this.http =
          Http2Connection.server(
              Http2Settings.OURS,
              Http2Limits.DEFAULT,
              this,
              (stream, request, _) -> new Call(stream, request),
              this);
    }

    void run() throws IOException {
      byte[] octets = new byte[1 << 14];
      http.open(System.nanoTime());
      for (int read = 0; read >= 0; read = client.getInputStream().read(octets)) {
        http.receive(ByteBuffer.wrap(octets, 0, read), System.nanoTime());
        http.flush();
        client.getOutputStream().write(frames.array(), 0, frames.position());
        frames.clear();
      }
    }

    @Override
    public void failed(Http2Error.ConnectionError error) {
      calls.add("failed: " + error);
    }

    @Override
    public ByteBuffer reserve(int bytes) {
      return frames;
    }

    @Override
    public void commit(int bytes) {}

    @Override
    public int pendingBytes() {
      return frames.position();
    }

    @Override
    public boolean takesContent() {
      return true;
    }
  }

  private final class Call implements StreamListener {
    private final Http2Stream stream;
    private final RequestHeader request;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Call(Http2Stream stream, RequestHeader request) {
      this.stream = stream;
      this.request = request;
    }

    @Override
    public void data(ByteBuffer piece, boolean endStream) {
      byte[] octets = new byte[piece.remaining()];
      piece.get(octets);
      content.writeBytes(octets);
      if (endStream) {
        List<String> fields = new ArrayList<>();
        for (String name : List.of("te", "content-type", "grpc-timeout")) {
          fields.add(request.headers().first(FieldName.of(name)));
        }
        calls.add(
            request.method()
                + " "
                + request.scheme()
                + " "
                + request.authority()
                + " "
                + request.target()
                + " "
                + fields
                + " "
                + HexFormat.of().formatHex(content.toByteArray()));
        answer.to(stream);
      }
    }

    @Override
    public void trailers(Fields trailers) {}

    @Override
    public void reset(Http2Error.StreamError error) {}

    @Override
    public void writable() {}
  }

  /// {@return an answer of three parts}
  ///
  /// @param message with its prefix; null = none, and the outcome stands in the head
  static Answer of(int status, String contentType, byte @Nullable [] message, String outcome) {
    return stream -> {
      ResponseHeader head = ResponseHeader.of(status).set("content-type", contentType);
      if (message == null) {
        stream.sendHeaders(head.set("grpc-status", outcome).set("grpc-message", "so"), true);
        return;
      }
      stream.sendHeaders(head, false);
      stream.sendData(ByteBuffer.wrap(message), false);
      Fields trailers = Fields.empty();
      trailers.set(FieldName.GRPC_STATUS, outcome);
      stream.sendTrailers(trailers);
    };
  }

  /// {@return a message with its prefix}
  static byte[] message(int... octets) {
    ByteBuffer all = ByteBuffer.allocate(5 + octets.length).put((byte) 0).putInt(octets.length);
    for (int octet : octets) {
      all.put((byte) octet);
    }
    return all.array();
  }
}
