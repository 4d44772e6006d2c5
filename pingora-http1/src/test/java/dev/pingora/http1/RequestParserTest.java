// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.refusal;
import static dev.pingora.http1.Wire.request;
import static dev.pingora.http1.Wire.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.Method;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.TargetForm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestParserTest {
  private static RequestHeader withLine(String requestLine) throws ProxyException {
    return request(requestLine + "\r\nHost: h.example\r\n\r\n");
  }

  private static RequestHeader withFields(String fields) throws ProxyException {
    return request("GET / HTTP/1.1\r\nHost: h.example\r\n" + fields + "\r\n");
  }

  @Test
  void readsARequest() throws ProxyException {
    RequestHeader request =
        request(
            String.join(
                "\r\n",
                "GET /a/%7Eb?c=d HTTP/1.1",
                "Host: h.example:8080",
                "x-CASE:  a b\t ",
                "Empty:",
                "X-Case: 2",
                "",
                ""));
    assertThat(request.method()).isSameAs(Method.GET);
    assertThat(request.target()).isEqualTo("/a/%7Eb?c=d");
    assertThat(request.path()).isEqualTo("/a/~b");
    assertThat(request.version()).isEqualTo(HttpVersion.HTTP_1_1);
    assertThat(request.host()).isEqualTo("h.example");
    assertThat(request.port()).isEqualTo(8080);
    assertThat(lines(request.headers()))
        .containsExactly("Host: h.example:8080", "x-CASE: a b", "Empty: ", "X-Case: 2");
  }

  @Test
  void keepsOctetsOutsideAsciiAsTheyAre() throws ProxyException {
    RequestHeader request =
        request("GET /\u00ff\u0080 HTTP/1.1\r\nHost: h\r\nX: \u00e4\u00ff\r\n\r\n");
    assertThat(request.target()).isEqualTo("/\u00ff\u0080");
    assertThat(lines(request.headers())).contains("X: \u00e4\u00ff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "M", "M-SEARCH", "!#$%&'*+-.^_`|~", "get", "PROPFIND", "G3T"})
  void takesAnyTokenForAMethod(String method) throws ProxyException {
    assertThat(withLine(method + " / HTTP/1.1").method()).isEqualTo(method);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " / HTTP/1.1",
        "G(T / HTTP/1.1",
        "G\u00c4T / HTTP/1.1",
        "GET",
        "GET/ HTTP/1.1",
        "GET: / HTTP/1.1",
        "GET  / HTTP/1.1",
        "GET /",
        "GET / ",
        "GET /  HTTP/1.1",
        "GET / HTTP/1.1 ",
        " GET / HTTP/1.1",
        "GET /a b HTTP/1.1",
        "GET HTTP/1.1",
        "GET  HTTP/1.1",
        "\"GET\" / HTTP/1.1",
        "GET /#f HTTP/1.1",
        "GET /a?b#c HTTP/1.1",
        "GET # HTTP/1.1",
        "GET / HTTP/1.1 x",
        "GET / x HTTP/1.1"
      })
  void refusesRequestLinesThatAreNotThreeWords(String line) {
    ProxyException refusal = refusal(() -> withLine(line));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
    assertThat(refusal.source()).isEqualTo(ErrorSource.DOWNSTREAM);
    assertThat(refusal).hasMessageContaining("RFC 9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http/1.1", "HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/1.10", "HTTP/11.1", "HTTP/1.1a",
            "HTTP/a.1",
        "HTTP/1,1", "HTTP 1.1", "HTTPS/1.1", "XTTP/1.1", "HTTP/-1.1", "HTTP/+1.1", "HTTP/1.x",
            "/1.1",
        "HTTP/ 1.1", "HTTP/0x1.1"
      })
  void refusesTextThatIsNoVersion(String version) {
    assertThat(status(refusal(() -> withLine("GET / " + version)))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9", "HTTP/0.1"})
  void answersOtherMajorVersionsWith505(String version) {
    assertThat(status(refusal(() -> withLine("GET / " + version)))).isEqualTo(505);
  }

  @ParameterizedTest
  @CsvSource({"HTTP/1.0,HTTP_1_0", "HTTP/1.1,HTTP_1_1", "HTTP/1.2,HTTP_1_1", "HTTP/1.9,HTTP_1_1"})
  void readsLaterMinorVersionsAs11(String text, HttpVersion version) throws ProxyException {
    assertThat(withLine("GET / " + text).version()).isEqualTo(version);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/,ORIGIN",
    "GET,/?,ORIGIN",
    "GET,//a,ORIGIN",
    "GET,/http://a@b/,ORIGIN",
    "GET,/*,ORIGIN",
    "GET,/\"<>\\^`{|}[],ORIGIN",
    "OPTIONS,*,ASTERISK",
    "OPTIONS,/,ORIGIN",
    "OPTIONS,http://h.example,ABSOLUTE",
    "GET,http://h.example,ABSOLUTE",
    "GET,http://h.example/,ABSOLUTE",
    "GET,HTTP://h.example/a?b,ABSOLUTE",
    "GET,https://h.example:443?b,ABSOLUTE",
    "GET,http://[::1]:8080/,ABSOLUTE",
    "GET,http://h.example:/,ABSOLUTE",
    "CONNECT,h.example:443,AUTHORITY",
    "CONNECT,[::1]:1,AUTHORITY",
    "CONNECT,1.2.3.4:65535,AUTHORITY"
  })
  void acceptsTheTargetFormsOfTheMethod(String method, String target, TargetForm form)
      throws ProxyException {
    RequestHeader request = withLine(method + " " + target + " HTTP/1.1");
    assertThat(request.target()).isEqualTo(target);
    assertThat(request.form()).isEqualTo(form);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,*",
    "POST,*",
    "options,*",
    "OPTIONS,**",
    "GET,a",
    "GET,h.example:443",
    "GET,h.example",
    "GET,?a",
    "GET,\\a",
    "GET,http:",
    "GET,http:/",
    "GET,http://",
    "GET,http:///a",
    "GET,http://?a",
    "GET,http://:80/",
    "GET,http:/h.example/",
    "GET,http:h.example",
    "GET,ftp://h.example/",
    "GET,javascript:alert(1)",
    "GET,httpx://h.example/",
    "GET,http://user@h.example/",
    "GET,http://user:pass@h.example/",
    "GET,http://@h.example/",
    "GET,http://h.example:80:80/",
    "GET,http://h.example:65536/",
    "GET,http://h.example:8a/",
    "GET,http://h_ex\\ample/",
    "GET,http://h%2/",
    "GET,http://h%zz/",
    "GET,http://[::1/",
    "GET,http://[::1]x/",
    "GET,http://::1/",
    "CONNECT,/",
    "CONNECT,*",
    "CONNECT,h.example",
    "CONNECT,h.example:",
    "CONNECT,h.example:0",
    "CONNECT,h.example:65536",
    "CONNECT,h.example:+1",
    "CONNECT,:443",
    "CONNECT,http://h.example:443",
    "CONNECT,h.example:443/",
    "CONNECT,u@h.example:443"
  })
  void refusesTargetsThatTheMethodCannotHave(String method, String target) {
    assertThat(status(refusal(() -> withLine(method + " " + target + " HTTP/1.1")))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "h",
        "h.example",
        "H.EXAMPLE",
        "h.example:80",
        "h.example:",
        "h.example:0",
        "h.example:65535",
        "h.example:00080",
        "1.2.3.4",
        "[::1]",
        "[::1]:80",
        "[1:2:3:4:5:6:7:8]",
        "[1:2:3:4:5:6:7::]",
        "[::]",
        "[1::8]",
        "[1:2:3:4:5:6:1.2.3.4]",
        "[1:2:3:4:5::1.2.3.4]",
        "[::ffff:1.2.3.4]",
        "a_b",
        "a-b",
        "a~b",
        "%41b",
        "a!$&'()*+,;=b",
        "xn--bcher-kva.example",
        "a..b",
        "."
      })
  void acceptsHostsOfTheGrammar(String host) throws ProxyException {
    RequestHeader request = request("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    assertThat(request.authority()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a\tb",
        "a/b",
        "a?b",
        "a#b",
        "u@h",
        "@",
        "a:b",
        "a:80:80",
        ":80",
        "a:65536",
        "a:-1",
        "a:+1",
        "a: 80",
        "a:999999999999",
        "[",
        "[]",
        "[::1",
        "::1",
        "[::1]a",
        "[:::1]",
        "[1:2:3:4:5:6:7]",
        "[1:2:3:4:5:6:7:8:9]",
        "[1:2:3:4::5:6:7:8]",
        "[1:2:3:4:5:6:7:8::]",
        "[1:2:3:4:5:6:7:1.2.3.4]",
        "[1:2:3:4:5:6::1.2.3.4]",
        "[1.2.3.4::]",
        "[12345::]",
        "[::1%25eth0]",
        "[::g]",
        "[1::2::3]",
        "[::1.2.3]",
        "[::1.2.3.256]",
        "[::01.2.3.4]",
        "[v1.a]",
        "[:1]",
        "[1:]",
        "a%",
        "a%4",
        "a%zz",
        "a\\b",
        "a\"b",
        "a<b",
        "a>b",
        "a^b",
        "a`b",
        "a{b}",
        "a|b",
        "\u00e4",
        "http://a",
        "a[",
        "a]"
      })
  void refusesEveryOtherHost(String host) {
    ProxyException refusal = refusal(() -> request("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
    assertThat(status(refusal)).isEqualTo(400);
    assertThat(refusal).hasMessageContaining("Host");
    assertThat(refusal(() -> request("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n"))).isNotNull();
    assertThat(refusal(() -> request("GET http://h/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n")))
        .isNotNull();
  }

  @Test
  void demandsHostIn11Only() throws ProxyException {
    assertThat(refusal(() -> request("GET / HTTP/1.1\r\nA: b\r\n\r\n")))
        .hasMessageContaining("no Host");
    assertThat(refusal(() -> request("GET http://h/ HTTP/1.1\r\n\r\n")))
        .hasMessageContaining("no Host");
    assertThat(refusal(() -> request("GET / HTTP/1.2\r\n\r\n"))).hasMessageContaining("no Host");
    assertThat(request("GET / HTTP/1.0\r\n\r\n").authority()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: h\r\nHost: h\r\n",
        "Host: h\r\nhost: i\r\n",
        "HOST: a\r\nA: b\r\nHost:\r\n"
      })
  void refusesMoreThanOneHost(String lines) {
    for (String version : new String[] {"1.0", "1.1"}) {
      String head = "GET / HTTP/" + version + "\r\n" + lines + "\r\n";
      assertThat(refusal(() -> request(head))).hasMessageContaining("more than one Host");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET http://a.example/x HTTP/1.1,Host: b.example,a.example",
    "GET http://a.example:80/x HTTP/1.1,Host: a.example,a.example:80",
    "GET http://a.example HTTP/1.0,X: y,a.example",
    "GET http://A.example/ HTTP/1.1,Host: a.EXAMPLE,a.EXAMPLE",
    "CONNECT a.example:443 HTTP/1.1,Host: b.example,a.example:443"
  })
  void letsTheTargetsAuthorityOverrideHost(String line, String field, String host)
      throws ProxyException {
    RequestHeader request = request(line + "\r\n" + field + "\r\n\r\n");
    assertThat(request.headers().all("Host")).containsExactly(host);
    assertThat(request.authority()).isEqualTo(host);
  }

  @Test
  void keepsTheTargetInAbsoluteFormUntilAskedToChangeIt() throws ProxyException {
    RequestHeader request = withLine("GET http://a.example/x?y HTTP/1.1");
    assertThat(request.target()).isEqualTo("http://a.example/x?y");
    assertThat(request.path()).isEqualTo("/x");
    assertThat(request.toOriginForm().target()).isEqualTo("/x?y");
    assertThat(request.authority()).isEqualTo("a.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        ":",
        ": b",
        " : b",
        "A b: c",
        "A : b",
        "A\t: b",
        "A(: b",
        "A\u00e4: b",
        "A/b: c",
        "A@: b",
        "\"A\": b",
        "A[: b",
        "{A}: b",
        "A;: b",
        "A,: b",
        "A=: b",
        "\u00a0A: b",
        "Host : h",
        "A\\: b"
      })
  void refusesNamesThatAreNoTokens(String line) {
    ProxyException refusal = refusal(() -> withFields(line + "\r\n"));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.INVALID_HTTP_HEADER);
  }

  @Test
  void refusesControlsInValuesWithoutAReaderBeforeIt() {
    for (int c = 0; c < 0x20; c++) {
      if (c != '\t') {
        byte[] head = bytes("GET / HTTP/1.1\r\nHost: h\r\nA: b" + (char) c + "c\r\n\r\n");
        assertThat(refusal(() -> RequestParser.parse(head))).as("control %s", c).isNotNull();
      }
    }
    assertThat(refusal(() -> RequestParser.parse(bytes("GET / HTTP/1.1\r\nA: \u007f\r\n\r\n"))))
        .hasMessageContaining("\\x7f");
  }

  @Test
  void refusesFoldsWithoutAReaderBeforeIt() {
    byte[] head = bytes("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n");
    assertThat(refusal(() -> RequestParser.parse(head))).hasMessageContaining("§5.2");
  }

  @Test
  void refusesEveryCutHead() {
    String head = "GET /a HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
    for (int length = 0; length < head.length(); length++) {
      byte[] cut = bytes(head.substring(0, length));
      assertThat(refusal(() -> RequestParser.parse(cut))).as("length %s", length).isNotNull();
    }
    assertThat(refusal(() -> RequestParser.parse(bytes(head + "x")))).isNotNull();
  }

  @Test
  void takesAnyHintForTheNumberOfLines() throws ProxyException {
    for (int hint : new int[] {0, 1, 2, 100}) {
      byte[] head = bytes("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n");
      FieldParser lines = new FieldParser(SectionScanner.Kind.REQUEST_HEAD, ErrorSource.DOWNSTREAM);
      assertThat(RequestParser.parse(head, lines, hint).headers().size()).isEqualTo(3);
    }
  }

  @Test
  void quotesBadInputEscapedAndCut() {
    String host = "<\u001b>" + "x".repeat(4000);
    byte[] head = bytes("GET / HTTP/1.1\r\nHost: \u00ff<" + "x".repeat(4000) + "\r\n\r\n");
    ProxyException refusal = refusal(() -> RequestParser.parse(head));
    assertThat(refusal.getMessage()).contains("\\xff<xxx").hasSizeLessThan(300);
    byte[] target = bytes("GET " + host + " HTTP/1.1\r\nHost: h\r\n\r\n");
    assertThat(refusal(() -> RequestParser.parse(target)).getMessage())
        .contains("\\x1b")
        .doesNotContain("\u001b");
  }
}
