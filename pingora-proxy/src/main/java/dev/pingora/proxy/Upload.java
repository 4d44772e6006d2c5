// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.ContentSink;
import dev.pingora.core.protocols.ContentSource;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.Progress;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http1.HopByHop;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The request's content on its way upstream, of one attempt: first what earlier attempts consumed,
/// then what comes.
final class Upload<C> {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Session session;
  private final DownstreamSession downstream;
  private final UpstreamSession upstream;
  private final Phases<C> phases;
  private final C context;
  private final KeptContent kept;
  private final ByteBuffer replay;
  private final @Nullable FilterSink filtered;
  private boolean done;
  private boolean tunnel;

  // For deadlines, on the loop's clock: the last progress, what the upstream's socket has yet to
  // take, and since when it has taken nothing.
  private long since;
  private long pending;
  private long roomSince;
  private @Nullable ProxyException writeFailure;

  Upload(Exchange<C> exchange, UpstreamSession upstream, long writeNanos) {
    this.session = exchange.session();
    this.downstream = session.downstream();
    this.upstream = upstream;
    this.phases = exchange.phases();
    this.context = exchange.context();
    this.kept = exchange.kept();
    this.replay = kept.view();
    this.filtered =
        phases.requestBody() == null
            ? null
            : new FilterSink(
                downstream.thread(), upstream.requestContent(), writeNanos, Upload::late);
    this.done = !exchange.hasRequestContent();
    this.since = downstream.thread().loop().now();
    this.roomSince = since;
  }

  /// Something of the request moved.
  void moved(long now) {
    since = now;
  }

  /// Looks what the upstream's socket has taken: that renews its deadline.
  ///
  /// @return whether it has taken something, and not yet all
  boolean drained(long now) {
    long left = upstream.requestContent().pending();
    if (left == pending && left != 0) {
      return false;
    }
    pending = left;
    roomSince = now;
    return left != 0;
  }

  long since() {
    return since;
  }

  long pending() {
    return pending;
  }

  long roomSince() {
    return roomSince;
  }

  private static ProxyException late() {
    return ProxyException.upstream(ErrorKind.WRITE_TIMEOUT, "the upstream takes no more octets");
  }

  /// From here on octets go through as they are, until the client ends its direction.
  void becomeTunnel() {
    tunnel = true;
    done = false;
  }

  boolean isDone() {
    return done;
  }

  /// {@return why the upstream takes no more content; null while it does} A response may still
  /// come.
  @Nullable ProxyException writeFailure() {
    return writeFailure;
  }

  /// Moves what can be moved without waiting.
  ///
  /// @return whether anything moved
  /// @throws ProxyException when the client's side fails, or a filter does
  boolean step() throws ProxyException {
    if (done) {
      return false;
    }
    try {
      return move(upstream.requestContent());
    } catch (ProxyException e) {
      if (e.source() != ErrorSource.UPSTREAM || !e.kind().equals(ErrorKind.WRITE_ERROR)) {
        throw e;
      }
      writeFailure = e;
      done = true;
      return true;
    }
  }

  private boolean move(ContentSink sink) throws ProxyException {
    if (!sink.hasRoom()) {
      sink.wantRoom();
      if (!sink.hasRoom()) {
        return false;
      }
    }
    if (replay.hasRemaining()) {
      forward(sink, replay.slice());
      replay.position(replay.limit());
      return true;
    }
    ContentSource source = downstream.requestContent();
    Progress progress = source.poll();
    switch (progress) {
      case READY -> pass(source, sink);
      case ENDED -> end(source, sink);
      case PENDING -> {
        return false;
      }
    }
    return true;
  }

  private void pass(ContentSource source, ContentSink sink) throws ProxyException {
    if (tunnel) {
      sink.transfer(source);
      return;
    }
    kept.keep(source.piece());
    FilterSink out = filtered;
    if (out == null) {
      sink.transfer(source);
      return;
    }
    filter(out.lend(source), false, out);
    out.takeBack();
  }

  private void forward(ContentSink sink, ByteBuffer piece) throws ProxyException {
    FilterSink out = filtered;
    if (out == null) {
      sink.write(piece);
    } else {
      filter(piece, false, out);
    }
  }

  private void end(ContentSource source, ContentSink sink) throws ProxyException {
    done = true;
    if (tunnel) {
      return;
    }
    FilterSink out = filtered;
    if (out != null) {
      filter(NOTHING, true, out);
    }
    sink.end(trailers(source));
    sink.flush();
  }

  private @Nullable Fields trailers(ContentSource source) throws ProxyException {
    Fields received = source.trailers();
    if (received == null) {
      return null;
    }
    Fields trailers = received.copy();
    HopByHop.filterTrailers(trailers);
    TrailerFilter<C> role = phases.trailers();
    if (role != null) {
      Guard.run(
          "requestTrailerFilter", () -> role.requestTrailerFilter(session, trailers, context));
    }
    return trailers;
  }

  private void filter(ByteBuffer piece, boolean endOfStream, FilterSink out) throws ProxyException {
    RequestBodyFilter<C> role = phases.requestBody();
    if (role != null) {
      Guard.run(
          "requestBodyFilter",
          () -> role.requestBodyFilter(session, piece, endOfStream, out, context));
    }
  }
}
