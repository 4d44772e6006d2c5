// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestHeaderTest {
  /// A request as a codec makes it, with one field line, Host.
  private static RequestHeader received(String method, String target, String host) {
    String first = method + " " + target + " HTTP/1.1\r\n";
    String line = "Host: " + host + "\r\n";
    byte[] head = (first + line).getBytes(StandardCharsets.ISO_8859_1);
    Fields fields = Fields.ofSection(head, 1);
    int start = first.length();
    fields.addLine(start, 4, start + 6, host.length(), start + line.length());
    String interned = Method.of(head, 0, method.length());
    return RequestHeader.ofHead(
        interned, head, method.length() + 1, target.length(), HttpVersion.HTTP_1_1, fields);
  }

  private static String written(RequestHeader request) {
    ByteBuffer out = ByteBuffer.allocate(request.requestLineLength());
    assertThat(request.writeRequestLine(out)).isTrue();
    assertThat(out.remaining()).isZero();
    assertThat(request.headers().writeTo(ByteBuffer.allocate(1000))).isTrue();
    return new String(out.array(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void writesARequestLineThatCameAsItCame() {
    RequestHeader request = received("GET", "/%7e/../caf\u00e9?q=\u00ff", "a");

    assertThat(request.path()).isEqualTo("/caf%E9");
    assertThat(written(request)).isEqualTo("GET /%7e/../caf\u00e9?q=\u00ff HTTP/1.1\r\n");
    assertThat(written(request.copy())).isEqualTo(written(request));
  }

  @Test
  void takesOverTextsOfTheSameOctetsOnly() {
    RequestHeader first = received("GET", "/a?b", "Example.com:80");
    String host = first.host();
    String path = first.path();
    RequestHeader same = received("GET", "/a?b", "Example.com:80");
    same.adoptTexts(first);
    RequestHeader other = received("GET", "/c?b", "Example.org:80");
    other.adoptTexts(same);

    assertThat(same.host()).isSameAs(host);
    assertThat(same.path()).isSameAs(path);
    assertThat(other.host()).isEqualTo("example.org");
    assertThat(other.path()).isEqualTo("/c");
    assertThat(other.target()).isEqualTo("/c?b");
  }

  @Test
  void takesOverNoTextThatWasChanged() {
    RequestHeader first = received("GET", "/a", "a");
    assertThat(first.host() + first.path()).isEqualTo("a/a");
    first.target("/b").set(FieldName.HOST, "b");
    RequestHeader second = received("GET", "/a", "a");
    second.adoptTexts(first);
    RequestHeader renamed = received("GET", "/a", "b");
    renamed.adoptTexts(first);
    RequestHeader method = received("OPTIONS", "*", "a");
    method.adoptTexts(received("CONNECT", "*", "a"));

    assertThat(second.host() + second.path()).isEqualTo("a/a");
    assertThat(renamed.host()).isEqualTo("b");
    assertThat(method.path()).isEqualTo("*");
  }

  @Test
  void writesWhatWasSet() {
    RequestHeader request = received("GET", "/a", "a");
    request.method("POST").target("/b\u00e9?c").version(HttpVersion.HTTP_1_0);

    assertThat(written(request)).isEqualTo("POST /b\u00e9?c HTTP/1.0\r\n");
    assertThat(request.path()).isEqualTo("/b%E9");
    assertThat(request.query()).isEqualTo("c");
    assertThat(request.method()).isEqualTo("POST");
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_0,HTTP/1.0", "HTTP_1_1,HTTP/1.1", "HTTP_2,HTTP/1.1", "HTTP_3,HTTP/1.1"})
  void writesAVersionThatHasARequestLine(HttpVersion version, String text) {
    RequestHeader request = RequestHeader.of("GET", "/").version(version);

    assertThat(written(request)).isEqualTo("GET / " + text + "\r\n");
    assertThat(request.version()).isEqualTo(version);
  }

  @Test
  void saysWhenTheRequestLineDoesNotFit() {
    RequestHeader request = received("GET", "/abc", "a");
    ByteBuffer small = ByteBuffer.allocateDirect(request.requestLineLength() - 1);

    assertThat(request.writeRequestLine(small)).isFalse();
    assertThat(small.position()).isZero();
    assertThat(request.target("/abcd").writeRequestLine(small)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "/a b", "/a\r\nX: y", "/a\n", "/\0", "/a#b", "/\u007f", "/\u20ac", "\t/"})
  void refusesTargetsThatAreNotOneWord(String target) {
    RequestHeader request = RequestHeader.of("GET", "/x");

    assertThatThrownBy(() -> request.target(target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("target: ")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
    assertThatThrownBy(() -> RequestHeader.of("GET", target))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(request.target()).isEqualTo("/x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "G T", "GET\r\n", "G\u00c9T", "(", "GET "})
  void refusesMethodsThatAreNoTokens(String method) {
    assertThatThrownBy(() -> RequestHeader.of(method, "/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("method: ");
    assertThatThrownBy(() -> RequestHeader.of("GET", "/").method(method))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "GET,/,ORIGIN,/,-",
        "GET,/a/?,ORIGIN,/a/,''",
        "GET,/a?b?c,ORIGIN,/a,b?c",
        "GET,/a?b=/../c,ORIGIN,/a,b=/../c",
        "GET,//a/b,ORIGIN,/a/b,-",
        "GET,http://h.example,ABSOLUTE,/,-",
        "GET,HTTPS://h.example:8443/../x?y,ABSOLUTE,/x,y",
        "GET,http://h.example?y,ABSOLUTE,/,y",
        "OPTIONS,*,ASTERISK,*,-",
        "OPTIONS,/x,ORIGIN,/x,-",
        "CONNECT,h.example:443,AUTHORITY,'',-",
      })
  void cutsEachFormOfTarget(
      String method, String target, TargetForm form, String path, @Nullable String query) {
    RequestHeader request = received(method, target, "other.example");

    assertThat(request.form()).isEqualTo(form);
    assertThat(request.path()).isEqualTo(path);
    assertThat(request.query()).isEqualTo(query);
    assertThat(request.target()).isEqualTo(target);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,http://h.example/a//b?c=d,/a//b?c=d,h.example",
    "GET,http://h.example:81,/,h.example:81",
    "GET,http://h.example?x,/?x,h.example",
    "OPTIONS,http://h.example,*,h.example",
    "OPTIONS,http://h.example/,/,h.example",
    "GET,/x,/x,''",
    "OPTIONS,*,*,''",
    "CONNECT,h.example:443,h.example:443,h.example:443",
  })
  void turnsAbsoluteFormIntoOriginForm(String method, String from, String to, String authority) {
    RequestHeader request = RequestHeader.of(method, from).toOriginForm();

    assertThat(request.target()).isEqualTo(to);
    assertThat(request.authority()).isEqualTo(authority);
    assertThat(written(request)).isEqualTo(method + " " + to + " HTTP/1.1\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "A.Example,a.example,-1",
    "a.example:8080,a.example,8080",
    "a.example:,a.example,-1",
    "a.example:65536,a.example,-1",
    "a.example:080,a.example,80",
    "a.example:000080,a.example,-1",
    "a.example:+1,a.example,-1",
    "127.0.0.1:1,127.0.0.1,1",
    "[2001:DB8::1],[2001:db8::1],-1",
    "[2001:db8::1]:443,[2001:db8::1],443",
    "'','',-1",
  })
  void cutsHostAndPort(String authority, String host, int port) {
    RequestHeader request = received("GET", "/", authority);

    assertThat(request.authority()).isEqualTo(authority);
    assertThat(request.host()).isEqualTo(host);
    assertThat(request.port()).isEqualTo(port);
  }

  @Test
  void takesTheAuthorityFromFieldThenControlThenTarget() {
    RequestHeader request = RequestHeader.of("GET", "http://target.example/");
    assertThat(request.host()).isEqualTo("target.example");
    assertThat(request.scheme()).isEqualTo("http");

    request.authority("control.example").scheme("HTTPS");
    assertThat(request.host()).isEqualTo("control.example");
    assertThat(request.scheme()).isEqualTo("https");

    request.set("Host", "field.example");
    assertThat(request.host()).isEqualTo("field.example");

    request.headers().set("hOst", "Again.example");
    assertThat(request.host()).isEqualTo("again.example");

    request.remove("Host");
    assertThat(request.host()).isEqualTo("control.example");
  }

  @Test
  void findsTheSamePathInOctetsAndInText() {
    Random random = new Random(3);
    String[] parts = {"/", "a", ".", "%41", "?", "~", "\u00e9", "b"};
    for (int i = 0; i < 20_000; i++) {
      StringBuilder target = new StringBuilder("/");
      for (int n = random.nextInt(8); n > 0; n--) {
        target.append(parts[random.nextInt(parts.length)]);
      }
      String text = target.toString();

      assertThat(received("GET", text, "a").path())
          .as(text)
          .isEqualTo(RequestHeader.of("GET", text).path());
    }
  }

  @Test
  void keepsTheTextOfTheHostUntilSomethingChanges() {
    RequestHeader request = received("GET", "/", "a.example");

    assertThat(request.host()).isSameAs(request.host());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a/b", "a\r\n", "user@a", "a?", "a#", "\u00e9", "a\\b", "\u0000"})
  void refusesAuthoritiesThatAreNone(String authority) {
    assertThatThrownBy(() -> RequestHeader.of("GET", "/").authority(authority))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "ht tp", "http:", "h\u00e9", "+a"})
  void refusesSchemesThatAreNone(String scheme) {
    assertThatThrownBy(() -> RequestHeader.of("GET", "/").scheme(scheme))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "/a.js,js",
        "/a/b.tar.gz?x=y.z,gz",
        "/a.b/c,-",
        "/a.,-",
        "/.hidden,hidden",
        "/,-",
        "/a%2ejs,js",
        "/x/../y.PNG,PNG",
      })
  void findsTheFileExtension(String target, @Nullable String extension) {
    assertThat(RequestHeader.of("GET", target).fileExtension()).isEqualTo(extension);
  }

  @Test
  void copiesShareNothingThatChanges() {
    RequestHeader original = received("GET", "/a/../b?q", "a.example");
    String path = original.path();
    RequestHeader copy = original.copy();
    assertThat(copy.path()).isSameAs(path);

    copy.method("PUT").target("/z").version(HttpVersion.HTTP_1_0).set("Host", "z.example");
    copy.authority("y.example").add(FieldName.VIA, "1.1 x");

    assertThat(written(original)).isEqualTo("GET /a/../b?q HTTP/1.1\r\n");
    assertThat(original.path()).isEqualTo("/b");
    assertThat(original.host()).isEqualTo("a.example");
    assertThat(original.headers().size()).isEqualTo(1);
    assertThat(written(copy)).isEqualTo("PUT /z HTTP/1.0\r\n");
    assertThat(copy.host()).isEqualTo("z.example");
    assertThat(copy.path()).isEqualTo("/z");
  }

  @Test
  void setsAddsAndRemovesFields() {
    RequestHeader request =
        RequestHeader.of("GET", "/")
            .set("A", "1")
            .set("N", 2)
            .set(FieldName.AGE, "3")
            .add("a", "4")
            .add(FieldName.AGE, "5")
            .remove("n")
            .remove(FieldName.HOST);

    assertThat(request.headers().all("a")).containsExactly("1", "4");
    assertThat(request.headers().all("age")).containsExactly("3", "5");
    assertThat(request.headers().size()).isEqualTo(4);
  }

  @Test
  void hidesTheQueryInLogs() {
    assertThat(RequestHeader.of("GET", "/a?token=secret")).hasToString("GET /a?…");
    assertThat(received("GET", "/\u001b[31m", "a")).hasToString("GET /\\x1b[31m");
  }

  @Test
  void refusesATargetOutsideTheHead() {
    Fields fields = Fields.empty();

    assertThatThrownBy(
            () -> RequestHeader.ofHead("GET", new byte[10], 8, 3, HttpVersion.HTTP_1_1, fields))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
