// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import dev.pingora.http.FieldName;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;

/// What a client demands before it sends content (RFC 9110 §10.1.1). Pure; any thread may use it.
public enum Expectation {
  /// Nothing.
  NONE,

  /// A 100 (Continue) or a final response, else the content may never come.
  CONTINUE,

  /// Something that we do not know; to be answered with 417.
  UNSUPPORTED;

  private static final String HUNDRED_CONTINUE = "100-continue";

  /// {@return what the request expects} RFC 9110 §10.1.1: expectations in HTTP/1.0 requests must be
  /// ignored.
  public static Expectation of(RequestHeader request) {
    Fields header = request.headers();
    int index = header.indexOf(FieldName.EXPECT, 0);
    if (index < 0 || request.version() == HttpVersion.HTTP_1_0) {
      return NONE;
    }
    Expectation expectation = NONE;
    for (int i = index; i >= 0; i = header.indexOf(FieldName.EXPECT, i + 1)) {
      if (header.valueEqualsIgnoreCase(i, HUNDRED_CONTINUE)) {
        expectation = CONTINUE;
        continue;
      }
      for (String member : CommaList.members(header.value(i))) {
        if (member.equalsIgnoreCase(HUNDRED_CONTINUE)) {
          expectation = CONTINUE;
        } else if (!member.isEmpty()) {
          return UNSUPPORTED;
        }
      }
    }
    return expectation;
  }
}
