// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.OcspResponse.Status;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPResp;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/// OCSP responses (RFC 6960) of the authority that issues [TestCertificates#server].
public final class TestOcsp {
  private TestOcsp() {}

  /// {@return a response that says the certificate is good, for a day}
  public static byte[] good(CertKey about) {
    return response(about, Status.GOOD, Instant.now().plus(Duration.ofDays(1)));
  }

  /// {@return a response}
  ///
  /// @param about one that the intermediate has issued
  /// @param until when there should be a newer one; the response is from the day before that, or
  ///   from now
  public static byte[] response(CertKey about, Status status, Instant until) {
    try {
      BasicOCSPResp basic = basic(about.leaf(), status, until);
      return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, basic).getEncoded();
    } catch (IOException
        | OCSPException
        | OperatorCreationException
        | CertificateEncodingException e) {
      throw new AssertionError("no OCSP response", e);
    }
  }

  /// {@return the answer of a responder that is busy}
  public static byte[] tryLater() {
    try {
      OCSPResp response = new OCSPRespBuilder().build(OCSPRespBuilder.TRY_LATER, null);
      return response.getEncoded();
    } catch (IOException | OCSPException e) {
      throw new AssertionError("no OCSP response", e);
    }
  }

  private static BasicOCSPResp basic(X509Certificate about, Status status, Instant until)
      throws OCSPException, OperatorCreationException, CertificateEncodingException {
    CertificateAuthority issuer = CertificateAuthority.INTERMEDIATE;
    X509CertificateHolder holder = new JcaX509CertificateHolder(issuer.certificate());
    CertificateID id =
        new CertificateID(
            new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
            holder,
            about.getSerialNumber());
    Instant now = Instant.now();
    Instant before = until.minus(Duration.ofDays(1));
    Date from = Date.from(before.isBefore(now) ? before : now);
    var builder =
        new BasicOCSPRespBuilder(
            new RespID(
                X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded())));
    builder.addResponse(id, status(status, from), from, Date.from(until));
    return builder.build(
        new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.keys().getPrivate()),
        new X509CertificateHolder[] {holder},
        from);
  }

  private static CertificateStatus status(Status status, Date at) {
    return switch (status) {
      case GOOD -> CertificateStatus.GOOD;
      case REVOKED -> new RevokedStatus(new RevokedInfo(new ASN1GeneralizedTime(at), null));
      case UNKNOWN -> new UnknownStatus();
    };
  }
}
