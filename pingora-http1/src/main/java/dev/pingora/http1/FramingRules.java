// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http.StatusCode;
import java.util.List;
import java.util.Locale;

/// The rules behind [MessageFraming], in the order of RFC 9112 §6.3.
///
/// Stricter than the RFC must be, where it leaves a choice: a Content-Length that repeats itself is
/// refused even if all values agree (RFC 9110 §8.6 allows either), and so is Transfer-Encoding
/// beside Content-Length (RFC 9112 §6.1 allows to prefer the former). Pure; any thread may use it.
final class FramingRules {
  /// The fields that frame content.
  static final FieldNames FIELDS =
      FieldNames.of(FieldName.TRANSFER_ENCODING, FieldName.CONTENT_LENGTH);

  private static final int NOT_IMPLEMENTED = 501;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final String CHUNKED = "chunked";

  private FramingRules() {}

  static MessageFraming ofRequest(RequestHeader request) throws ProxyException {
    Fields fields = request.headers();
    // One AND for nearly every GET. RFC 9112 §6.3 item 7: a request without either has no content.
    if (!fields.mayContain(FIELDS)) {
      return MessageFraming.None.INSTANCE;
    }
    MessageFraming framing =
        announced(fields, request.version(), MessageFraming.None.INSTANCE, ErrorSource.DOWNSTREAM);
    if (request.method().equals(Method.CONNECT)) {
      return ofConnect(framing);
    }
    return framing;
  }

  /// RFC 9110 §9.3.6: a CONNECT request has no content, and what follows its head is the tunnel's.
  /// Framing of content there would let two recipients disagree about where the tunnel begins.
  private static MessageFraming ofConnect(MessageFraming framing) throws ProxyException {
    return switch (framing) {
      case MessageFraming.None none -> none;
      case MessageFraming.ContentLength(long length) when length == 0 ->
          MessageFraming.None.INSTANCE;
      case MessageFraming.ContentLength _,
          MessageFraming.Chunked _,
          MessageFraming.UntilClose _,
          MessageFraming.Tunnel _ ->
          throw Violation.head(ErrorSource.DOWNSTREAM, "CONNECT with content (RFC 9110 §9.3.6)");
    };
  }

  static MessageFraming ofResponse(ResponseHeader response, String requestMethod)
      throws ProxyException {
    int status = response.status();
    // RFC 9112 §6.3 item 2; RFC 9110 §9.3.6: a client ignores framing fields in a 2xx to CONNECT.
    boolean connected = requestMethod.equals(Method.CONNECT) && StatusCode.isSuccessful(status);
    if (connected) {
      return MessageFraming.Tunnel.INSTANCE;
    }
    if (status == SWITCHING_PROTOCOLS) {
      return switched(response);
    }
    // RFC 9112 §6.3 item 1: these end at their empty line, whatever their fields say.
    if (StatusCode.isInformational(status) || status == 204) {
      return MessageFraming.None.INSTANCE;
    }
    MessageFraming announced =
        announced(
            response.headers(),
            response.version(),
            MessageFraming.UntilClose.INSTANCE,
            ErrorSource.UPSTREAM);
    // Item 1 again; but here the fields describe the answer to a GET and are forwarded, so a
    // malformed one is refused above.
    if (requestMethod.equals(Method.HEAD) || status == 304) {
      return MessageFraming.None.INSTANCE;
    }
    return announced;
  }

  /// RFC 9110 §7.8: behind the head of a 101 the new protocol begins. HTTP/1.0 knows neither
  /// Upgrade nor 1xx.
  private static MessageFraming switched(ResponseHeader response) throws ProxyException {
    if (response.version() == HttpVersion.HTTP_1_0) {
      throw Violation.head(ErrorSource.UPSTREAM, "101 in HTTP/1.0 (RFC 9110 §7.8)");
    }
    return MessageFraming.Tunnel.INSTANCE;
  }

  static MessageFraming ofResponse(ResponseHeader response, RequestHeader request)
      throws ProxyException {
    // RFC 9110 §7.8: a server must not switch to a protocol that the client did not offer.
    if (response.status() == SWITCHING_PROTOCOLS && !Upgrade.isRequested(request)) {
      throw Violation.head(ErrorSource.UPSTREAM, "101 that nobody asked for (RFC 9110 §7.8)");
    }
    return ofResponse(response, request.method());
  }

  private static MessageFraming announced(
      Fields fields, HttpVersion version, MessageFraming otherwise, ErrorSource side)
      throws ProxyException {
    int coding = fields.indexOf(FieldName.TRANSFER_ENCODING, 0);
    int length = fields.indexOf(FieldName.CONTENT_LENGTH, 0);
    if (coding >= 0) {
      // RFC 9112 §6.1: such a message must be taken for one with faulty framing.
      if (version == HttpVersion.HTTP_1_0) {
        throw Violation.head(side, "Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1)");
      }
      // RFC 9112 §6.3 item 3: an attempt at smuggling; ought to be handled as an error.
      if (length >= 0) {
        throw Violation.head(side, "Transfer-Encoding and Content-Length together (RFC 9112 §6.3)");
      }
      return coded(fields, coding, side);
    }
    return length < 0 ? otherwise : counted(fields, length, side);
  }

  /// RFC 9112 §6.3 item 5, RFC 9110 §8.6: one line with digits only. [Fields#valueAsLong] refuses
  /// signs, spaces and overflow.
  private static MessageFraming counted(Fields fields, int index, ErrorSource side)
      throws ProxyException {
    if (fields.indexOf(FieldName.CONTENT_LENGTH, index + 1) >= 0) {
      throw Violation.head(side, "more than one Content-Length (RFC 9112 §6.3)");
    }
    long length = fields.valueAsLong(index);
    if (length < 0) {
      throw Violation.head(
          side,
          "Content-Length \"%s\" is not one number (RFC 9110 §8.6)",
          Violation.quote(fields.value(index)));
    }
    return MessageFraming.ContentLength.of(length);
  }

  /// RFC 9112 §6.3 item 4: content is chunked if and only if that is the last coding.
  private static MessageFraming coded(Fields fields, int index, ErrorSource side)
      throws ProxyException {
    boolean single = fields.indexOf(FieldName.TRANSFER_ENCODING, index + 1) < 0;
    if (single && fields.valueEqualsIgnoreCase(index, CHUNKED)) {
      return MessageFraming.Chunked.INSTANCE;
    }
    List<String> codings =
        CommaList.members(String.join(",", fields.all(FieldName.TRANSFER_ENCODING)));
    String last = codings.getLast().toLowerCase(Locale.ROOT);
    if (!last.equals(CHUNKED)) {
      throw unclear("does not end in chunked", last, side);
    }
    for (String coding : codings.subList(0, codings.size() - 1)) {
      checkOther(coding, side);
    }
    // RFC 9112 §6.1: 501 for a coding that the server does not understand. We understand only
    // chunked.
    throw Violation.head(
        side,
        NOT_IMPLEMENTED,
        "transfer coding \"%s\" is unknown (RFC 9112 §6.1)",
        Violation.quote(codings.getFirst()));
  }

  private static void checkOther(String coding, ErrorSource side) throws ProxyException {
    int parameters = coding.indexOf(';');
    String name = (parameters < 0 ? coding : coding.substring(0, parameters)).strip();
    if (!CommaList.isToken(name)) {
      throw unclear("has a member that is no coding", coding, side);
    }
    // RFC 9112 §7.1: a sender must not apply chunked more than once.
    if (name.equalsIgnoreCase(CHUNKED)) {
      throw unclear("has chunked before the last place", coding, side);
    }
  }

  private static ProxyException unclear(String rule, String coding, ErrorSource side) {
    return Violation.head(
        side, "Transfer-Encoding %s: \"%s\" (RFC 9112 §6.3)", rule, Violation.quote(coding));
  }
}
