// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import dev.pingora.tls.TrustRoots;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private static final int SIGNER = 15;

  /// Octets before a value.
  private static final int HEAD = 1 + Integer.BYTES;

  private static final int ALPN_REQUIRED = 1;
  private static final int KEY_LOG = 2;
  private static final int SECOND_SHARE = 4;
  private static final int INSTALLED_ROOTS = 8;

  private record Field(int tag, byte[] value) {}

  private final List<Field> fields = new ArrayList<>();
  private int flags;

  private Configuration() {}

  /// {@return the octets of a server's configuration; the caller wipes them}
  ///
  /// @param remote its key, if that is kept elsewhere; outlives what is made of the octets
  static byte[] of(ServerTls config, TicketKeys tickets, @Nullable RemoteKey remote)
      throws TlsException {
    Configuration all = new Configuration();
    all.certificate(config.certificate(), remote);
    all.profile(config.profile());
    all.alpn(config.alpn());
    all.flag(ALPN_REQUIRED, config.alpnRequired());
    all.flag(KEY_LOG, config.keyLog() != null);
    all.add(
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
    all.add(TICKETS, keys(tickets));
    return all.finish();
  }

  /// {@return the octets of a client's configuration; the caller wipes them}
  ///
  /// @param remote its key, if that is kept elsewhere; outlives what is made of the octets
  static byte[] of(ClientTls config, @Nullable RemoteKey remote) throws TlsException {
    Configuration all = new Configuration();
    CertKey certificate = config.certificate();
    if (certificate != null) {
      all.certificate(certificate, remote);
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
    all.add(VERIFY, octet(verify));
    if (verify != 0) {
      all.roots(config.roots());
    }
    String alternative = config.alternativeName();
    if (alternative != null) {
      all.add(ALTERNATIVE, alternative.getBytes(StandardCharsets.UTF_8));
    }
    all.add(RESUMPTION, ByteBuffer.allocate(Integer.BYTES).putInt(config.resumption()).array());
    return all.finish();
  }

  /// {@return the octets of ticket keys, one after the other; the caller wipes them}
  static byte[] keys(TicketKeys tickets) {
    List<TicketKeys.Key> keys = tickets.keys();
    ByteBuffer all = ByteBuffer.allocate(keys.size() * TicketKeys.KEY_BYTES);
    keys.forEach(key -> all.put(key.octets()));
    return all.array();
  }

  private void add(int tag, byte[] value) {
    fields.add(new Field(tag, value));
  }

  private byte[] finish() {
    add(FLAGS, octet(flags));
    ByteBuffer all =
        ByteBuffer.allocate(fields.stream().mapToInt(f -> HEAD + f.value().length).sum());
    for (Field field : fields) {
      all.put((byte) field.tag()).putInt(field.value().length).put(field.value());
      if (field.tag() == KEY || field.tag() == TICKETS) {
        Arrays.fill(field.value(), (byte) 0);
      }
    }
    return all.array();
  }

  private static byte[] octet(int value) {
    return new byte[] {(byte) value};
  }

  private void flag(int bit, boolean set) {
    if (set) {
      flags |= bit;
    }
  }

  private void certificate(CertKey certificate, @Nullable RemoteKey remote) throws TlsException {
    switch (certificate.type()) {
      case RSA, EC_P256, EC_P384, EC_P521, ED25519 -> {}
      case RSA_PSS ->
          throw TlsException.of(
              TlsException.Reason.CONFIGURATION,
              "certificate: rustls cannot use RSA-PSS keys (expected: RSA, EC or Ed25519)");
    }
    for (byte[] der : certificate.chainDer()) {
      add(CERTIFICATE, der);
    }
    if (remote != null) {
      add(SIGNER, remote.encoded());
    } else {
      add(KEY, certificate.pkcs8()); // wiped once it is encoded
    }
    byte[] ocsp = certificate.ocsp();
    if (ocsp != null) {
      add(OCSP, ocsp);
    }
  }

  private void profile(TlsProfile profile) {
    List<TlsVersion> versions = Arrays.stream(TlsVersion.values()).filter(profile::speaks).toList();
    add(VERSIONS, codes(versions.stream().mapToInt(TlsVersion::code).toArray()));
    int[] suites =
        profile.suites().stream()
            .filter(suite -> profile.speaks(suite.version()))
            .mapToInt(CipherSuite::code)
            .toArray();
    add(SUITES, codes(suites));
    add(GROUPS, codes(profile.groups().stream().mapToInt(NamedGroup::code).toArray()));
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
      add(ALPN, protocol.getBytes(StandardCharsets.ISO_8859_1));
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
      add(ROOT, certificate);
    }
  }
}
