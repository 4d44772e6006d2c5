// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.CertifiedKey;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.TrustRoots;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// A configuration as the native half reads it (`encoded.rs`): fields one after the other, each a
/// tag, a length of four octets and that many octets; numbers are big-endian.
final class Configuration {
  private static final int CERTIFICATE = 1;
  private static final int KEY = 2;
  private static final int OCSP = 3;
  private static final int ALPN = 4;
  private static final int VERSIONS = 5;
  private static final int SUITES = 6;
  private static final int GROUPS = 7;
  private static final int ROOT = 8;
  private static final int VERIFY = 9;
  private static final int ALTERNATIVE = 10;
  private static final int RESUMPTION = 11;
  private static final int CLIENT_AUTH = 12;
  private static final int TICKETS = 13;
  private static final int FLAGS = 14;

  private static final int ALPN_REQUIRED = 1;
  private static final int KEY_LOG = 2;
  private static final int SECOND_SHARE = 4;
  private static final int INSTALLED_ROOTS = 8;

  private final Fields fields = new Fields();
  private int flags;

  /// Octets that may hold a key: wiped when they grow out of their array, and in the end.
  private static final class Fields extends ByteArrayOutputStream {
    Fields() {
      super(1 << 16);
    }

    void add(int tag, byte[] value) {
      byte[] head = ByteBuffer.allocate(5).put((byte) tag).putInt(value.length).array();
      byte[] before = buf;
      writeBytes(head);
      writeBytes(value);
      if (before != buf) {
        Arrays.fill(before, (byte) 0);
      }
    }

    void wipe() {
      Arrays.fill(buf, (byte) 0);
    }
  }

  private Configuration() {}

  /// {@return the octets of a server's configuration; the caller wipes them}
  static byte[] of(ServerTls config, TicketKeys tickets) throws TlsException {
    Configuration all = new Configuration();
    all.certificate(config.certificate());
    all.profile(config.profile());
    all.alpn(config.alpn());
    all.flag(ALPN_REQUIRED, config.alpnRequired());
    all.flag(KEY_LOG, config.keyLog() != null);
    all.fields.add(
        CLIENT_AUTH,
        octet(
            switch (config.clientAuth()) {
              case OFF -> 0;
              case OPTIONAL -> 1;
              case REQUIRED -> 2;
            }));
    TrustRoots roots = config.clientRoots();
    if (roots != null) {
      all.roots(roots);
    }
    all.fields.add(TICKETS, keys(tickets));
    return all.finish();
  }

  /// {@return the octets of a client's configuration; the caller wipes them}
  static byte[] of(ClientTls config) throws TlsException {
    Configuration all = new Configuration();
    CertifiedKey certificate = config.certificate();
    if (certificate != null) {
      all.certificate(certificate);
    }
    all.profile(config.profile());
    all.alpn(config.alpn());
    all.flag(SECOND_SHARE, config.secondKeyShare());
    all.flag(KEY_LOG, config.keyLog() != null);
    int verify =
        switch (config.verify()) {
          case NONE -> 0;
          case CHAIN -> 1;
          case CHAIN_AND_NAME -> 2;
        };
    all.fields.add(VERIFY, octet(verify));
    if (verify != 0) {
      all.roots(config.roots());
    }
    String alternative = config.alternativeName();
    if (alternative != null) {
      all.fields.add(ALTERNATIVE, alternative.getBytes(StandardCharsets.UTF_8));
    }
    all.fields.add(
        RESUMPTION, ByteBuffer.allocate(Integer.BYTES).putInt(config.resumption()).array());
    return all.finish();
  }

  /// {@return the octets of ticket keys, one after the other; the caller wipes them}
  static byte[] keys(TicketKeys tickets) {
    List<TicketKeys.Key> keys = tickets.keys();
    ByteBuffer all = ByteBuffer.allocate(keys.size() * TicketKeys.KEY_BYTES);
    keys.forEach(key -> all.put(key.octets()));
    return all.array();
  }

  private byte[] finish() {
    fields.add(FLAGS, octet(flags));
    byte[] all = fields.toByteArray();
    fields.wipe();
    return all;
  }

  private static byte[] octet(int value) {
    return new byte[] {(byte) value};
  }

  private void flag(int bit, boolean set) {
    if (set) {
      flags |= bit;
    }
  }

  private void certificate(CertifiedKey certificate) throws TlsException {
    switch (certificate.type()) {
      case RSA, EC_P256, EC_P384, EC_P521, ED25519 -> {}
      case RSA_PSS ->
          throw TlsException.of(
              TlsException.Reason.CONFIGURATION,
              "certificate: rustls cannot use RSA-PSS keys (expected: RSA, EC or Ed25519)");
    }
    for (byte[] der : certificate.chainDer()) {
      fields.add(CERTIFICATE, der);
    }
    byte[] key = certificate.pkcs8();
    fields.add(KEY, key);
    Arrays.fill(key, (byte) 0);
    byte[] ocsp = certificate.ocsp();
    if (ocsp != null) {
      fields.add(OCSP, ocsp);
    }
  }

  private void profile(TlsProfile profile) {
    List<TlsVersion> versions = Arrays.stream(TlsVersion.values()).filter(profile::speaks).toList();
    fields.add(VERSIONS, codes(versions.stream().mapToInt(TlsVersion::code).toArray()));
    int[] suites =
        profile.suites().stream()
            .filter(suite -> profile.speaks(suite.version()))
            .mapToInt(CipherSuite::code)
            .toArray();
    fields.add(SUITES, codes(suites));
    fields.add(GROUPS, codes(profile.groups().stream().mapToInt(NamedGroup::code).toArray()));
  }

  private static byte[] codes(int... codes) {
    ByteBuffer all = ByteBuffer.allocate(codes.length * Short.BYTES);
    for (int code : codes) {
      all.putShort((short) code);
    }
    return all.array();
  }

  private void alpn(List<String> protocols) {
    for (String protocol : protocols) {
      fields.add(ALPN, protocol.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private void roots(TrustRoots roots) throws TlsException {
    List<byte[]> certificates =
        switch (roots) {
          case TrustRoots.Certificates own -> own.certificates();
          case TrustRoots.Installed _ -> {
            flag(INSTALLED_ROOTS, true);
            yield InstalledRoots.read();
          }
        };
    for (byte[] certificate : certificates) {
      fields.add(ROOT, certificate);
    }
  }
}
