// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsProviders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The keys of a `tls:` block of a listener.
final class TlsKeys {
  private static final ValueType<TlsProfile> PROFILE = Values.oneOf(profiles(), Set.of());

  private static final Block<TlsConf.Certificate.Builder, TlsConf.Certificate> CERTIFICATE =
      Block.withRequired(
          TlsConf.Certificate.Builder::new,
          TlsConf.Certificate.Builder::build,
          () -> new TlsConf.Certificate.Builder().build(),
          List.of(
              Key.required(
                  "cert",
                  Values.path(),
                  TlsConf.Certificate::cert,
                  (b, v) -> b.cert = v,
                  "PEM file of the certificate and those of its issuers"),
              Key.required(
                  "key",
                  Values.path(),
                  TlsConf.Certificate::key,
                  (b, v) -> b.key = v,
                  "PEM file of the private key"),
              Key.of(
                  "watch",
                  Values.bool(),
                  TlsConf.Certificate::watch,
                  (b, v) -> b.watch = v,
                  "Takes new ones when the files change"),
              Key.optional(
                  "ocsp",
                  Values.path(),
                  TlsConf.Certificate::ocsp,
                  (b, v) -> b.ocsp = v,
                  "DER file of an OCSP response to staple")));

  private static final Block<TlsConf.ClientCertificates.Builder, TlsConf.ClientCertificates>
      CLIENT_AUTH =
          Block.of(
              TlsConf.ClientCertificates.Builder::new,
              TlsConf.ClientCertificates.Builder::build,
              List.of(
                  Key.of(
                      "mode",
                      Values.oneOf(ClientAuth.class),
                      TlsConf.ClientCertificates::mode,
                      (b, v) -> b.mode = v,
                      "Whether clients are asked for certificates"),
                  Key.optional(
                      "ca",
                      Values.path(),
                      TlsConf.ClientCertificates::ca,
                      (b, v) -> b.ca = v,
                      "PEM file of who vouches for clients")));

  private static final Block<TlsConf.Tickets.Builder, TlsConf.Tickets> TICKETS =
      Block.of(
          TlsConf.Tickets.Builder::new,
          TlsConf.Tickets.Builder::build,
          List.of(
              Key.of(
                  "rotate",
                  Values.duration(Duration.ZERO, Duration.ofDays(7)),
                  TlsConf.Tickets::rotate,
                  (b, v) -> b.rotate = v,
                  "How long a key seals tickets; 0s = for ever"),
              Key.optional(
                  "keys",
                  Values.path(),
                  TlsConf.Tickets::keys,
                  (b, v) -> b.keys = v,
                  "File of keys shared by several machines: 80 octets each, the first seals")));

  private static final Block<TlsConf.Limits.Builder, TlsConf.Limits> LIMITS =
      Block.of(
          TlsConf.Limits.Builder::new,
          TlsConf.Limits.Builder::build,
          List.of(
              Key.of(
                  "tls_handshakes_per_second",
                  Values.integer(0, 1 << 24),
                  TlsConf.Limits::handshakesPerSecond,
                  (b, v) -> b.handshakesPerSecond = v,
                  "Begun at most; above it connections are closed; 0 = no limit")));

  static final Block<TlsConf.Builder, TlsConf> BLOCK =
      Block.withRequired(TlsConf::builder, TlsConf.Builder::build, TlsKeys::example, keys());

  private TlsKeys() {}

  private static List<Key<TlsConf.Builder, TlsConf>> keys() {
    return List.of(
        Key.of(
            "provider",
            provider(),
            TlsConf::provider,
            (b, v) -> b.provider = v,
            "The TLS library; auto = the fastest that is here"),
        Key.of(
            "profile",
            PROFILE,
            TlsConf::profile,
            (b, v) -> b.profile = v,
            "Versions, suites and groups, as Mozilla recommends them"),
        Key.required(
            "certificates",
            Values.list(CERTIFICATE, 1, 10_000),
            TlsConf::certificates,
            (b, v) -> b.certificates = v,
            "The first is the default; the name a client asks for picks among them"),
        Key.of(
            "client_auth",
            CLIENT_AUTH,
            TlsConf::clientAuth,
            (b, v) -> b.clientAuth = v,
            "Certificates of clients"),
        Key.of("tickets", TICKETS, TlsConf::tickets, (b, v) -> b.tickets = v, "Session tickets"),
        Key.of(
            "handshake_timeout",
            Values.duration(Duration.ZERO, Duration.ofMinutes(5)),
            TlsConf::handshakeTimeout,
            (b, v) -> b.handshakeTimeout = v,
            "From accept to the end of the handshake; 0s = none"),
        Key.of(
            "keylog",
            Values.bool(),
            TlsConf::keylog,
            (b, v) -> b.keylog = v,
            "Writes the secrets to the file that SSLKEYLOGFILE names"),
        Key.of("limits", LIMITS, TlsConf::limits, (b, v) -> b.limits = v, "Bounds on handshakes"));
  }

  /// {@return the names of providers}
  static ValueType<String> provider() {
    List<String> names = new ArrayList<>(List.of(TlsProviders.AUTO));
    names.addAll(TlsProviders.ORDER);
    Map<String, String> words = new LinkedHashMap<>();
    names.forEach(name -> words.put(name, name));
    return Values.oneOf(words, Set.of());
  }

  private static Map<String, TlsProfile> profiles() {
    Map<String, TlsProfile> words = new LinkedHashMap<>();
    words.put("intermediate", TlsProfile.INTERMEDIATE);
    words.put("modern", TlsProfile.MODERN);
    words.put("intermediate-5.7", TlsProfile.INTERMEDIATE_5_7);
    words.put("modern-5.7", TlsProfile.MODERN_5_7);
    return words;
  }

  /// Holds the defaults, for the schema.
  private static TlsConf example() {
    TlsConf.Builder builder = TlsConf.builder();
    builder.certificates = List.of(new TlsConf.Certificate.Builder().build());
    return builder.build();
  }
}
