// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.upstreams.HttpPeer;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http.TargetForm;
import dev.pingora.http1.HopByHop;
import dev.pingora.http1.Via;

/// What a gateway changes in messages that pass through it (RFC 9110 §7.6). Pure functions of the
/// message.
final class Forwarding {
  private static final Via VIA = Via.of("pingora");

  private Forwarding() {}

  /// {@return the request for an upstream: a copy without hop-by-hop fields, in origin-form, with
  /// our Via}
  ///
  /// @param upgrade the exchange may switch protocols
  /// @param peer whose address Host says if the client named no authority, as HTTP/1.0 allows
  static RequestHeader request(RequestHeader received, boolean upgrade, HttpPeer peer)
      throws ProxyException {
    RequestHeader copy = received.copy();
    if (copy.form() == TargetForm.ABSOLUTE) {
      copy.toOriginForm();
    }
    HopByHop.strip(copy, new HopByHop.Keep(upgrade, true));
    VIA.addTo(copy.headers(), received.version());
    if (copy.version() != HttpVersion.HTTP_1_1) {
      copy.version(HttpVersion.HTTP_1_1);
      // RFC 9112 §3.2: a request in HTTP/1.1 without Host is malformed, and we send 1.1.
      if (!copy.headers().contains(FieldName.HOST)) {
        copy.set(FieldName.HOST, copy.authority().isEmpty() ? peer.authority() : copy.authority());
      }
    }
    return copy;
  }

  /// Prepares a response for the client: no hop-by-hop fields, with our Via.
  static void response(ResponseHeader response, boolean trailers) throws ProxyException {
    HttpVersion received = response.version();
    HopByHop.strip(response, new HopByHop.Keep(response.status() == 101, trailers));
    VIA.addTo(response.headers(), received);
  }
}
