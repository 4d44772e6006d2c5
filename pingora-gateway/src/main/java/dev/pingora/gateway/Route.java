// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.timeout.Ticker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One entry of `routes:` made ready. Thread-safe.
final class Route {
  private static final byte[] NOTHING = new byte[0];

  /// What the engine and the gateway say to an upstream for every route.
  private static final List<FieldName> OURS =
      List.of(
          FieldName.HOST,
          FieldName.CONTENT_LENGTH,
          FieldName.TRANSFER_ENCODING,
          FieldName.CONNECTION,
          FieldName.VIA,
          FieldName.X_FORWARDED_FOR,
          FieldName.X_FORWARDED_PROTO,
          FieldName.X_FORWARDED_HOST,
          FieldName.X_FORWARDED_PORT,
          FieldName.X_REAL_IP,
          FieldName.FORWARDED);

  private final RouteConf conf;
  private final FieldNames said;
  private final List<Upstream> upstreams;
  private final int[] cycle;
  private final AtomicInteger turn = new AtomicInteger();
  private final byte[] content;
  private final @Nullable RateLimit rateLimit;

  Route(RouteConf conf, Map<String, Upstream> all, Ticker ticker) throws ProxyException {
    this.conf = conf;
    this.rateLimit = conf.rateLimit() == null ? null : new RateLimit(conf.rateLimit(), ticker);
    this.said =
        FieldNames.of(
            Stream.concat(OURS.stream(), conf.requestHeaders().names().stream())
                .toArray(FieldName[]::new));
    switch (conf.action()) {
      case Action.Forward forward -> {
        upstreams = List.of(find(all, forward.name()));
        cycle = new int[] {0};
      }
      case Action.Split split -> {
        upstreams = split.shares().stream().map(s -> find(all, s.upstream())).toList();
        cycle = Shares.cycle(split.shares().stream().mapToInt(Action.Share::weight).toArray());
      }
      case Action.Respond _, Action.Redirect _ -> {
        upstreams = List.of();
        cycle = new int[0];
      }
    }
    this.content = conf.action() instanceof Action.Respond respond ? content(respond) : NOTHING;
  }

  private static Upstream find(Map<String, Upstream> all, String name) {
    Upstream found = all.get(name);
    if (found == null) {
      throw new IllegalStateException("the configuration was not checked: no upstream " + name);
    }
    return found;
  }

  private static byte[] content(Action.Respond respond) throws ProxyException {
    if (respond.file() != null) {
      try {
        return Files.readAllBytes(respond.file());
      } catch (IOException e) {
        throw ProxyException.explain(
            ErrorKind.FILE_READ_ERROR, e, "file: %s", respond.file().toString());
      }
    }
    String body = respond.body();
    return body == null ? NOTHING : body.getBytes(StandardCharsets.UTF_8);
  }

  RouteConf conf() {
    return conf;
  }

  /// {@return the fields of which an upstream hears from us, or not at all} No client may say them
  /// in a spelling that CGI and its descendants read as the same name.
  FieldNames said() {
    return said;
  }

  /// {@return the bound on how often clients may ask; null for none}
  @Nullable RateLimit rateLimit() {
    return rateLimit;
  }

  /// {@return the content of a `respond:`}
  byte[] content() {
    return content;
  }

  /// {@return where the next request goes; null for a route that answers itself}
  @Nullable Upstream upstream() {
    if (cycle.length == 0) {
      return null;
    }
    int next =
        cycle.length == 1 ? 0 : Integer.remainderUnsigned(turn.getAndIncrement(), cycle.length);
    return upstreams.get(cycle[next]);
  }
}
