// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.http.FieldName;
import dev.pingora.http.RequestHeader;
import dev.pingora.proxy.CookieField;
import dev.pingora.proxy.Session;
import java.net.InetAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the hashing ways to choose a server hash. A request without it is hashed by its client.
sealed interface BalanceKey {
  /// For messages.
  String FORM = "client_address | path | header:NAME | cookie:NAME | query:NAME";

  /// RFC 9110 §5.6.2: what names of fields, and of cookies (RFC 6265 §4.1.1), are made of.
  Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");

  /// The client's address, without its port; behind trusted proxies the one that they saw.
  record ClientAddress() implements BalanceKey {}

  /// The normalised path.
  record RequestPath() implements BalanceKey {}

  /// The first value of a field.
  record Header(FieldName name) implements BalanceKey {}

  /// A cookie.
  record Cookie(String name) implements BalanceKey {}

  /// The first value of a parameter of the query, as it stands there.
  record Query(String name) implements BalanceKey {}

  /// {@return the type of the key}
  static ValueType<BalanceKey> type() {
    return Values.parsed(FORM, BalanceKey::parse, BalanceKey::text);
  }

  private static BalanceKey parse(String text) {
    return switch (text) {
      case "client_address" -> new ClientAddress();
      case "path" -> new RequestPath();
      case String _ -> named(text);
    };
  }

  private static BalanceKey named(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? "" : text.substring(colon + 1);
    if (TOKEN.matcher(name).matches()) {
      switch (text.substring(0, colon)) {
        case "header" -> {
          return new Header(FieldName.of(name));
        }
        case "cookie" -> {
          return new Cookie(name);
        }
        case "query" -> {
          return new Query(name);
        }
        case String _ -> {}
      }
    }
    throw new IllegalArgumentException("is \"" + text + "\"");
  }

  /// {@return the text form}
  default String text() {
    return switch (this) {
      case ClientAddress _ -> "client_address";
      case RequestPath _ -> "path";
      case Header header -> "header:" + header.name();
      case Cookie cookie -> "cookie:" + cookie.name();
      case Query query -> "query:" + query.name();
    };
  }

  /// {@return what to hash of a request}
  default Object of(Session session, ClientAddresses clients) {
    RequestHeader request = session.request();
    String found =
        switch (this) {
          case ClientAddress _ -> null;
          case RequestPath _ -> request.path();
          case Header header -> request.headers().first(header.name());
          case Cookie cookie -> CookieField.first(request.headers(), cookie.name());
          case Query query -> parameter(request.query(), query.name());
        };
    if (found != null) {
      return found;
    }
    InetAddress client = clients.of(session.clientAddress(), request.headers());
    return client == null ? session.clientAddress() : client;
  }

  private static @Nullable String parameter(@Nullable String query, String name) {
    int at = query == null ? -1 : 0;
    while (query != null && at >= 0 && at < query.length()) {
      int end = query.indexOf('&', at);
      int stop = end < 0 ? query.length() : end;
      int equals = at + name.length();
      if (equals < stop && query.charAt(equals) == '=' && query.startsWith(name, at)) {
        return query.substring(equals + 1, stop);
      }
      at = end < 0 ? -1 : end + 1;
    }
    return null;
  }
}
