// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.failed;
import static dev.pingora.testkit.tls.TestCertificates.IPV4;
import static dev.pingora.testkit.tls.TestCertificates.IPV6;
import static dev.pingora.testkit.tls.TestCertificates.NAME;

import dev.pingora.testkit.tls.CertificateOrder.Issuer;
import dev.pingora.testkit.tls.CertificateOrder.Use;
import dev.pingora.testkit.tls.CertificateOrder.Validity;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A server's certificate, and what every client has to say to it.
///
/// @param name a short description
/// @param shown the certificate of the server
/// @param asked the name asked for
/// @param accepted the verdict
public record TlsVerdict(
    String name,
    CertificateOrder shown,
    String asked,
    Verify verify,
    @Nullable String alternativeName,
    boolean accepted) {
  private static final CertificateOrder GOOD =
      CertificateOrder.server(KeyType.EC_P256, NAME, TestCertificates.WILDCARD, IPV4, IPV6);

  private static TlsVerdict yes(String name, CertificateOrder shown, String asked) {
    return new TlsVerdict(name, shown, asked, Verify.CHAIN_AND_NAME, null, true);
  }

  private static TlsVerdict no(String name, CertificateOrder shown, String asked) {
    return new TlsVerdict(name, shown, asked, Verify.CHAIN_AND_NAME, null, false);
  }

  private TlsVerdict verifying(Verify what) {
    return new TlsVerdict(name, shown, asked, what, alternativeName, accepted);
  }

  private TlsVerdict alternatively(String other) {
    return new TlsVerdict(name, shown, asked, verify, other, accepted);
  }

  private static CertificateOrder named(String... names) {
    return CertificateOrder.server(KeyType.EC_P256, names);
  }

  /// {@return all verdicts}
  public static List<TlsVerdict> all() {
    List<TlsVerdict> all = new ArrayList<>(chains());
    all.addAll(names());
    all.addAll(modes());
    return all;
  }

  private static List<TlsVerdict> chains() {
    return List.of(
        yes("a good chain", GOOD, NAME),
        yes("issued by the root", GOOD.withIssuer(Issuer.ROOT), NAME),
        yes("no extended key usage", GOOD.withUse(Use.ANY), NAME),
        no("for clients only", GOOD.withUse(Use.CLIENT), NAME),
        no("expired", GOOD.withValidity(Validity.EXPIRED), NAME),
        no("not yet valid", GOOD.withValidity(Validity.FUTURE), NAME),
        no("self-signed", GOOD.withIssuer(Issuer.SELF), NAME),
        no("missing intermediate", GOOD.withoutIntermediate(), NAME),
        no("unknown root", GOOD.withIssuer(Issuer.OTHER_ROOT), NAME),
        no("unknown root with a known name", GOOD.withIssuer(Issuer.IMPOSTOR), NAME));
  }

  private static List<TlsVerdict> names() {
    return List.of(
        no("another name", GOOD, "other.example"),
        no("a name below", GOOD, "a." + NAME),
        no("a name above", named("a." + NAME), NAME),
        yes("in upper case", GOOD, "ORIGIN.Example"),
        no("common name only", named().withCommonName(NAME), NAME),
        no("common name beside another", named("other.example").withCommonName(NAME), NAME),
        yes("a wildcard", GOOD, "a.wild.example"),
        no("a wildcard is one label", GOOD, "a.b.wild.example"),
        no("a wildcard is no empty label", GOOD, "wild.example"),
        no("a wildcard of a top-level domain", named("*.example"), NAME),
        no("a wildcard in the middle", named("a.*.example"), "a.b.example"),
        no("a wildcard in a label", named("f*.wild.example"), "foo.wild.example"),
        no("a wildcard alone", named("*"), "localhost"),
        yes("an IPv4 address", GOOD, IPV4),
        yes("an IPv6 address", GOOD, IPV6),
        yes("an IPv6 address written otherwise", GOOD, "2001:DB8:0:0::7"),
        no("another IPv4 address", GOOD, "192.0.2.8"),
        no("an address as common name", named().withCommonName(IPV4), IPV4),
        yes("an underscore for a hyphen", named("a-b.x.example"), "a_b.x.example"),
        no("an underscore in a short name", named("a-b.example"), "a_b.example"),
        no("an underscore in another label", named("a.b-c.example"), "a.b_c.example"));
  }

  private static List<TlsVerdict> modes() {
    return List.of(
        yes("another name by CHAIN", GOOD, "other.example").verifying(Verify.CHAIN),
        no("expired by CHAIN", GOOD.withValidity(Validity.EXPIRED), NAME).verifying(Verify.CHAIN),
        no("unknown root by CHAIN", GOOD.withIssuer(Issuer.OTHER_ROOT), NAME)
            .verifying(Verify.CHAIN),
        yes("expired by NONE", GOOD.withValidity(Validity.EXPIRED), NAME).verifying(Verify.NONE),
        yes("self-signed by NONE", GOOD.withIssuer(Issuer.SELF), "other.example")
            .verifying(Verify.NONE),
        yes("an alternative name", GOOD, "other.example").alternatively(NAME),
        yes("the name itself beside an alternative", GOOD, NAME).alternatively("other.example"),
        no("neither the name nor the alternative", GOOD, "a.example").alternatively("b.example"));
  }

  /// Asks `client` against `server`.
  ///
  /// @throws AssertionError when the verdict is another, or told in another way
  public void check(TlsProvider client, TlsProvider server) throws TlsException {
    check(new Both(client, server));
  }

  void check(Both both) throws TlsException {
    TrustRoots roots = TestCertificates.roots();
    ClientTls asking =
        ClientTls.standard().withVerify(verify, roots).withAlternativeName(alternativeName);
    try (TlsPair pair =
        TlsPair.of(both.client(), asking, both.server(), ServerTls.of(shown.make()), asked)) {
      pair.pump();
      if (!accepted) {
        failed(pair.client(), Reason.BAD_CERTIFICATE);
        failed(pair.server(), Reason.ALERTED);
      } else {
        pair.handshake();
        Both.talks(pair);
      }
    }
  }
}
