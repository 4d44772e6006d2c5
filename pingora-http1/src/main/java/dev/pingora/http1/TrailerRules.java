// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import java.util.Locale;

/// Which fields may be forwarded in a trailer section (RFC 9110 §6.5.1). Pure; any thread may use
/// it.
final class TrailerRules {
  /// By what they are for, in the order of RFC 9110 §6.5.1: framing, routing, authentication,
  /// request modifiers, response control, and the fields that intermediaries add or consume.
  private static final FieldNames FORBIDDEN =
      FieldNames.of(
          FieldName.TRANSFER_ENCODING,
          FieldName.CONTENT_LENGTH,
          FieldName.TRAILER,
          FieldName.HOST,
          FieldName.CONNECTION,
          FieldName.KEEP_ALIVE,
          FieldName.PROXY_CONNECTION,
          FieldName.TE,
          FieldName.UPGRADE,
          FieldName.HTTP2_SETTINGS,
          FieldName.AUTHORIZATION,
          FieldName.PROXY_AUTHENTICATE,
          FieldName.PROXY_AUTHORIZATION,
          FieldName.PROXY_AUTHENTICATION_INFO,
          FieldName.WWW_AUTHENTICATE,
          FieldName.AUTHENTICATION_INFO,
          FieldName.COOKIE,
          FieldName.SET_COOKIE,
          FieldName.EXPECT,
          FieldName.MAX_FORWARDS,
          FieldName.CACHE_CONTROL,
          FieldName.PRAGMA,
          FieldName.RANGE,
          FieldName.IF_MATCH,
          FieldName.IF_NONE_MATCH,
          FieldName.IF_MODIFIED_SINCE,
          FieldName.IF_UNMODIFIED_SINCE,
          FieldName.IF_RANGE,
          FieldName.AGE,
          FieldName.DATE,
          FieldName.EXPIRES,
          FieldName.LOCATION,
          FieldName.RETRY_AFTER,
          FieldName.VARY,
          FieldName.WARNING,
          FieldName.FORWARDED,
          FieldName.VIA,
          FieldName.X_REAL_IP,
          FieldName.STRICT_TRANSPORT_SECURITY,
          FieldName.ALT_SVC);

  private static final String CONTENT = "content-";
  private static final String X_FORWARDED = "x-forwarded-";

  private TrailerRules() {}

  static boolean allows(Fields trailers, int index) {
    if (FORBIDDEN.contains(trailers, index)) {
      return false;
    }
    String name = trailers.name(index).toLowerCase(Locale.ROOT);
    // How content is to be processed must be known before it; a digest of it can only be known
    // after (RFC 9530 §2).
    boolean aboutContent = name.startsWith(CONTENT) && !name.equals("content-digest");
    return !aboutContent && !name.startsWith(X_FORWARDED) && name.indexOf('_') < 0;
  }
}
