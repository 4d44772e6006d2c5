// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;

/// Writes heads: start line, field lines, empty line. Untouched neighbouring lines go out as one
/// copy of the octets that came.
///
/// A head is written whole or not at all: ask for its length, make room, write. The version written
/// is always HTTP/1.1, whatever the header says: an intermediary sends its own version (RFC 9110
/// §2.5). Stateless; any thread may use it.
public final class HeadWriter {
  private static final int LINE_END = 2;

  /// Where the minor version's digit stands: counted from the start of a status line, or back from
  /// the end of a request line.
  private static final int STATUS_LINE_MINOR = 7;

  private static final int REQUEST_LINE_MINOR = 3;

  private HeadWriter() {}

  /// {@return how many octets [#write(RequestHeader, ByteBuffer)] writes}
  public static int encodedLength(RequestHeader request) {
    return request.requestLineLength() + request.headers().encodedLength() + LINE_END;
  }

  /// {@return how many octets [#write(ResponseHeader, ByteBuffer)] writes}
  public static int encodedLength(ResponseHeader response) {
    return response.statusLineLength() + response.headers().encodedLength() + LINE_END;
  }

  /// Writes the head of a request.
  ///
  /// @return false if it does not fit: then nothing was written
  public static boolean write(RequestHeader request, ByteBuffer out) {
    int start = out.position();
    if (!request.writeRequestLine(out)) {
      return false;
    }
    out.put(out.position() - REQUEST_LINE_MINOR, (byte) '1');
    if (out.remaining() < LINE_END + request.headers().encodedLength()) {
      out.position(start);
      return false;
    }
    request.headers().writeTo(out);
    writeLineEnd(out);
    return true;
  }

  /// Writes the head of a response.
  ///
  /// @return false if it does not fit: then nothing was written
  public static boolean write(ResponseHeader response, ByteBuffer out) {
    int start = out.position();
    if (!response.writeStatusLine(out)) {
      return false;
    }
    out.put(start + STATUS_LINE_MINOR, (byte) '1');
    if (out.remaining() < LINE_END + response.headers().encodedLength()) {
      out.position(start);
      return false;
    }
    response.headers().writeTo(out);
    writeLineEnd(out);
    return true;
  }

  private static void writeLineEnd(ByteBuffer out) {
    out.put(Octets.CR).put(Octets.LF);
  }
}
