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
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsException.Reason;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.Verify;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate, and what every peer has to say to it.
///
/// @param name a short description
/// @param shown the certificate of the server, or of the client
/// @param ofClient whether it is the client that shows it
/// @param asked the name asked for
/// @param accepted the verdict
public record TlsVerdict(
    String name,
    CertificateOrder shown,
    boolean ofClient,
    String asked,
    Verify verify,
    @Nullable String alternativeName,
    boolean accepted) {
  private static final CertificateOrder GOOD =
      CertificateOrder.server(KeyType.EC_P256, NAME, TestCertificates.WILDCARD, IPV4, IPV6);

  private static TlsVerdict yes(String name, CertificateOrder shown, String asked) {
    return new TlsVerdict(name, shown, false, asked, Verify.CHAIN_AND_NAME, null, true);
  }

  private static TlsVerdict no(String name, CertificateOrder shown, String asked) {
    return new TlsVerdict(name, shown, false, asked, Verify.CHAIN_AND_NAME, null, false);
  }

  private TlsVerdict verifying(Verify what) {
    return new TlsVerdict(name, shown, ofClient, asked, what, alternativeName, accepted);
  }

  private TlsVerdict alternatively(String other) {
    return new TlsVerdict(name, shown, ofClient, asked, verify, other, accepted);
  }

  private static TlsVerdict ofClient(String name, CertificateOrder shown, boolean accepted) {
    return new TlsVerdict(
        "client: " + name, shown, true, NAME, Verify.CHAIN_AND_NAME, null, accepted);
  }

  private static CertificateOrder named(String... names) {
    return CertificateOrder.server(KeyType.EC_P256, names);
  }

  /// {@return all verdicts}
  public static List<TlsVerdict> all() {
    List<TlsVerdict> all = new ArrayList<>(chains());
    all.addAll(names());
    all.addAll(modes());
    all.addAll(clients());
    return all;
  }

  private static List<TlsVerdict> chains() {
    return List.of(
        yes("a good chain", GOOD, NAME),
        yes("issued by the root", GOOD.withIssuer(Issuer.ROOT), NAME),
        yes("no extended key usage", GOOD.withUse(Use.ANY), NAME),
        yes("a leaf that says CA:TRUE", GOOD.asAuthority(), NAME),
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

  private static List<TlsVerdict> clients() {
    CertificateOrder good = CertificateOrder.client(KeyType.EC_P256);
    return List.of(
        ofClient("a good chain", good, true),
        ofClient("issued by the root", good.withIssuer(Issuer.ROOT), true),
        ofClient("no extended key usage", good.withUse(Use.ANY), true),
        ofClient("no name at all", good.withNames(), true),
        ofClient("for servers only", good.withUse(Use.SERVER), false),
        ofClient("expired", good.withValidity(Validity.EXPIRED), false),
        ofClient("not yet valid", good.withValidity(Validity.FUTURE), false),
        ofClient("self-signed", good.withIssuer(Issuer.SELF), false),
        ofClient("missing intermediate", good.withoutIntermediate(), false),
        ofClient("unknown root", good.withIssuer(Issuer.OTHER_ROOT), false),
        ofClient("unknown root with a known name", good.withIssuer(Issuer.IMPOSTOR), false));
  }

  /// Asks `client` against `server`.
  ///
  /// @throws AssertionError when the verdict is another, or told in another way
  public void check(TlsProvider client, TlsProvider server) throws TlsException {
    check(new Both(client, server));
  }

  void check(Both both) throws TlsException {
    ClientTls asking =
        ClientTls.standard()
            .withVerify(verify, TestCertificates.roots())
            .withAlternativeName(alternativeName)
            .withCertificate(ofClient ? shown.make() : null);
    ServerTls serving =
        ServerTls.of(ofClient ? TestCertificates.server() : shown.make())
            .withClientAuth(
                ofClient ? ClientAuth.REQUIRED : ClientAuth.OFF, TestCertificates.roots());
    try (TlsPair pair = TlsPair.of(both.client(), asking, both.server(), serving, asked)) {
      pair.pump();
      TlsEnd judge = ofClient ? pair.server() : pair.client();
      TlsEnd judged = ofClient ? pair.client() : pair.server();
      TlsProvider judging = ofClient ? both.server() : both.client();
      TlsProvider showing = ofClient ? both.client() : both.server();
      if (TlsDifference.of(showing.id(), !ofClient, this).isPresent()) {
        failed(judged, Reason.HANDSHAKE); // before there was anything to judge
        Both.heard(judge, showing);
      } else if (accepted == TlsDifference.of(judging.id(), ofClient, this).isPresent()) {
        failed(judge, Reason.BAD_CERTIFICATE);
        Both.heard(judged, judging);
      } else {
        pair.handshake();
        Both.talks(pair);
      }
    }
  }
}
