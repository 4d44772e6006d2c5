// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the Connection field of a message asks for (RFC 9110 §7.6.1).
///
/// Members that are no tokens mean nothing and are passed over. A value; any thread may use it.
///
/// @param close the connection ends after this exchange (RFC 9112 §9.6)
/// @param keepAlive an HTTP/1.0 peer wants to keep the connection (RFC 9112 §9.3)
/// @param upgrade the Upgrade field is meant for us (RFC 9110 §7.8)
/// @param nominated every other option in lower case: names of fields that are not to be forwarded
public record ConnectionOptions(
    boolean close, boolean keepAlive, boolean upgrade, List<String> nominated) {
  /// How many options one message may have; honest ones have up to three. Each costs a search of
  /// the header section.
  public static final int MAX_OPTIONS = 32;

  private static final String CLOSE = "close";
  private static final String KEEP_ALIVE = "keep-alive";
  private static final String UPGRADE = "upgrade";

  // Nearly every Connection field is one of these, which then costs nothing.
  private static final ConnectionOptions NONE =
      new ConnectionOptions(false, false, false, List.of());
  private static final ConnectionOptions ONLY_CLOSE =
      new ConnectionOptions(true, false, false, List.of());
  private static final ConnectionOptions ONLY_KEEP_ALIVE =
      new ConnectionOptions(false, true, false, List.of());
  private static final ConnectionOptions ONLY_UPGRADE =
      new ConnectionOptions(false, false, true, List.of());

  public ConnectionOptions {
    nominated = List.copyOf(nominated);
  }

  /// {@return the options of a request's header section}
  ///
  /// @throws ProxyException downstream, if there are more than [#MAX_OPTIONS]
  public static ConnectionOptions ofRequest(Fields header) throws ProxyException {
    return of(header, ErrorSource.DOWNSTREAM);
  }

  /// {@return the options of a response's header section}
  ///
  /// @throws ProxyException upstream, if there are more than [#MAX_OPTIONS]
  public static ConnectionOptions ofResponse(Fields header) throws ProxyException {
    return of(header, ErrorSource.UPSTREAM);
  }

  static ConnectionOptions of(Fields header, ErrorSource side) throws ProxyException {
    int index = header.indexOf(FieldName.CONNECTION, 0);
    if (index < 0) {
      return NONE;
    }
    if (header.indexOf(FieldName.CONNECTION, index + 1) < 0) {
      if (header.valueEqualsIgnoreCase(index, KEEP_ALIVE)) {
        return ONLY_KEEP_ALIVE;
      }
      if (header.valueEqualsIgnoreCase(index, CLOSE)) {
        return ONLY_CLOSE;
      }
      if (header.valueEqualsIgnoreCase(index, UPGRADE)) {
        return ONLY_UPGRADE;
      }
    }
    return parse(String.join(",", header.all(FieldName.CONNECTION)), side);
  }

  private static ConnectionOptions parse(String value, ErrorSource side) throws ProxyException {
    boolean close = false;
    boolean keepAlive = false;
    boolean upgrade = false;
    List<String> nominated = new ArrayList<>(2);
    for (String member : CommaList.members(value)) {
      if (!CommaList.isToken(member)) {
        continue;
      }
      String option = member.toLowerCase(Locale.ROOT);
      switch (option) {
        case CLOSE -> close = true;
        case KEEP_ALIVE -> keepAlive = true;
        case UPGRADE -> upgrade = true;
        default -> nominated.add(option);
      }
      if (nominated.size() > MAX_OPTIONS) {
        throw Violation.head(side, "more than %s connection options", MAX_OPTIONS);
      }
    }
    return new ConnectionOptions(close, keepAlive, upgrade, nominated);
  }
}
