// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

/// Facts about status codes (RFC 9110 §15 and the IANA registry).
public final class StatusCode {
  /// The least and the greatest code that three digits without a leading zero can say. RFC 9110 §15
  /// defines classes up to 599 and tells recipients to treat the rest as 5xx.
  public static final int MIN = 100;

  /// See [#MIN].
  public static final int MAX = 999;

  private StatusCode() {}

  /// {@return the standard reason phrase, empty if the code has none}
  public static String reason(int status) {
    return switch (status / 100) {
      case 1 -> informational(status);
      case 2 -> successful(status);
      case 3 -> redirection(status);
      case 4 -> clientError(status);
      case 5 -> serverError(status);
      default -> "";
    };
  }

  private static String informational(int status) {
    return switch (status) {
      case 100 -> "Continue";
      case 101 -> "Switching Protocols";
      case 102 -> "Processing";
      case 103 -> "Early Hints";
      default -> "";
    };
  }

  private static String successful(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 201 -> "Created";
      case 202 -> "Accepted";
      case 203 -> "Non-Authoritative Information";
      case 204 -> "No Content";
      case 205 -> "Reset Content";
      case 206 -> "Partial Content";
      case 207 -> "Multi-Status";
      case 208 -> "Already Reported";
      case 226 -> "IM Used";
      default -> "";
    };
  }

  private static String redirection(int status) {
    return switch (status) {
      case 300 -> "Multiple Choices";
      case 301 -> "Moved Permanently";
      case 302 -> "Found";
      case 303 -> "See Other";
      case 304 -> "Not Modified";
      case 305 -> "Use Proxy";
      case 307 -> "Temporary Redirect";
      case 308 -> "Permanent Redirect";
      default -> "";
    };
  }

  private static String clientError(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 402 -> "Payment Required";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 406 -> "Not Acceptable";
      case 407 -> "Proxy Authentication Required";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 410 -> "Gone";
      case 411 -> "Length Required";
      case 412 -> "Precondition Failed";
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 415 -> "Unsupported Media Type";
      case 416 -> "Range Not Satisfiable";
      case 417 -> "Expectation Failed";
      case 421 -> "Misdirected Request";
      case 422 -> "Unprocessable Content";
      case 423 -> "Locked";
      case 424 -> "Failed Dependency";
      case 425 -> "Too Early";
      case 426 -> "Upgrade Required";
      case 428 -> "Precondition Required";
      case 429 -> "Too Many Requests";
      case 431 -> "Request Header Fields Too Large";
      case 451 -> "Unavailable For Legal Reasons";
      default -> "";
    };
  }

  private static String serverError(int status) {
    return switch (status) {
      case 500 -> "Internal Server Error";
      case 501 -> "Not Implemented";
      case 502 -> "Bad Gateway";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      case 505 -> "HTTP Version Not Supported";
      case 506 -> "Variant Also Negotiates";
      case 507 -> "Insufficient Storage";
      case 508 -> "Loop Detected";
      case 511 -> "Network Authentication Required";
      default -> "";
    };
  }

  /// {@return whether the code is 1xx: another response follows}
  public static boolean isInformational(int status) {
    return status / 100 == 1;
  }

  /// {@return whether the code is 2xx}
  public static boolean isSuccessful(int status) {
    return status / 100 == 2;
  }

  /// {@return whether the code is 3xx}
  public static boolean isRedirection(int status) {
    return status / 100 == 3;
  }

  /// {@return whether the code is 4xx}
  public static boolean isClientError(int status) {
    return status / 100 == 4;
  }

  /// {@return whether the code is 5xx, or a code over 599, which counts as one (RFC 9110 §15)}
  public static boolean isServerError(int status) {
    return status >= 500;
  }

  /// {@return whether a response with this code may have content}
  ///
  /// RFC 9110 §6.4.1: 1xx, 204 and 304 never have; that a response to HEAD has none is not a
  /// property of its code. 205 may be framed as empty content (§15.3.6).
  public static boolean allowsContent(int status) {
    return !isInformational(status) && status != 204 && status != 304;
  }

  static int checked(int status) {
    if (status < MIN || status > MAX) {
      throw new IllegalArgumentException(
          "status: " + status + " (expected: " + MIN + ".." + MAX + ")");
    }
    return status;
  }
}
