// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;

/// Whether a request asks to change the protocol of its connection (RFC 9110 §7.8). Pure; any
/// thread may use it.
public final class Upgrade {
  private static final String H2C = "h2c";

  private Upgrade() {}

  /// {@return whether the request asks for an upgrade}
  ///
  /// Both fields are needed: without the connection option, Upgrade may come from another
  /// connection, through somebody who forgot to take it off. In HTTP/1.0 it must be ignored. A 101
  /// to a request of which this is not true is malformed.
  ///
  /// An offer of `h2c` is none: RFC 9113 §3.1 made the token obsolete, and an upstream that still
  /// takes it would get a tunnel for requests that no route and no filter here ever sees.
  public static boolean isRequested(RequestHeader request) {
    Fields header = request.headers();
    return header.contains(FieldName.UPGRADE)
        && request.version() == HttpVersion.HTTP_1_1
        && header.contains(FieldName.CONNECTION, "upgrade")
        && !header.contains(FieldName.UPGRADE, H2C);
  }

  /// {@return whether a 101 switches to what the request offered} It must name the protocol, and
  /// each that it names must have been offered; case means nothing.
  ///
  /// @param offered the request's header section
  /// @param taken that of the 101
  public static boolean isAnswered(Fields offered, Fields taken) {
    boolean named = false;
    for (String value : taken.all(FieldName.UPGRADE)) {
      for (String protocol : value.split(",", -1)) {
        if (!offered.contains(FieldName.UPGRADE, protocol.strip())) {
          return false;
        }
        named = true;
      }
    }
    return named;
  }
}
