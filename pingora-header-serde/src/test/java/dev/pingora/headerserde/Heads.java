// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Response heads as a cache in front of many origins sees them, in seven styles; made up by us.
///
/// The styles differ in server, order of fields and case of names; half of all heads came by HTTP/2
/// and are in lower case. The shipped dictionary is trained on [#corpus].
final class Heads {
  static final int CORPUS_HEADS = 6000;
  private static final long CORPUS_SEED = 20_261_121;

  private final Words words;
  private final List<String[]> lines = new ArrayList<>();
  private int status;

  private Heads(long seed) {
    this.words = new Words(seed);
  }

  /// What the shipped dictionary is made of.
  static List<ResponseHeader> corpus() {
    return make(CORPUS_SEED, CORPUS_HEADS);
  }

  static List<ResponseHeader> make(long seed, int count) {
    Heads heads = new Heads(seed);
    return IntStream.range(0, count).mapToObj(i -> heads.next()).toList();
  }

  private ResponseHeader next() {
    lines.clear();
    status = 200;
    switch (words.below(20)) {
      case 0, 1, 2, 3 -> asset();
      case 4, 5, 6 -> edge();
      case 7, 8, 9 -> site();
      case 10, 11, 12, 13 -> api();
      case 14, 15 -> storage();
      case 16, 17 -> framework();
      case 18 -> redirect();
      default -> fault();
    }
    boolean second = words.oneIn(2);
    ResponseHeader head = ResponseHeader.of(status);
    if (second) {
      head.version(HttpVersion.HTTP_2);
    } else if (words.oneIn(50)) {
      head.version(HttpVersion.HTTP_1_0);
    }
    for (String[] line : lines) {
      head.add(second ? line[0].toLowerCase(Locale.ROOT) : line[0], line[1]);
    }
    return head;
  }

  private void add(String name, String value) {
    lines.add(new String[] {name, value});
  }

  private void maybe(int times, String name, String value) {
    if (words.oneIn(times)) {
      add(name, value);
    }
  }

  /// A file of a static site.
  private void asset() {
    long now = words.second();
    long modified = now - words.below(20_000_000);
    add("Server", words.pick("nginx", "nginx", "nginx/1.2" + words.below(8) + ".1", "Apache"));
    add("Date", Words.date(now));
    add("Content-Type", assetType());
    add("Content-Length", Integer.toString(words.length()));
    add("Last-Modified", Words.date(modified));
    maybe(2, "Connection", "keep-alive");
    maybe(2, "Vary", "Accept-Encoding");
    add("ETag", '"' + Long.toHexString(modified) + "-" + Integer.toHexString(words.length()) + '"');
    if (words.oneIn(2)) {
      int age = maxAge();
      add("Expires", Words.date(now + age));
      add("Cache-Control", "max-age=" + age);
    } else {
      add("Cache-Control", cacheControl());
    }
    maybe(3, "Access-Control-Allow-Origin", "*");
    maybe(6, "X-Content-Type-Options", "nosniff");
    add("Accept-Ranges", "bytes");
  }

  private String assetType() {
    return words.pick(
        "text/css",
        "text/css; charset=utf-8",
        "application/javascript",
        "text/javascript; charset=utf-8",
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/avif",
        "image/svg+xml",
        "image/gif",
        "image/x-icon",
        "font/woff2",
        "font/woff",
        "application/json",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "application/wasm",
        "video/mp4",
        "application/pdf",
        "application/xml");
  }

  private int maxAge() {
    return Integer.parseInt(
        words.pick("60", "300", "600", "3600", "14400", "86400", "604800", "2592000", "31536000"));
  }

  private String cacheControl() {
    return switch (words.below(9)) {
      case 0 -> "public, max-age=31536000, immutable";
      case 1 -> "public, max-age=" + maxAge();
      case 2 -> "max-age=" + maxAge() + ", public";
      case 3 -> "public, max-age=" + maxAge() + ", s-maxage=" + maxAge();
      case 4 -> "s-maxage=" + maxAge() + ", stale-while-revalidate";
      case 5 -> "max-age=" + maxAge() + ", stale-while-revalidate=" + maxAge();
      case 6 -> "public, max-age=0, must-revalidate";
      case 7 -> "max-age=0, private, must-revalidate";
      default -> "no-cache";
    };
  }

  /// What a delivery network answers.
  private void edge() {
    add("Date", words.date());
    add("Content-Type", words.oneIn(3) ? "text/html; charset=utf-8" : assetType());
    maybe(2, "Content-Length", Integer.toString(words.length()));
    maybe(2, "Connection", "keep-alive");
    add("Last-Modified", words.date());
    add("ETag", etag());
    add("Cache-Control", cacheControl());
    maybe(2, "Strict-Transport-Security", strictTransport());
    switch (words.below(3)) {
      case 0 -> {
        add("CF-Cache-Status", words.pick("HIT", "MISS", "EXPIRED", "DYNAMIC", "REVALIDATED"));
        add("Age", Integer.toString(words.length()));
        add("Vary", "Accept-Encoding");
        add("Server", "cloudflare");
        add("CF-RAY", words.hex(16) + "-" + airport());
        maybe(2, "alt-svc", "h3=\":443\"; ma=86400");
      }
      case 1 -> {
        add("Via", "1.1 varnish, 1.1 varnish");
        add("Accept-Ranges", "bytes");
        add("Age", Integer.toString(words.length()));
        add("X-Served-By", "cache-" + node() + ", cache-" + node());
        add("X-Cache", words.pick("HIT, HIT", "MISS, HIT", "HIT, MISS", "MISS, MISS"));
        add("X-Cache-Hits", words.below(9) + ", " + words.below(300));
        add(
            "X-Timer",
            "S"
                + words.second()
                + "."
                + (100_000 + words.below(899_999))
                + ",VS0,VE"
                + words.below(90));
        add("Vary", words.pick("Accept-Encoding", "Accept-Encoding, Origin", "Accept, Origin"));
      }
      default -> {
        add("X-Cache", words.pick("Hit from cloudfront", "Miss from cloudfront"));
        add("Via", "1.1 " + words.hex(32) + ".cloudfront.net (CloudFront)");
        add("X-Amz-Cf-Pop", airport() + words.below(60) + "-P" + words.below(9));
        add("X-Amz-Cf-Id", words.url64(54) + "==");
        add("Age", Integer.toString(words.length()));
      }
    }
  }

  private String airport() {
    return words.pick("FRA", "AMS", "LHR", "CDG", "IAD", "SFO", "SIN", "NRT", "GRU", "SYD");
  }

  private String node() {
    return airport().toLowerCase(Locale.ROOT)
        + "-"
        + airport().toLowerCase(Locale.ROOT)
        + (10_000_000 + words.below(300_000))
        + "-"
        + airport();
  }

  private String etag() {
    return words.pick("", "", "W/")
        + '"'
        + words.pick(
            words.hex(32),
            words.hex(40),
            words.base64(27),
            words.hex(8) + "-" + words.hex(4),
            words.hex(13) + "-" + words.hex(12))
        + '"';
  }

  private String strictTransport() {
    return words.pick(
        "max-age=31536000", "max-age=31536000; includeSubDomains",
        "max-age=63072000; includeSubDomains; preload", "max-age=15552000; preload");
  }

  /// A page of a site with sessions.
  private void site() {
    boolean php = words.oneIn(2);
    add("Date", words.date());
    add(
        "Server",
        words.pick(
            "nginx",
            "Apache",
            "Apache/2.4." + (40 + words.below(23)) + " (Unix)",
            "Apache/2.4." + (40 + words.below(23)) + " (Debian)",
            "LiteSpeed",
            "openresty"));
    add(
        "Content-Type",
        words.pick("text/html; charset=UTF-8", "text/html; charset=utf-8", "text/html"));
    maybe(2, "Transfer-Encoding", "chunked");
    maybe(2, "Connection", "keep-alive");
    maybe(
        2,
        "Vary",
        words.pick("Accept-Encoding", "Accept-Encoding, Cookie", "Accept-Encoding,User-Agent"));
    if (php) {
      maybe(
          2,
          "X-Powered-By",
          "PHP/" + words.pick("7.4.", "8.0.", "8.1.", "8.2.", "8.3.") + words.below(34));
      add("Expires", "Thu, 19 Nov 1981 08:52:00 GMT");
      add("Cache-Control", "no-store, no-cache, must-revalidate");
      add("Pragma", "no-cache");
      add("Set-Cookie", "PHPSESSID=" + words.hex(26) + "; path=/; HttpOnly");
      maybe(3, "Link", "<https://" + words.host() + "/wp-json/>; rel=\"https://api.w.org/\"");
    } else {
      add(
          "Cache-Control",
          words.pick("private, no-cache, no-store, must-revalidate", cacheControl()));
      cookies();
      maybe(2, "ETag", etag());
    }
    security();
    maybe(3, "Content-Language", words.pick("en", "de-DE", "fr-FR", "en-US", "ja", "pt-BR"));
    maybe(3, "Content-Encoding", words.pick("gzip", "br", "zstd"));
  }

  private void cookies() {
    for (int i = words.below(4); i > 0; i--) {
      String cookie =
          words.pick("session_id", "csrftoken", "XSRF-TOKEN", "__Host-sid", "lang", "visitor")
              + "="
              + words.url64(16 + words.below(48))
              + "; ";
      add(
          "Set-Cookie",
          cookie
              + words.pick(
                  "Path=/; Secure; HttpOnly; SameSite=Lax",
                  "Path=/; HttpOnly",
                  "expires=" + words.date() + "; Max-Age=" + maxAge() + "; path=/; SameSite=Lax",
                  "Domain=."
                      + words.name()
                      + ".com; Path=/; Expires="
                      + words.date()
                      + "; Secure; SameSite=None"));
    }
  }

  private void security() {
    maybe(2, "Strict-Transport-Security", strictTransport());
    maybe(2, "X-Content-Type-Options", "nosniff");
    maybe(2, "X-Frame-Options", words.pick("SAMEORIGIN", "DENY"));
    maybe(3, "X-XSS-Protection", words.pick("1; mode=block", "0"));
    maybe(
        3,
        "Referrer-Policy",
        words.pick(
            "strict-origin-when-cross-origin",
            "no-referrer",
            "same-origin",
            "no-referrer-when-downgrade"));
    maybe(
        5,
        "Permissions-Policy",
        words.pick(
            "camera=(), microphone=(), geolocation=()",
            "interest-cohort=()",
            "geolocation=(self), microphone=(), payment=()"));
    maybe(3, "Content-Security-Policy", contentSecurity());
    maybe(
        9,
        "Report-To",
        "{\"group\":\"default\",\"max_age\":"
            + maxAge()
            + ",\"endpoints\":[{\"url\":\"https://"
            + words.host()
            + "/reports\"}]}");
    maybe(9, "Cross-Origin-Opener-Policy", words.pick("same-origin", "same-origin-allow-popups"));
    maybe(
        9, "Cross-Origin-Resource-Policy", words.pick("cross-origin", "same-site", "same-origin"));
  }

  private String contentSecurity() {
    StringBuilder policy =
        new StringBuilder("default-src " + words.pick("'self'", "'none'", "'self' https:"));
    policy
        .append("; script-src 'self'")
        .append(
            words.pick(
                "",
                " 'unsafe-inline'",
                " 'nonce-" + words.base64(22) + "==' 'strict-dynamic'",
                " https://" + words.host()));
    if (words.oneIn(2)) {
      policy
          .append("; style-src 'self' 'unsafe-inline'")
          .append(words.pick("", " https://" + words.host()));
    }
    if (words.oneIn(2)) {
      policy
          .append("; img-src 'self' data:")
          .append(words.pick("", " https:", " https://" + words.host()));
    }
    if (words.oneIn(2)) {
      policy
          .append("; connect-src 'self' https://")
          .append(words.host())
          .append("; font-src 'self' data:");
    }
    return policy
        + words.pick(
            "",
            "; frame-ancestors 'none'",
            "; frame-ancestors 'self'; base-uri 'self'",
            "; object-src 'none'; upgrade-insecure-requests");
  }

  /// An answer of an API.
  private void api() {
    status =
        words.pick("200", "200", "200", "201", "204", "404").equals("200")
            ? 200
            : words.oneIn(2) ? 201 : 404;
    add("Date", words.date());
    add(
        "Content-Type",
        words.pick(
            "application/json",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "application/problem+json",
            "application/vnd.api+json"));
    maybe(2, "Content-Length", Integer.toString(words.length()));
    maybe(2, "Connection", "keep-alive");
    maybe(
        2,
        "Server",
        words.pick(
            "nginx", "envoy", "istio-envoy", "uvicorn", "gunicorn", "Kestrel", "awselb/2.0"));
    add(words.pick("X-Request-Id", "X-Request-ID", "X-Correlation-Id"), words.uuid());
    if (words.oneIn(2)) {
      add("X-RateLimit-Limit", words.pick("60", "100", "1000", "5000"));
      add("X-RateLimit-Remaining", Integer.toString(words.below(5000)));
      add("X-RateLimit-Reset", Long.toString(words.second()));
    }
    maybe(
        2,
        "Cache-Control",
        words.pick("no-store", "no-cache", "private, max-age=60, s-maxage=60", cacheControl()));
    maybe(2, "ETag", etag());
    if (words.oneIn(2)) {
      add("Access-Control-Allow-Origin", words.pick("*", "https://" + words.host()));
      maybe(2, "Access-Control-Allow-Credentials", "true");
      maybe(
          3,
          "Access-Control-Allow-Methods",
          words.pick("GET, POST, PUT, DELETE, OPTIONS", "GET, HEAD, OPTIONS"));
      maybe(3, "Access-Control-Allow-Headers", "Content-Type, Authorization, X-Requested-With");
      maybe(3, "Access-Control-Expose-Headers", "ETag, Link, X-Request-Id, X-RateLimit-Remaining");
      maybe(3, "Access-Control-Max-Age", Integer.toString(maxAge()));
    }
    maybe(
        2,
        "Vary",
        words.pick(
            "Origin",
            "Accept, Accept-Encoding, Authorization",
            "Accept-Encoding",
            "Origin, Accept-Encoding"));
    maybe(4, "X-Envoy-Upstream-Service-Time", Integer.toString(words.below(900)));
    maybe(5, "Server-Timing", "total;dur=" + words.below(900) + "." + words.below(10));
    maybe(6, "traceparent", "00-" + words.hex(32) + "-" + words.hex(16) + "-01");
    maybe(2, "X-Content-Type-Options", "nosniff");
    maybe(5, "Content-Security-Policy", "default-src 'none'");
    maybe(6, "Link", "<https://" + words.host() + words.path() + "?page=2>; rel=\"next\"");
  }

  /// An object of an object store.
  private void storage() {
    add("x-amz-id-2", words.base64(75) + "=");
    add("x-amz-request-id", words.upper(16));
    add("Date", words.date());
    add("Last-Modified", words.date());
    add("ETag", '"' + words.hex(32) + '"');
    maybe(3, "x-amz-server-side-encryption", "AES256");
    maybe(3, "x-amz-version-id", words.url64(32));
    maybe(4, "x-amz-meta-" + words.name(), words.name());
    maybe(2, "Cache-Control", cacheControl());
    add("Accept-Ranges", "bytes");
    add("Content-Type", assetType());
    maybe(5, "Content-Disposition", "attachment; filename=\"" + words.name() + ".pdf\"");
    add("Server", words.pick("AmazonS3", "MinIO", "UploadServer"));
    add("Content-Length", Integer.toString(words.length()));
  }

  /// A page of an application server.
  private void framework() {
    switch (words.below(3)) {
      case 0 -> {
        add("X-Powered-By", words.pick("Express", "Next.js"));
        add("Content-Type", "text/html; charset=utf-8");
        add("Content-Length", Integer.toString(words.length()));
        add("ETag", "W/\"" + Integer.toHexString(words.length()) + "-" + words.base64(27) + '"');
        maybe(2, "Vary", "Accept-Encoding");
        maybe(2, "X-Nextjs-Cache", words.pick("HIT", "STALE", "MISS"));
        maybe(2, "Cache-Control", "s-maxage=" + maxAge() + ", stale-while-revalidate=" + maxAge());
      }
      case 1 -> {
        add("X-Frame-Options", "SAMEORIGIN");
        add("X-XSS-Protection", "0");
        add("X-Content-Type-Options", "nosniff");
        add("X-Permitted-Cross-Domain-Policies", "none");
        add("Referrer-Policy", "strict-origin-when-cross-origin");
        add("Content-Type", "text/html; charset=utf-8");
        add("ETag", "W/\"" + words.hex(32) + '"');
        add("Cache-Control", "max-age=0, private, must-revalidate");
        cookies();
        add("X-Request-Id", words.uuid());
        add("X-Runtime", "0." + (100_000 + words.below(899_999)));
      }
      default -> {
        add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        add("Set-Cookie", "JSESSIONID=" + words.upper(32) + "; Path=/; Secure; HttpOnly");
        add("X-Content-Type-Options", "nosniff");
        add("X-XSS-Protection", "0");
        add("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate");
        add("Pragma", "no-cache");
        add("Expires", "0");
        add("X-Frame-Options", "DENY");
        add("Content-Type", "text/html;charset=UTF-8");
        add("Content-Language", "en-US");
      }
    }
    add("Date", words.date());
    maybe(2, "Connection", words.pick("keep-alive", "close"));
    maybe(2, "Keep-Alive", words.pick("timeout=5", "timeout=5, max=100", "timeout=60"));
  }

  private void redirect() {
    status = Integer.parseInt(words.pick("301", "302", "304", "307", "308"));
    add("Date", words.date());
    maybe(2, "Server", words.pick("nginx", "Apache", "cloudflare", "Vercel"));
    if (status == 304) {
      add("ETag", etag());
      add("Cache-Control", cacheControl());
      maybe(2, "Last-Modified", words.date());
      return;
    }
    add("Content-Type", words.pick("text/html", "text/html; charset=iso-8859-1", "text/plain"));
    add("Content-Length", Integer.toString(words.below(400)));
    maybe(2, "Connection", "keep-alive");
    add(
        "Location",
        "https://" + words.host() + words.path() + words.pick("", "/", "?ref=" + words.name()));
    maybe(2, "Cache-Control", cacheControl());
    maybe(2, "Strict-Transport-Security", strictTransport());
  }

  private void fault() {
    status =
        Integer.parseInt(
            words.pick(
                "400", "401", "403", "404", "404", "404", "410", "429", "500", "502", "503",
                "504"));
    maybe(2, "Server", words.pick("nginx", "Apache", "cloudflare", "awselb/2.0"));
    add("Date", words.date());
    add(
        "Content-Type",
        words.pick(
            "text/html",
            "text/html; charset=utf-8",
            "application/json",
            "text/plain; charset=utf-8"));
    add("Content-Length", Integer.toString(words.below(2000)));
    maybe(2, "Connection", words.pick("keep-alive", "close"));
    if (status == 401) {
      add(
          "WWW-Authenticate",
          words.pick("Basic realm=\"" + words.name() + '"', "Bearer error=\"invalid_token\""));
    } else if (status == 429 || status == 503) {
      add("Retry-After", Integer.toString(words.below(600)));
    }
    maybe(2, "X-Request-Id", words.uuid());
    maybe(2, "Cache-Control", words.pick("no-store", "no-cache", "public, max-age=60"));
  }
}
