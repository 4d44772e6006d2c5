// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Comparisons of heads, octet by octet.
final class HeadAssert {
  private HeadAssert() {}

  /// The text form, which tells all that a head has.
  static String text(ResponseHeader head) {
    ByteBuffer text = ByteBuffer.allocate(HeaderText.length(head));
    HeaderText.write(head, text);
    return new String(text.array(), StandardCharsets.ISO_8859_1);
  }

  static void assertSame(ResponseHeader actual, ResponseHeader expected) {
    assertThat(actual.version()).isEqualTo(expected.version());
    assertThat(actual.status()).isEqualTo(expected.status());
    assertThat(actual.reason()).isEqualTo(expected.reason());
    assertThat(actual.headers()).containsExactlyElementsOf(expected.headers());
    assertThat(text(actual)).isEqualTo(text(expected));
  }
}
