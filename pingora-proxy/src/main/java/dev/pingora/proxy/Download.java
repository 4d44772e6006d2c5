// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.protocols.ContentSink;
import dev.pingora.core.protocols.ContentSource;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.core.protocols.Progress;
import dev.pingora.core.protocols.UpstreamSession;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HopByHop;
import dev.pingora.http1.Upgrade;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The response on its way to the client, of one attempt.
final class Download<C> {
  /// Interim responses to one request. Each renews the wait for the final one, so that a flood of
  /// them would never end.
  private static final int MAX_INTERIM = 100;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Exchange<C> exchange;
  private final DownstreamSession downstream;
  private final UpstreamSession upstream;
  private @Nullable FilterSink filtered;
  private int interims;
  private boolean headerDone;
  private boolean done;
  private boolean tunnel;

  Download(Exchange<C> exchange, UpstreamSession upstream) {
    this.exchange = exchange;
    this.downstream = exchange.session().downstream();
    this.upstream = upstream;
  }

  boolean isDone() {
    return done;
  }

  boolean isHeaderDone() {
    return headerDone;
  }

  boolean isTunnel() {
    return tunnel;
  }

  /// Moves what can be moved without waiting.
  ///
  /// @return whether anything moved
  boolean step() throws ProxyException {
    if (done) {
      return false;
    }
    if (!headerDone) {
      if (interims > 0 && !hasRoom(downstream.responseContent())) {
        return false;
      }
      ResponseHeader response = upstream.pollResponse();
      if (response == null) {
        return false;
      }
      header(response);
      return true;
    }
    return content();
  }

  private void requireOffered(ResponseHeader response) throws ProxyException {
    if (!downstream.canUpgrade()
        || !Upgrade.isAnswered(downstream.request().headers(), response.headers())) {
      throw ProxyException.upstream(
          ErrorKind.INVALID_HTTP_HEADER, "101 to something else than the client offered");
    }
  }

  private void header(ResponseHeader response) throws ProxyException {
    if (response.status() >= 200 || response.status() == 101) {
      exchange.answered(response.status());
    }
    UpstreamResponseFilter<C> role = exchange.phases().upstreamResponse();
    if (role != null) {
      Guard.run(
          "upstreamResponseFilter",
          () -> role.upstreamResponseFilter(exchange.session(), response, exchange.context()));
    }
    if (response.status() < 200 && response.status() != 101) {
      interim(response);
      return;
    }
    if (response.status() == 101) {
      requireOffered(response);
    }
    headerDone = true;
    boolean ended = response.status() != 101 && endsAtOnce();
    Forwarding.response(response, true);
    filterHeader(response);
    exchange.session().send(response, ended);
    if (response.status() == 101) {
      becomeTunnel();
    } else if (ended) {
      done = true;
    } else if (exchange.phases().responseBody() != null) {
      filtered =
          new FilterSink(
              downstream.thread(),
              downstream.responseContent(),
              downstream.limits().writeNanos(),
              Download::late);
    }
  }

  private static ProxyException late() {
    return ProxyException.downstream(ErrorKind.WRITE_TIMEOUT, "the client takes no more octets");
  }

  private void interim(ResponseHeader response) throws ProxyException {
    if (++interims > MAX_INTERIM) {
      throw ProxyException.upstream(
          ErrorKind.INVALID_HTTP_HEADER, "more than %s interim responses", MAX_INTERIM);
    }
    Forwarding.response(response, false);
    filterHeader(response);
    exchange.session().send(response, true);
  }

  private void filterHeader(ResponseHeader response) throws ProxyException {
    downstream.thread().phase("responseFilter");
    try {
      exchange.phases().proxy().responseFilter(exchange.session(), response, exchange.context());
    } catch (Exception e) {
      throw Guard.failure("responseFilter", e);
    }
    downstream.thread().phase("relay");
  }

  /// {@return whether the message is complete with its header section, and no filter may add to it}
  private boolean endsAtOnce() throws ProxyException {
    ContentSource source = upstream.responseContent();
    return exchange.phases().responseBody() == null
        && source.poll() == Progress.ENDED
        && source.trailers() == null;
  }

  private void becomeTunnel() {
    tunnel = true;
    upstream.upgrade();
    downstream.upgrade();
  }

  private boolean content() throws ProxyException {
    ContentSink sink = downstream.responseContent();
    if (!hasRoom(sink)) {
      return false;
    }
    ContentSource source = upstream.responseContent();
    switch (source.poll()) {
      case READY -> pass(source, sink);
      case ENDED -> end(source, sink);
      case PENDING -> {
        return false;
      }
    }
    return true;
  }

  /// Looks again after announcing the wait: room may have come in between.
  private static boolean hasRoom(ContentSink sink) {
    if (sink.hasRoom()) {
      return true;
    }
    sink.wantRoom();
    return sink.hasRoom();
  }

  private void pass(ContentSource source, ContentSink sink) throws ProxyException {
    FilterSink out = filtered;
    if (out == null) {
      sink.transfer(source);
      return;
    }
    filter(out.lend(source), false, out);
    out.takeBack();
  }

  private void end(ContentSource source, ContentSink sink) throws ProxyException {
    FilterSink out = filtered;
    if (out != null) {
      filter(NOTHING, true, out);
    }
    if (!tunnel) {
      sink.end(trailers(source));
    }
    done = true;
  }

  private @Nullable Fields trailers(ContentSource source) throws ProxyException {
    Fields received = source.trailers();
    if (received == null) {
      return null;
    }
    Fields trailers = received.copy();
    HopByHop.filterTrailers(trailers);
    TrailerFilter<C> role = exchange.phases().trailers();
    if (role != null) {
      Guard.run(
          "responseTrailerFilter",
          () -> role.responseTrailerFilter(exchange.session(), trailers, exchange.context()));
    }
    return trailers;
  }

  private void filter(ByteBuffer piece, boolean endOfStream, FilterSink out) throws ProxyException {
    ResponseBodyFilter<C> role = exchange.phases().responseBody();
    if (role != null) {
      Guard.run(
          "responseBodyFilter",
          () ->
              role.responseBodyFilter(
                  exchange.session(), piece, endOfStream, out, exchange.context()));
    }
  }
}
