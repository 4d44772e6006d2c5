// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.fields;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.FieldName;
import dev.pingora.http.FieldNames;
import dev.pingora.http.Fields;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HopByHop.Keep;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HopByHopTest {
  private static List<String> request(Keep keep, String... lines) throws ProxyException {
    RequestHeader request = RequestHeader.of("GET", "/");
    request.headers().addFrom(fields(lines));
    HopByHop.strip(request, keep);
    return lines(request.headers());
  }

  private static List<String> response(int status, Keep keep, String... lines)
      throws ProxyException {
    ResponseHeader response = ResponseHeader.of(status);
    response.headers().addFrom(fields(lines));
    HopByHop.strip(response, keep);
    return lines(response.headers());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: keep-alive",
        "connection: close",
        "Keep-Alive: timeout=5",
        "Proxy-Connection: x",
        "TE: trailers",
        "te: gzip",
        "Transfer-Encoding: chunked",
        "Upgrade: websocket",
        "Trailer: X-Sum"
      })
  void stripsHopByHopFields(String line) throws ProxyException {
    assertThat(request(Keep.NOTHING, "A: b", line, "Host: h")).containsExactly("A: b", "Host: h");
    assertThat(response(200, Keep.NOTHING, "A: b", line, "C: d")).containsExactly("A: b", "C: d");
  }

  @Test
  void stripsProxyAuthenticationOfTheOwnHop() throws ProxyException {
    assertThat(request(Keep.NOTHING, "Proxy-Authorization: x", "Authorization: y"))
        .containsExactly("Authorization: y");
    assertThat(request(Keep.NOTHING, "HTTP2-Settings: x", "Connection: HTTP2-Settings")).isEmpty();
    assertThat(
            response(
                407,
                Keep.NOTHING,
                "Proxy-Authenticate: Basic",
                "WWW-Authenticate: Basic",
                "Proxy-Authentication-Info: a"))
        .containsExactly("WWW-Authenticate: Basic");
  }

  @Test
  void leavesEverythingElse() throws ProxyException {
    String[] lines = {
      "Host: h", "Cookie: a", "Content-Length: 5", "Expect: 100-continue", "Via: 1.1 x", "X: y"
    };
    assertThat(request(Keep.NOTHING, lines)).containsExactly(lines);
    String[] answer = {"Set-Cookie: a", "Content-Length: 5", "Server: s", "Date: d"};
    assertThat(response(200, Keep.NOTHING, answer)).containsExactly(answer);
  }

  @Test
  void stripsFieldsNamedByConnection() throws ProxyException {
    assertThat(
            request(
                Keep.NOTHING,
                "X-Secret: 1",
                "Connection: x-secret, close",
                "x-SECRET: 2",
                "Y: 3",
                "connection: Accept",
                "Accept: *"))
        .containsExactly("Y: 3");
    assertThat(response(200, Keep.NOTHING, "Connection: Server", "Server: x", "A: b"))
        .containsExactly("A: b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: h",
        "Content-Length: 5",
        "Authorization: x",
        "Cookie: a=b",
        "X-Forwarded-For: 1.2.3.4",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Whatever: y",
        "Forwarded: for=a",
        "Via: 1.1 a",
        "X-Real-IP: 1.2.3.4"
      })
  void neverStripsWhatDecidesWhoIsAskingOrHowMuch(String line) throws ProxyException {
    String name = line.substring(0, line.indexOf(':'));
    for (String option : List.of(name, name.toUpperCase(java.util.Locale.ROOT), "a," + name)) {
      assertThat(request(Keep.NOTHING, line, "Connection: " + option)).containsExactly(line);
    }
  }

  @Test
  void passesOverOptionsThatAreNoTokens() throws ProxyException {
    assertThat(request(Keep.NOTHING, "A: b", "Connection: \"A\", , a b, close;A"))
        .containsExactly("A: b");
  }

  @Test
  void boundsTheNumberOfOptions() {
    StringBuilder options = new StringBuilder("Connection: close");
    for (int i = 0; i <= ConnectionOptions.MAX_OPTIONS; i++) {
      options.append(",a").append(i);
    }
    assertThat(refusal(() -> request(Keep.NOTHING, options.toString())).source())
        .isEqualTo(ErrorSource.DOWNSTREAM);
    assertThat(refusal(() -> response(200, Keep.NOTHING, options.toString())).source())
        .isEqualTo(ErrorSource.UPSTREAM);
  }

  @Test
  void tellsANextHopThatCarriesTrailersThatTheClientDoesToo() throws ProxyException {
    assertThat(request(Keep.TRAILERS, "TE: gzip, trailers", "Connection: TE", "Trailer: A"))
        .containsExactly("Trailer: A", "TE: trailers", "Connection: TE");
    assertThat(request(Keep.TRAILERS, "TE: gzip", "Connection: TE")).isEmpty();
    assertThat(request(Keep.TRAILERS, "TE: trailersx")).isEmpty();
    assertThat(response(200, Keep.TRAILERS, "Trailer: A")).containsExactly("Trailer: A");
  }

  @Test
  void relaysAnUpgradeThatIsOne() throws ProxyException {
    assertThat(request(Keep.UPGRADE, "Upgrade: websocket", "Connection: keep-alive, Upgrade"))
        .containsExactly("Upgrade: websocket", "Connection: upgrade");
    assertThat(response(101, Keep.UPGRADE, "Connection: upgrade", "Upgrade: websocket"))
        .containsExactly("Upgrade: websocket", "Connection: upgrade");
    assertThat(request(Keep.UPGRADE, "Upgrade: websocket")).isEmpty();
    assertThat(request(Keep.UPGRADE, "Connection: upgrade")).isEmpty();
    assertThat(request(Keep.NOTHING, "Upgrade: websocket", "Connection: Upgrade")).isEmpty();
    assertThat(
            request(new Keep(true, true), "TE: trailers", "Upgrade: a", "Connection: upgrade, te"))
        .containsExactly("Upgrade: a", "TE: trailers", "Connection: TE", "Connection: upgrade");
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 103, 204})
  void stripsContentLengthFromAnswersThatMustNotHaveIt(int status) throws ProxyException {
    assertThat(response(status, Keep.NOTHING, "Content-Length: 0", "A: b")).containsExactly("A: b");
  }

  @Test
  void keepsContentLengthInAnswersThatMayHaveIt() throws ProxyException {
    assertThat(response(304, Keep.NOTHING, "Content-Length: 5"))
        .containsExactly("Content-Length: 5");
  }

  @Test
  void addsViaBehindThoseOfOthers() {
    Via via = Via.of("pingora");
    Fields fields = fields("Via: 1.0 fred", "A: b");
    via.addTo(fields, HttpVersion.HTTP_1_1);
    via.addTo(fields, HttpVersion.HTTP_1_0);
    via.addTo(fields, HttpVersion.HTTP_2);
    via.addTo(fields, HttpVersion.HTTP_3);
    assertThat(fields.all("via"))
        .containsExactly("1.0 fred", "1.1 pingora", "1.0 pingora", "2 pingora", "3 pingora");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a,b", "h:80", "\u00e4"})
  void wantsATokenAsPseudonym(String pseudonym) {
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> Via.of(pseudonym));
  }

  @Test
  void removesLookalikesOfOurFields() {
    FieldNames ours =
        FieldNames.of(FieldName.X_FORWARDED_FOR, FieldName.of("X-My-Own"), FieldName.HOST);
    Fields fields =
        fields(
            "X_Forwarded_For: 1",
            "X-Forwarded_For: 2",
            "x_my-own: 3",
            "X-Forwarded-For: 4",
            "X_Other: 5",
            "_: 6",
            "x_my_own_: 7",
            "XForwardedFor: 8");
    HopByHop.removeLookalikes(fields, ours);
    assertThat(lines(fields))
        .containsExactly(
            "X-Forwarded-For: 4", "X_Other: 5", "_: 6", "x_my_own_: 7", "XForwardedFor: 8");
    assertThat(HopByHop.isLookalike(fields("x_my_own: 1"), 0, ours)).isTrue();
    assertThat(HopByHop.isLookalike(fields("x-my-own: 1"), 0, ours)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding",
        "Content-Length",
        "Trailer",
        "Host",
        "Connection",
        "Keep-Alive",
        "TE",
        "Upgrade",
        "Authorization",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "WWW-Authenticate",
        "Authentication-Info",
        "Proxy-Authentication-Info",
        "Cookie",
        "Set-Cookie",
        "Expect",
        "Max-Forwards",
        "Cache-Control",
        "Pragma",
        "Range",
        "If-Match",
        "If-None-Match",
        "If-Modified-Since",
        "If-Unmodified-Since",
        "If-Range",
        "Age",
        "Date",
        "Expires",
        "Location",
        "Retry-After",
        "Vary",
        "Warning",
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Foo",
        "X-Real-IP",
        "Content-Type",
        "Content-Encoding",
        "Content-Range",
        "Content-Anything",
        "transfer-encoding",
        "CONTENT-TYPE",
        "X_Forwarded_For",
        "Content_Length"
      })
  void dropsTrailersThatAreNoneByTheirMeaning(String name) {
    Fields trailers = fields("A: 1", name + ": 2", "B: 3");
    HopByHop.filterTrailers(trailers);
    assertThat(lines(trailers)).containsExactly("A: 1", "B: 3");
  }

  @Test
  void keepsTrailersThatAreMeantToBe() {
    String[] names = {
      "X-Checksum: 1",
      "ETag: 2",
      "Content-Digest: 3",
      "grpc-status: 0",
      "grpc-message: x",
      "Server-Timing: 4",
      "Digest: 5"
    };
    Fields trailers = fields(names);
    HopByHop.filterTrailers(trailers);
    assertThat(lines(trailers)).containsExactlyElementsOf(Arrays.asList(names));
  }
}
