// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;

/// Encodes header and trailer sections into field blocks (RFC 9113 §8.2, §8.3).
///
/// Fields that HTTP/2 forbids are left out whatever the caller gives, so that a message from HTTP/1
/// cannot become a malformed one here; fields nominated by `Connection` are the proxy's business.
///
/// Owned by the connection thread.
final class SectionWriter {
  /// RFC 9113 §8.2.2: MUST NOT be generated.
  private static final FieldNames CONNECTION_SPECIFIC =
      FieldNames.of(
          FieldName.CONNECTION,
          FieldName.KEEP_ALIVE,
          FieldName.PROXY_CONNECTION,
          FieldName.TRANSFER_ENCODING,
          FieldName.UPGRADE,
          FieldName.HTTP2_SETTINGS,
          FieldName.TE);

  /// What is kept of the line's array between lines.
  private static final int KEEP = 1_024;

  private final HpackEncoder encoder = new HpackEncoder();
  private final Scratch text = new Scratch();

  HpackEncoder encoder() {
    return encoder;
  }

  /// {@return the block, lent until the next section}
  Scratch response(ResponseHeader response) {
    encoder.begin();
    status(response.status());
    fields(response.headers(), false);
    return encoder.block();
  }

  /// A response without any field, for answers the connection gives itself.
  Scratch response(int status) {
    encoder.begin();
    status(status);
    return encoder.block();
  }

  /// {@return the block, lent until the next section}
  ///
  /// RFC 9113 §8.3.1: `:authority` is that of the request, wherever it had it, and Host is then
  /// left out; the scheme is https unless known. CONNECT has method and authority only (§8.5).
  Scratch request(RequestHeader request) {
    RequestHeader origin = request.target().startsWith("/") ? request : inOriginForm(request);
    encoder.begin();
    String authority = origin.authority();
    method(origin.method());
    if (!Method.CONNECT.equals(origin.method())) {
      encoder.indexed(
          "http".equals(origin.scheme()) ? StaticTable.SCHEME_HTTP : StaticTable.SCHEME_HTTPS);
      line(StaticTable.PATH, origin.target());
    }
    if (!authority.isEmpty()) {
      line(StaticTable.AUTHORITY, authority);
    }
    fields(origin.headers(), true);
    return encoder.block();
  }

  /// {@return the block, lent until the next section}
  Scratch trailers(Fields trailers) {
    encoder.begin();
    fields(trailers, true);
    return encoder.block();
  }

  private static RequestHeader inOriginForm(RequestHeader request) {
    return request.copy().toOriginForm();
  }

  private void method(String method) {
    switch (method) {
      case Method.GET -> encoder.indexed(StaticTable.METHOD_GET);
      case Method.POST -> encoder.indexed(StaticTable.METHOD_POST);
      default -> line(StaticTable.METHOD_GET, method);
    }
  }

  private void status(int status) {
    int index =
        switch (status) {
          case 200 -> StaticTable.STATUS_200;
          case 204 -> StaticTable.STATUS_200 + 1;
          case 206 -> StaticTable.STATUS_200 + 2;
          case 304 -> StaticTable.STATUS_200 + 3;
          case 400 -> StaticTable.STATUS_200 + 4;
          case 404 -> StaticTable.STATUS_200 + 5;
          case 500 -> StaticTable.STATUS_200 + 6;
          default -> 0;
        };
    if (index != 0) {
      encoder.indexed(index);
    } else {
      line(StaticTable.STATUS_200, Integer.toString(status));
    }
  }

  private void line(int staticName, String value) {
    text.reset(KEEP);
    byte[] bytes = text.ensure(value.length());
    for (int i = 0; i < value.length(); i++) {
      bytes[i] = (byte) value.charAt(i);
    }
    encoder.name(staticName);
    encoder.value(bytes, 0, value.length(), false);
  }

  /// Encodes all lines that HTTP/2 allows.
  ///
  /// @param hostIsControl whether Host has been said by `:authority`, or must not be there
  private void fields(Fields fields, boolean hostIsControl) {
    boolean clean = !fields.mayContain(CONNECTION_SPECIFIC);
    for (int i = 0; i < fields.size(); i++) {
      boolean host = hostIsControl && fields.nameEquals(i, FieldName.HOST);
      if (!host && (clean || isAllowed(fields, i))) {
        field(fields, i);
      }
    }
  }

  private static boolean isAllowed(Fields fields, int line) {
    return !CONNECTION_SPECIFIC.contains(fields, line)
        // RFC 9113 §8.2.2: TE may say trailers.
        || (fields.nameEquals(line, FieldName.TE)
            && fields.valueEqualsIgnoreCase(line, "trailers"));
  }

  private void field(Fields fields, int line) {
    int nameLength = fields.nameLength(line);
    int valueLength = fields.valueLength(line);
    text.reset(KEEP);
    byte[] bytes = text.ensure(nameLength + valueLength);
    for (int i = 0; i < nameLength; i++) {
      bytes[i] = fields.nameByte(line, i);
    }
    fields.copyValue(line, bytes, nameLength);
    encoder.name(bytes, 0, nameLength);
    encoder.value(bytes, nameLength, valueLength, false);
  }
}
