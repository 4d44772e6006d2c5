// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.ValueType;
import dev.pingora.core.configuration.Values;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TlsVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The keys of a `tls:` block of an upstream.
final class UpstreamTlsKeys {
  private static final ValueType<TlsVersion> VERSION = Values.oneOf(versions(), Set.of());

  private static final Block<UpstreamTlsConf.Psk.Builder, UpstreamTlsConf.Psk> PSK =
      Block.withRequired(
          UpstreamTlsConf.Psk.Builder::new,
          UpstreamTlsConf.Psk.Builder::build,
          () -> new UpstreamTlsConf.Psk.Builder().build(),
          List.of(
              Key.required(
                  "identity",
                  Values.text(),
                  UpstreamTlsConf.Psk::identity,
                  (b, v) -> b.identity = v,
                  "What the server knows the key by; goes over the wire in the clear"),
              Key.required(
                  "secret",
                  Values.path(),
                  UpstreamTlsConf.Psk::secret,
                  (b, v) -> b.secret = v,
                  "File of the key's octets, 16 at least"),
              Key.of(
                  "hmac",
                  Values.oneOf(S2nTls.PresharedKey.Hmac.class),
                  UpstreamTlsConf.Psk::hmac,
                  (b, v) -> b.hmac = v,
                  "What the key is used with")));

  static final Block<UpstreamTlsConf.Builder, UpstreamTlsConf> BLOCK =
      Block.of(UpstreamTlsConf::builder, UpstreamTlsConf.Builder::build, all());

  private UpstreamTlsKeys() {}

  private static List<Key<UpstreamTlsConf.Builder, UpstreamTlsConf>> all() {
    return Stream.concat(keys().stream(), keysOfS2n().stream()).toList();
  }

  private static List<Key<UpstreamTlsConf.Builder, UpstreamTlsConf>> keys() {
    return List.of(
        Key.optional(
            "sni",
            Values.word("a host name"),
            UpstreamTlsConf::sni,
            (b, v) -> b.sni = v,
            "The name asked for and looked for in the certificate; null = the server's address"),
        Key.of(
            "verify",
            Values.bool(),
            UpstreamTlsConf::verify,
            (b, v) -> b.verify = v,
            "Whether certificates are checked at all"),
        Key.of(
            "verify_hostname",
            Values.bool(),
            UpstreamTlsConf::verifyHostname,
            (b, v) -> b.verifyHostname = v,
            "Whether they are checked for the name"),
        Key.optional(
            "ca",
            Values.path(),
            UpstreamTlsConf::ca,
            (b, v) -> b.ca = v,
            "PEM file of who vouches for the servers; null = whom the system trusts"),
        Key.optional(
            "alternative_cn",
            Values.word("a host name"),
            UpstreamTlsConf::alternativeCn,
            (b, v) -> b.alternativeCn = v,
            "Another name accepted in the certificate"),
        Key.optional(
            "client_cert",
            Values.path(),
            UpstreamTlsConf::clientCert,
            (b, v) -> b.clientCert = v,
            "PEM file of a certificate to show"),
        Key.optional(
            "client_key",
            Values.path(),
            UpstreamTlsConf::clientKey,
            (b, v) -> b.clientKey = v,
            "PEM file of its key"),
        Key.of(
            "provider",
            TlsKeys.provider(),
            UpstreamTlsConf::provider,
            (b, v) -> b.provider = v,
            "The TLS library; auto = the fastest that is here"),
        Key.optional(
            "curves",
            Values.list(group(), 1, NamedGroup.values().length),
            conf -> conf.curves().isEmpty() ? null : conf.curves(),
            (b, v) -> b.curves = v == null ? List.of() : v,
            "Key exchange groups, the preferred first"),
        Key.of("min", VERSION, UpstreamTlsConf::min, (b, v) -> b.min = v, "Oldest version"),
        Key.of("max", VERSION, UpstreamTlsConf::max, (b, v) -> b.max = v, "Newest version"));
  }

  private static List<Key<UpstreamTlsConf.Builder, UpstreamTlsConf>> keysOfS2n() {
    return List.of(
        Key.optional(
            "psk",
            PSK,
            conf -> conf.s2n().psk(),
            (b, v) -> b.psk = v,
            "A key known to both ends before, TLS 1.3; by s2n only"),
        Key.optional(
            "s2n_security_policy",
            Values.word("the name of a policy"),
            conf -> conf.s2n().securityPolicy(),
            (b, v) -> b.securityPolicy = v,
            "What is negotiated, instead of versions and curves; by s2n only"),
        Key.optional(
            "max_blinding_delay",
            Values.duration(Duration.ZERO, S2nTls.MAX_BLINDING),
            conf -> conf.s2n().maxBlindingDelay(),
            (b, v) -> b.maxBlindingDelay = v,
            "How long failures are kept from the server at most, whole seconds; by s2n only"));
  }

  private static Map<String, TlsVersion> versions() {
    Map<String, TlsVersion> words = new LinkedHashMap<>();
    words.put("1.2", TlsVersion.TLS_1_2);
    words.put("1.3", TlsVersion.TLS_1_3);
    return words;
  }

  private static ValueType<NamedGroup> group() {
    Map<String, NamedGroup> words = new LinkedHashMap<>();
    for (NamedGroup group : NamedGroup.values()) {
      words.put(group.toString(), group);
    }
    return Values.oneOf(words, Set.of());
  }
}
