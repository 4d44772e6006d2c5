// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
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
import dev.pingora.runtime.Connection;
import dev.pingora.runtime.RequestThread;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One gRPC call with one message each way, on a connection of its own, which it closes.
///
/// The form is that of gRPC's PROTOCOL-HTTP2: a message is a flag, its length in four octets, and
/// itself; the outcome stands in the trailer section, or in the header section of an answer without
/// message.
///
/// Confined to its request thread. Bounded by the caller's timeout, which cancels the thread.
final class GrpcCall implements Http2Listener, StreamListener {
  private static final int PREFIX = 5;

  /// Characters of a peer's text that are shown.
  private static final int MAX_SHOWN = 128;

  /// The codes 0 to 16.
  private static final List<String> STATUSES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  private final RequestThread thread;
  private final Connection connection;
  private final Output output = new Output();
  private final Http2Connection http;
  private final ByteBuffer answer;

  private ByteBuffer unsent = ByteBuffer.allocate(0);
  private @Nullable Http2Stream stream;
  private @Nullable ResponseHeader header;
  private @Nullable Fields trailers;
  private @Nullable ProxyException fault;
  private boolean headIsAll;
  private boolean over;

  private GrpcCall(RequestThread thread, Connection connection, int maxAnswer) {
    this.thread = thread;
    this.connection = connection;
    this.answer = ByteBuffer.allocate(PREFIX + maxAnswer);
    this.http =
        Http2Connection.client(
            Http2Settings.OURS.withInitialWindowSize(1 << 16),
            Http2Limits.builder().connectionWindow(1 << 16).build(),
            this,
            output);
  }

  /// {@return a call that is still to be made}
  ///
  /// @param connection HTTP/2 is spoken on it from here on; it belongs to the call
  /// @param maxAnswer octets of the answer's message
  static GrpcCall of(RequestThread thread, Connection connection, int maxAnswer) {
    return new GrpcCall(thread, connection, maxAnswer);
  }

  /// {@return the message of the answer}
  ///
  /// @param request method, target, scheme, Host; the fields of gRPC are added
  /// @throws ProxyException source UPSTREAM, unless the outcome is OK
  byte[] send(RequestHeader request, byte[] message) throws ProxyException {
    boolean whole = false;
    try {
      exchange(request, message);
      byte[] received = outcome();
      http.shutdown(thread.loop().now());
      write();
      whole = true;
      return received;
    } finally {
      if (whole) {
        connection.close();
      } else {
        connection.reset();
      }
    }
  }

  private void exchange(RequestHeader request, byte[] message) throws ProxyException {
    request.set("Te", "trailers").set("Content-Type", "application/grpc");
    unsent = ByteBuffer.allocate(PREFIX + message.length);
    unsent.put((byte) 0).putInt(message.length).put(message).flip();
    http.open(thread.loop().now());
    stream = http.request(request, false, this);
    writable();
    while (!over) {
      http.flush();
      write();
      if (!connection.read(thread, RequestThread.NEVER)) {
        http.endOfInput();
        break;
      }
      http.receive(connection.input(), thread.loop().now());
    }
    Http2Stream ended = stream;
    if (ended != null) {
      ended.release();
    }
  }

  private void write() throws ProxyException {
    connection.write(thread, output.frames.flip(), 0);
    output.frames.clear();
    connection.flush();
  }

  private byte[] outcome() throws ProxyException {
    if (fault != null) {
      throw fault;
    }
    ResponseHeader head = header;
    if (head == null) {
      throw HealthFailure.of("it gave no answer");
    }
    Fields last = headIsAll ? head.headers() : trailers;
    if (last == null) {
      throw HealthFailure.of("its answer has no trailers");
    }
    String status = shown(last, FieldName.GRPC_STATUS);
    if (!status.equals("0")) {
      String said = named(status) + ' ' + shown(last, FieldName.GRPC_MESSAGE);
      throw HealthFailure.of("its grpc-status is " + said.strip());
    }
    return message();
  }

  private byte[] message() throws ProxyException {
    answer.flip();
    if (answer.remaining() < PREFIX || answer.get() != 0) {
      throw HealthFailure.of("its answer has no message, or a compressed one");
    }
    if (answer.getInt() != answer.remaining()) {
      throw HealthFailure.of("its answer is not one message");
    }
    byte[] message = new byte[answer.remaining()];
    answer.get(message);
    return message;
  }

  private static String named(String status) {
    for (int code = 0; code < STATUSES.size(); code++) {
      if (status.equals(Integer.toString(code))) {
        return status + " (" + STATUSES.get(code) + ")";
      }
    }
    return status.isEmpty() ? "missing" : status;
  }

  /// {@return a text of the peer's; empty when there is none}
  private static String shown(Fields fields, FieldName name) {
    String value = fields.first(name);
    if (value == null) {
      return "";
    }
    String plain = value.replaceAll("[^ -~]", "?");
    return plain.length() > MAX_SHOWN ? plain.substring(0, MAX_SHOWN) + "…" : plain;
  }

  // ---- what the codec tells ----

  @Override
  public void response(ResponseHeader response, boolean endStream) {
    if (over || response.status() < 200) {
      return;
    }
    if (response.status() != 200) {
      end(HealthFailure.of("it answers " + response.status()));
    } else if (!shown(response.headers(), FieldName.CONTENT_TYPE).startsWith("application/grpc")) {
      end(HealthFailure.of("its answer is not of gRPC"));
    }
    header = response;
    headIsAll = endStream;
    over |= endStream;
  }

  @Override
  public void data(ByteBuffer content, boolean endStream) {
    if (over) {
      return;
    }
    if (content.remaining() > answer.remaining()) {
      int most = answer.capacity() - PREFIX;
      end(HealthFailure.of("its answer has more than " + most + " octets"));
      return;
    }
    answer.put(content);
    over = endStream;
  }

  @Override
  public void trailers(Fields fields) {
    if (!over) {
      trailers = fields;
      over = true;
    }
  }

  @Override
  public void reset(Http2Error.StreamError error) {
    end(error.asException(ErrorSource.UPSTREAM));
  }

  @Override
  public void writable() {
    Http2Stream open = stream;
    if (open != null && unsent.hasRemaining()) {
      open.sendData(unsent, true);
    }
  }

  @Override
  public void failed(Http2Error.ConnectionError error) {
    end(error.asException(ErrorSource.UPSTREAM));
  }

  /// What comes after the end changes nothing.
  private void end(ProxyException why) {
    if (!over) {
      fault = why;
      over = true;
    }
  }

  /// The frames of a turn. The codec bounds them.
  private static final class Output implements FrameSink {
    private ByteBuffer frames = ByteBuffer.allocate(1 << 10);

    @Override
    public ByteBuffer reserve(int bytes) {
      if (frames.remaining() < bytes) {
        frames = ByteBuffer.allocate(2 * (frames.position() + bytes)).put(frames.flip());
      }
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
}
