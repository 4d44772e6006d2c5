// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MethodTest {
  private static String read(String text) {
    byte[] octets = ("x" + text + "x").getBytes(StandardCharsets.ISO_8859_1);
    return Method.of(octets, 1, text.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PURGE"
      })
  void givesTheConstantForAStandardMethod(String text) {
    assertThat(read(text)).isSameAs(text.intern());
  }

  @ParameterizedTest
  @ValueSource(strings = {"get", "GE", "GETS", "P", "PU", "PUX", "PATCX", "POSX", "QUERY", "", "G"})
  void keepsEveryOtherTokenAsItIs(String text) {
    assertThat(read(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,true,true",
    "HEAD,true,true",
    "OPTIONS,true,true",
    "TRACE,true,true",
    "PUT,false,true",
    "DELETE,false,true",
    "POST,false,false",
    "PATCH,false,false",
    "CONNECT,false,false",
    "get,false,false",
    "ANY,false,false",
  })
  void knowsWhatTheStandardSays(String method, boolean safe, boolean idempotent) {
    assertThat(Method.isSafe(method)).isEqualTo(safe);
    assertThat(Method.isIdempotent(method)).isEqualTo(idempotent);
  }

  @Test
  void comparesOctetsNotCharacters() {
    byte[] octets = {'G', (byte) 0xC5, 'T'};

    assertThat(Method.of(octets, 0, 3)).isEqualTo("G\u00c5T");
  }
}
