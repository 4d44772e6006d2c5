// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.core.upstreams.PeerOptions;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// Backends from an HTTP server, asked again and again. It answers 200 and a list as that of
/// [FileDiscovery], in YAML or JSON. Any other answer changes nothing.
public final class HttpDiscovery implements Discovery {
  /// Larger answers are refused.
  public static final int MAX_CONTENT = 16 << 20;

  private final URI uri;
  private final HttpPeer peer;
  private final Duration every;

  private HttpDiscovery(URI uri, HttpPeer peer, Duration every) {
    this.uri = uri;
    this.peer = peer;
    this.every = Upkeep.requirePeriod("every", every);
  }

  /// {@return a discovery that asks for a resource every so often}
  ///
  /// @param uri `http` or `https`, with a host
  /// @throws IllegalArgumentException for another one
  public static HttpDiscovery of(URI uri, Duration every) {
    return of(uri, every, PeerOptions.DEFAULT);
  }

  /// {@return the same, connecting with these options}
  public static HttpDiscovery of(URI uri, Duration every, PeerOptions options) {
    String host = uri.getHost();
    boolean tls = "https".equals(uri.getScheme());
    if (host == null || uri.getUserInfo() != null || !(tls || "http".equals(uri.getScheme()))) {
      throw new IllegalArgumentException(
          "uri: " + uri + " (expected: http://host[:port]/path or https://host[:port]/path)");
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    boolean literal = host.startsWith("[") || host.matches("[0-9.]+");
    HttpPeer peer = HttpPeer.of(host + ":" + port, tls, literal ? "" : host);
    return new HttpDiscovery(uri, peer.withOptions(options), every);
  }

  @Override
  public Discovered discover(LoopCalls loops) throws Exception {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    RequestHeader request =
        RequestHeader.of("GET", target)
            .set("Host", uri.getRawAuthority())
            .set("Accept", "application/json, application/yaml")
            .set("User-Agent", "pingora-discovery");
    HttpGet.Answer answer =
        loops.call(
            LoadBalancer.MAX_DISCOVERY,
            (thread, runtime) ->
                HttpGet.send(thread, runtime.connector(), peer, request, MAX_CONTENT));
    if (answer.header().status() != 200) {
      throw ProxyException.upstream(
          ErrorKind.custom("Discovery"), "%s answers %s", uri, answer.header().status());
    }
    String text = new String(answer.content(), StandardCharsets.UTF_8);
    return new Discovered(ServerList.parse(text, uri.toString()), Map.of(), every);
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
