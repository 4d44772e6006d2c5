// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.Certificates;
import dev.pingora.tls.ClientHello;
import dev.pingora.tls.Ja4;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsVersion;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Facts about the TLS of a connection. "The peer" is the client on a listener, the server on an
/// upstream connection.
///
/// Parsed when asked. Safe on the connection's request threads.
public final class SslDigest {
  private final TlsDigest agreed;
  private final @Nullable ClientHello hello;
  private final long handshakeNanos;
  private @Nullable Object extension;
  private @Nullable List<X509Certificate> peerChain;
  private @Nullable String subject;
  private @Nullable String ja4;

  SslDigest(TlsDigest agreed, @Nullable ClientHello hello, long handshakeNanos) {
    this.agreed = requireNonNull(agreed, "agreed");
    this.hello = hello;
    this.handshakeNanos = handshakeNanos;
  }

  public TlsVersion version() {
    return agreed.version();
  }

  /// {@return IANA's name of the cipher suite}
  public String cipher() {
    return agreed.cipher();
  }

  /// {@return the key exchange group; null when the provider does not tell}
  public @Nullable String group() {
    return agreed.group();
  }

  /// {@return the protocol agreed on by ALPN; null for none}
  public @Nullable String alpn() {
    return agreed.alpn();
  }

  /// {@return the name asked for in SNI, in lower case; null for none}
  public @Nullable String serverName() {
    ClientHello said = hello;
    return said == null ? agreed.serverName() : said.serverName();
  }

  /// {@return whether the session went on from an earlier one}
  public boolean resumed() {
    return agreed.resumed();
  }

  /// {@return from the first octet of the handshake to its end}
  public long handshakeNanos() {
    return handshakeNanos;
  }

  /// {@return the JA4 fingerprint of the client; null on upstream connections}
  public @Nullable String ja4() {
    String text = ja4;
    if (text == null && hello != null) {
      text = Ja4.of(hello);
      ja4 = text;
    }
    return text;
  }

  /// {@return what the client said first; null on upstream connections}
  public @Nullable ClientHello clientHello() {
    return hello;
  }

  /// {@return the peer's certificates, its own first; empty when it showed none}
  public List<X509Certificate> peerChain() {
    List<X509Certificate> chain = peerChain;
    if (chain == null) {
      chain = parsed(agreed.peerChain());
      peerChain = chain;
    }
    return chain;
  }

  private static List<X509Certificate> parsed(List<byte[]> chain) {
    List<X509Certificate> certificates = new ArrayList<>(chain.size());
    try {
      for (byte[] der : chain) {
        certificates.add(Certificates.parse(der, "the peer's certificate"));
      }
    } catch (TlsException e) {
      return List.of(); // one that the library accepts, but the JDK cannot read
    }
    return List.copyOf(certificates);
  }

  /// {@return the serial number of the peer's certificate in hexadecimal; null without one}
  public @Nullable String serialNumber() {
    return peerChain().isEmpty() ? null : hex(peerChain().getFirst().getSerialNumber());
  }

  private static String hex(BigInteger number) {
    String digits = number.toString(16);
    return digits.length() % 2 == 0 ? digits : "0" + digits;
  }

  /// {@return the subject of the peer's certificate in the form of RFC 2253, as `CN=a,O=b`; null
  /// without one}
  public @Nullable String subject() {
    if (subject == null && !peerChain().isEmpty()) {
      subject = peerChain().getFirst().getSubjectX500Principal().getName();
    }
    return subject;
  }

  /// {@return the organization (O) of the peer's certificate; null without one}
  public @Nullable String organization() {
    return peerChain().isEmpty()
        ? null
        : DistinguishedNames.organization(peerChain().getFirst().getSubjectX500Principal());
  }

  /// {@return SHA-256 of the peer's certificate; null without one}
  public byte @Nullable [] peerSha256() {
    if (agreed.peerChain().isEmpty()) {
      return null;
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(agreed.peerChain().getFirst());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// {@return subject alternative names of the peer's certificate, such as `DNS:a.example`,
  /// `URI:spiffe://…`, `IP:10.0.0.1`}
  public List<String> peerNames() {
    if (peerChain().isEmpty()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try {
      var alternatives = peerChain().getFirst().getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> name : alternatives) {
          if (name.get(0) instanceof Integer kind && name.get(1) instanceof String text) {
            names.add(DistinguishedNames.kind(kind) + ":" + text);
          }
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return List.copyOf(names);
  }

  /// {@return what the callback of the completed handshake kept, if it is of this type; else null}
  public <T> @Nullable T extension(Class<T> type) {
    Object kept = extension;
    return type.isInstance(kept) ? type.cast(kept) : null;
  }

  void extension(@Nullable Object kept) {
    extension = kept;
  }

  @Override
  public String toString() {
    byte[] sha256 = peerSha256();
    return version()
        + " "
        + cipher()
        + (group() == null ? "" : " " + group())
        + (resumed() ? " resumed" : "")
        + (sha256 == null ? "" : " peer " + HexFormat.of().formatHex(sha256, 0, 8));
  }
}
