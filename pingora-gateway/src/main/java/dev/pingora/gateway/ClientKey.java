// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.http.FieldName;

/// What makes two requests those of one client.
sealed interface ClientKey {
  /// For messages.
  String FORM = "client_address | header:NAME";

  /// The client's address, see [ClientAddresses]; of IPv6 the first 64 bits.
  record ClientAddress() implements ClientKey {}

  /// The first value of a field; a request without it belongs to its client's address. Only for
  /// fields that somebody has checked: who may choose the value is a new client each time.
  record Header(FieldName name) implements ClientKey {}

  /// {@return the type of the key}
  static ValueType<ClientKey> type() {
    return Values.parsed(FORM, ClientKey::parse, ClientKey::text);
  }

  private static ClientKey parse(String text) {
    if (text.equals("client_address")) {
      return new ClientAddress();
    }
    String name = text.startsWith("header:") ? text.substring("header:".length()) : "";
    if (!BalanceKey.TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException("is \"" + text + "\"");
    }
    return new Header(FieldName.of(name));
  }

  /// {@return the text form}
  default String text() {
    return switch (this) {
      case ClientAddress _ -> "client_address";
      case Header header -> "header:" + header.name();
    };
  }
}
