// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

/// The bounds of one HTTP/1 message; what exceeds them is refused, never cut.
///
/// Heads and trailer sections are the only things that this module stores, so these numbers also
/// bound its memory per connection. Content has no bound here: it is never stored.
///
/// @param requestLineBytes octets of the request line or status line without its CRLF; over it a
///   request gets 414 (RFC 9112 §3)
/// @param headerSectionBytes octets of all header field lines with their CRLFs; over it a request
///   gets 431 (RFC 6585 §5)
/// @param headerFields field lines of one section; over it a request gets 431
/// @param trailerSectionBytes octets of all trailer field lines with their CRLFs
/// @param chunkLineBytes octets of one chunk-size line with its extensions, without the CRLF (RFC
///   9112 §7.1.1)
public record Http1Limits(
    int requestLineBytes,
    int headerSectionBytes,
    int headerFields,
    int trailerSectionBytes,
    int chunkLineBytes) {
  private static final int KIB = 1024;
  private static final int MIN_LINE_BYTES = 16;

  /// All of a head together stays under what [dev.pingora.http.Fields#MAX_OCTETS] can index.
  private static final int MAX_BYTES = 3 * KIB * KIB;

  private static final int MAX_FIELDS = 10_000;

  /// The defaults for requests, those of the gateway's `limits:`.
  public static final Http1Limits REQUEST =
      new Http1Limits(8 * KIB, 64 * KIB, 100, 16 * KIB, 8 * KIB);

  /// The defaults for responses: as for requests, with up to 256 field lines.
  public static final Http1Limits RESPONSE = REQUEST.toBuilder().headerFields(256).build();

  public Http1Limits {
    check("requestLineBytes", requestLineBytes, MIN_LINE_BYTES, MAX_BYTES);
    check("headerSectionBytes", headerSectionBytes, MIN_LINE_BYTES, MAX_BYTES);
    check("headerFields", headerFields, 1, MAX_FIELDS);
    check("trailerSectionBytes", trailerSectionBytes, 0, MAX_BYTES);
    check("chunkLineBytes", chunkLineBytes, MIN_LINE_BYTES, MAX_BYTES);
  }

  private static void check(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + ".." + max + ")");
    }
  }

  /// {@return a builder that starts from these limits}
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// Collects limits; each has the value of the record it was made from until it is set. One
  /// thread.
  public static final class Builder {
    private int requestLineBytes;
    private int headerSectionBytes;
    private int headerFields;
    private int trailerSectionBytes;
    private int chunkLineBytes;

    private Builder(Http1Limits from) {
      requestLineBytes = from.requestLineBytes;
      headerSectionBytes = from.headerSectionBytes;
      headerFields = from.headerFields;
      trailerSectionBytes = from.trailerSectionBytes;
      chunkLineBytes = from.chunkLineBytes;
    }

    /// Sets the bound of the start line: 16 octets to 3 MiB.
    public Builder requestLineBytes(int bytes) {
      requestLineBytes = bytes;
      return this;
    }

    /// Sets the bound of the header section: 16 octets to 3 MiB.
    public Builder headerSectionBytes(int bytes) {
      headerSectionBytes = bytes;
      return this;
    }

    /// Sets the bound of field lines in a section: 1 to 10,000.
    public Builder headerFields(int lines) {
      headerFields = lines;
      return this;
    }

    /// Sets the bound of the trailer section: 0 (no trailers) to 3 MiB.
    public Builder trailerSectionBytes(int bytes) {
      trailerSectionBytes = bytes;
      return this;
    }

    /// Sets the bound of a chunk-size line: 16 octets to 3 MiB.
    public Builder chunkLineBytes(int bytes) {
      chunkLineBytes = bytes;
      return this;
    }

    /// {@return the limits}
    public Http1Limits build() {
      return new Http1Limits(
          requestLineBytes, headerSectionBytes, headerFields, trailerSectionBytes, chunkLineBytes);
    }
  }
}
