// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.server.ServerRuntime;
import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.runtime.RequestThread;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Well is who answers a request as expected: GET, status 200, unless said otherwise. Immutable.
public final class HttpHealthCheck extends RuledCheck {
  /// Octets of content that an answer may have; more is a failure.
  public static final int MAX_CONTENT = 64 << 10;

  private final RequestHeader request;
  private final boolean reuse;
  private final Validator validator;

  private HttpHealthCheck(
      CheckRules rules, RequestHeader request, boolean reuse, Validator validator) {
    super(rules);
    this.request = request.copy();
    this.reuse = reuse;
    this.validator = requireNonNull(validator, "validator");
  }

  /// Judges an answer.
  @FunctionalInterface
  public interface Validator {
    /// Returns when the answer is fine.
    ///
    /// @throws Exception with what is wrong
    void validate(ResponseHeader header, byte[] content) throws Exception;
  }

  /// {@return a check by GET and status 200}
  ///
  /// @param host what the request asks for; null = the backend's address
  public static HttpHealthCheck of(CheckRules rules, String path, @Nullable String host) {
    RequestHeader request = RequestHeader.of("GET", path).set("User-Agent", "pingora-health");
    if (host != null) {
      request.set("Host", host);
    }
    return new HttpHealthCheck(rules, request, false, (header, _) -> expect(Set.of(200), header));
  }

  /// {@return this check with another request, without content}
  public HttpHealthCheck withRequest(RequestHeader other) {
    return new HttpHealthCheck(rules, other, reuse, validator);
  }

  /// {@return this check, keeping its connections from round to round}
  public HttpHealthCheck reusingConnections() {
    return new HttpHealthCheck(rules, request, true, validator);
  }

  /// {@return this check, content with these statuses}
  public HttpHealthCheck expecting(Set<Integer> statuses) {
    Set<Integer> own = Set.copyOf(statuses);
    return validating((header, _) -> expect(own, header));
  }

  /// {@return this check, content with these statuses and a text somewhere in the content}
  public HttpHealthCheck expecting(Set<Integer> statuses, String text) {
    Set<Integer> own = Set.copyOf(statuses);
    return validating((header, content) -> {
      expect(own, header);
      if (!new String(content, StandardCharsets.UTF_8).contains(text)) {
        throw HealthFailure.of("its answer lacks the text");
      }
    });
  }

  /// {@return this check with a judge of its own}
  public HttpHealthCheck validating(Validator other) {
    return new HttpHealthCheck(rules, request, reuse, other);
  }

  private static void expect(Set<Integer> statuses, ResponseHeader header) throws ProxyException {
    if (!statuses.contains(header.status())) {
      throw HealthFailure.of("it answers " + header.status());
    }
  }

  @Override
  public void check(Backend backend, RequestThread thread, ServerRuntime runtime) throws Exception {
    var peer = rules.peer(backend, reuse);
    RequestHeader own = request;
    if (!request.headers().contains("Host")) {
      own = request.copy().set("Host", peer.authority());
    }
    HttpGet.Answer answer = HttpGet.send(thread, runtime.connector(), peer, own, MAX_CONTENT);
    validator.validate(answer.header(), answer.content());
  }
}
