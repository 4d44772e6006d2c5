// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.apps.HttpRequest;
import dev.pingora.core.apps.HttpResponse;
import dev.pingora.core.apps.HttpServerApp;
import dev.pingora.core.apps.ServeHttp;
import dev.pingora.core.protocols.DownstreamSession;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;

/// Makes services that answer HTTP themselves: HTTP/1.1 and, by prior knowledge, HTTP/2.
public final class HttpServerService {
  private HttpServerService() {}

  /// {@return a service whose requests `handler` answers; add listeners to it}
  public static ListeningService of(String name, ServeHttp handler) {
    return ListeningService.http(name, new Answering(requireNonNull(handler, "handler"))).h2c(true);
  }

  /// Hands requests to a handler and sees to it that each is answered once.
  private record Answering(ServeHttp handler) implements HttpServerApp {
    private static final System.Logger LOG = System.getLogger("dev.pingora.core");

    /// Nobody is there to be answered.
    private static final int NONE = 0;

    @Override
    public void process(DownstreamSession session) throws ProxyException {
      HttpResponse response = new HttpResponse(session);
      if (session.request().method().equals("CONNECT")) {
        session.closeAfterResponse(); // what follows is meant for the tunnel
        response.respond(405);
        return;
      }
      session.thread().phase("serveHttp");
      try {
        handler.serve(new HttpRequest(session), response);
        if (!response.started()) {
          throw ProxyException.internal(ErrorKind.INTERNAL_ERROR, "the handler gave no response");
        }
        response.end();
      } catch (ProxyException e) {
        fail(session, response, e);
      } catch (Exception e) {
        fail(
            session,
            response,
            ProxyException.explain(ErrorKind.INTERNAL_ERROR, e, "the handler failed"));
      }
    }

    /// The client's own faults are no news: anyone could fill a disk with them.
    private static void fail(DownstreamSession session, HttpResponse response, ProxyException why)
        throws ProxyException {
      boolean clients = why.source() == ErrorSource.DOWNSTREAM;
      if (clients) {
        LOG.log(System.Logger.Level.DEBUG, "a request failed: {0}", why);
        session.closeAfterResponse();
      } else {
        LOG.log(System.Logger.Level.ERROR, "a request failed: " + why, why.rootCause());
      }
      int status = status(why);
      if (response.started() || status == NONE) {
        session.abort(why);
      } else {
        response.respond(status);
      }
    }

    private static int status(ProxyException why) {
      ErrorKind kind = why.kind();
      if (kind.isStatus()) {
        return kind.code();
      }
      if (why.source() != ErrorSource.DOWNSTREAM) {
        return 500;
      }
      if (kind.equals(ErrorKind.READ_TIMEOUT)) {
        return 408;
      }
      boolean gone =
          kind.equals(ErrorKind.CONNECTION_CLOSED)
              || kind.equals(ErrorKind.READ_ERROR)
              || kind.equals(ErrorKind.WRITE_ERROR)
              || kind.equals(ErrorKind.WRITE_TIMEOUT);
      return gone ? NONE : 400;
    }
  }
}
