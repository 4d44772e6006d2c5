// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Fields;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A client and a server in memory, joined by two pipes that deliver pieces of random size. The
/// server sends all content of a request back; applications consume at random moments.
final class Pair {
  final ConnectionLog clientLog = new ConnectionLog();
  final ConnectionLog serverLog = new ConnectionLog();
  final MemorySink clientSink = new MemorySink();
  final MemorySink serverSink = new MemorySink();
  final Http2Connection client;
  final Http2Connection server;
  final List<Call> calls = new ArrayList<>();
  final List<Echo> echoes = new ArrayList<>();
  private final Random random;
  long now;
  long bytesMoved;

  Pair(Random random, Http2Settings settings, Http2Limits limits) {
    this.random = random;
    client = Http2Connection.client(settings, limits, clientLog, clientSink);
    server =
        Http2Connection.server(
            settings,
            limits,
            serverLog,
            (stream, request, end) -> new Echo(stream, request, end),
            serverSink);
    client.open(now);
    server.open(now);
  }

  /// One step: both sides flush, some bytes move each way, applications do something.
  void step() {
    now += 1_000_000;
    clientSink.full = random.nextInt(4) == 0;
    serverSink.full = random.nextInt(4) == 0;
    client.flush();
    server.flush();
    move(clientSink, server);
    move(serverSink, client);
    calls.forEach(Call::work);
    for (int i = echoes.size() - 1; i >= 0; i--) {
      echoes.get(i).work();
    }
    echoes.removeIf(echo -> echo.stream.released);
  }

  private void move(MemorySink from, Http2Connection to) {
    int pending = from.pendingBytes();
    if (pending > 0) {
      int count = random.nextInt(4) == 0 ? pending : 1 + random.nextInt(pending);
      bytesMoved += count;
      to.receive(ByteBuffer.wrap(from.take(count)), now);
    }
  }

  @Nullable Call call(int contentBytes) {
    Call call = new Call(contentBytes);
    RequestHeader request = RequestHeader.of("POST", "/" + calls.size()).set("Host", "a.example");
    if (random.nextBoolean()) {
      request.set("Content-Length", contentBytes);
    }
    request.set("X-Id", "id-" + random.nextInt(20)).set("X-Unique", random.nextLong());
    Http2Stream stream = client.request(request, contentBytes == 0, call);
    if (stream == null) {
      return null;
    }
    call.stream = stream;
    calls.add(call);
    return call;
  }

  /// The client's side of an exchange.
  final class Call implements StreamListener {
    final ByteBuffer content;
    final CRC32 sent = new CRC32();
    final CRC32 received = new CRC32();
    @Nullable Http2Stream stream;
    int status;
    long receivedBytes;
    boolean done;
    Http2Error.@Nullable StreamError error;
    private int unconsumed;
    private boolean waiting;

    Call(int contentBytes) {
      byte[] bytes = new byte[contentBytes];
      random.nextBytes(bytes);
      sent.update(bytes);
      content = ByteBuffer.wrap(bytes);
    }

    void work() {
      Http2Stream own = stream;
      if (own == null || own.released) {
        return;
      }
      if (content.hasRemaining() && !waiting) {
        send(own);
      }
      if (unconsumed > 0 && random.nextInt(3) > 0) {
        int count = 1 + random.nextInt(unconsumed);
        unconsumed -= count;
        own.consumed(count);
      }
      if ((done && unconsumed == 0) || error != null) {
        own.release();
      }
    }

    private void send(Http2Stream own) {
      int piece = 1 + random.nextInt(content.remaining());
      ByteBuffer part = content.slice(content.position(), piece);
      boolean last = piece == content.remaining();
      waiting = !own.sendData(part, last);
      content.position(content.position() + part.position());
    }

    @Override
    public void response(ResponseHeader response, boolean endStream) {
      status = response.status();
      done |= endStream;
    }

    @Override
    public void data(ByteBuffer lent, boolean endStream) {
      receivedBytes += lent.remaining();
      unconsumed += lent.remaining();
      received.update(lent);
      done |= endStream;
    }

    @Override
    public void trailers(Fields trailers) {
      done = true;
    }

    @Override
    public void reset(Http2Error.StreamError streamError) {
      error = streamError;
    }

    @Override
    public void writable() {
      waiting = false;
      Http2Stream own = stream;
      if (own != null && content.hasRemaining()) {
        send(own);
      }
    }
  }

  /// The server's side of an exchange: content goes back as it comes, with back-pressure.
  final class Echo implements StreamListener {
    private final Http2Stream stream;
    private final List<ByteBuffer> inbox = new ArrayList<>();
    private boolean ended;
    private boolean finished;
    private boolean failed;
    private boolean waiting;

    Echo(Http2Stream stream, RequestHeader request, boolean ended) {
      this.stream = stream;
      this.ended = ended;
      echoes.add(this);
      stream.sendHeaders(
          ResponseHeader.of(200).set("X-Path", request.path()).set("Server", "echo"), false);
    }

    void work() {
      if (stream.released) {
        return;
      }
      if (!waiting && !failed) {
        push();
      }
      if (finished || failed) {
        stream.release();
      }
    }

    /// The application gives up.
    void abandon() {
      stream.release();
    }

    private void push() {
      while (!inbox.isEmpty()) {
        ByteBuffer first = inbox.getFirst();
        int before = first.remaining();
        waiting = !stream.sendData(first, false);
        stream.consumed(before - first.remaining());
        if (waiting) {
          return;
        }
        inbox.removeFirst();
      }
      if (ended && !finished) {
        if (random.nextBoolean()) {
          stream.sendData(ByteBuffer.allocate(0), true);
        } else {
          Fields trailers = Fields.empty();
          trailers.add("X-Done", "1");
          stream.sendTrailers(trailers);
        }
        finished = true;
      }
    }

    @Override
    public void data(ByteBuffer lent, boolean endStream) {
      byte[] copy = new byte[lent.remaining()];
      lent.get(copy);
      if (copy.length > 0) {
        inbox.add(ByteBuffer.wrap(copy));
      }
      ended |= endStream;
    }

    @Override
    public void trailers(Fields trailers) {
      ended = true;
    }

    @Override
    public void reset(Http2Error.StreamError error) {
      failed = true;
    }

    @Override
    public void writable() {
      waiting = false;
      push();
    }
  }
}
