// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// The signatures that keys kept elsewhere make (RFC 8446 §4.2.3). Those with SHA-1 are not among
/// them (RFC 9155).
enum SignatureScheme {
  RSA_PKCS1_SHA256(0x0401, Family.PKCS1, Hash.SHA_256),
  RSA_PKCS1_SHA384(0x0501, Family.PKCS1, Hash.SHA_384),
  RSA_PKCS1_SHA512(0x0601, Family.PKCS1, Hash.SHA_512),
  ECDSA_SECP256R1_SHA256(0x0403, Family.ECDSA, Hash.SHA_256),
  ECDSA_SECP384R1_SHA384(0x0503, Family.ECDSA, Hash.SHA_384),
  ECDSA_SECP521R1_SHA512(0x0603, Family.ECDSA, Hash.SHA_512),
  RSA_PSS_RSAE_SHA256(0x0804, Family.PSS_RSAE, Hash.SHA_256),
  RSA_PSS_RSAE_SHA384(0x0805, Family.PSS_RSAE, Hash.SHA_384),
  RSA_PSS_RSAE_SHA512(0x0806, Family.PSS_RSAE, Hash.SHA_512),
  ED25519(0x0807, Family.EDDSA, Hash.SHA_512),
  RSA_PSS_PSS_SHA256(0x0809, Family.PSS_PSS, Hash.SHA_256),
  RSA_PSS_PSS_SHA384(0x080a, Family.PSS_PSS, Hash.SHA_384),
  RSA_PSS_PSS_SHA512(0x080b, Family.PSS_PSS, Hash.SHA_512);

  /// How it is made, whatever the hash.
  enum Family {
    PKCS1,
    ECDSA,
    PSS_RSAE,
    PSS_PSS,
    EDDSA
  }

  /// What is signed is a digest by this.
  enum Hash {
    SHA_256("SHA-256", 32, "3031300d060960864801650304020105000420"),
    SHA_384("SHA-384", 48, "3041300d060960864801650304020205000430"),
    SHA_512("SHA-512", 64, "3051300d060960864801650304020305000440");

    private final String jca;
    private final int octets;

    /// What comes before the digest in a DigestInfo (RFC 8017 §9.2, note 1), in hex.
    private final String info;

    Hash(String jca, int octets, String info) {
      this.jca = jca;
      this.octets = octets;
      this.info = info;
    }

    /// {@return how the JDK calls it}
    String jca() {
      return jca;
    }

    /// {@return octets of a digest}
    int octets() {
      return octets;
    }

    /// {@return the digest with the name of the hash: what PKCS #1 v1.5 signs}
    byte[] digestInfo(byte[] digest) {
      byte[] head = HexFormat.of().parseHex(info);
      byte[] all = Arrays.copyOf(head, head.length + digest.length);
      System.arraycopy(digest, 0, all, head.length, digest.length);
      return all;
    }
  }

  private final int code;
  private final Family family;
  private final Hash hash;

  SignatureScheme(int code, Family family, Hash hash) {
    this.code = code;
    this.family = family;
    this.hash = hash;
  }

  static Optional<SignatureScheme> of(int code) {
    for (SignatureScheme scheme : values()) {
      if (scheme.code == code) {
        return Optional.of(scheme);
      }
    }
    return Optional.empty();
  }

  Family family() {
    return family;
  }

  Hash hash() {
    return hash;
  }

  /// {@return whether a key of this type makes them} TLS 1.2 does not tie ECDSA to a curve (RFC
  /// 5246 §7.4.1.4.1), so that is left to the library, which knows the version.
  boolean fits(KeyType key) {
    return switch (key) {
      case RSA -> family == Family.PKCS1 || family == Family.PSS_RSAE;
      case RSA_PSS -> family == Family.PSS_PSS;
      case EC_P256, EC_P384, EC_P521 -> family == Family.ECDSA;
      case ED25519 -> family == Family.EDDSA;
    };
  }

  boolean isPss() {
    return family == Family.PSS_RSAE || family == Family.PSS_PSS;
  }

  /// {@return what signs whole messages, as the JDK calls it}
  String algorithm() {
    String sha = hash.jca().replace("-", "");
    return switch (family) {
      case PKCS1 -> sha + "withRSA";
      case ECDSA -> sha + "withECDSA";
      case PSS_RSAE, PSS_PSS -> "RSASSA-PSS";
      case EDDSA -> "Ed25519";
    };
  }

  /// {@return the parameters of PSS: MGF1 by the same hash, a salt as long as the digest (RFC 8446
  /// §4.2.3)}
  PSSParameterSpec pss() {
    return new PSSParameterSpec(
        hash.jca(), "MGF1", new MGF1ParameterSpec(hash.jca()), hash.octets(), 1);
  }
}
