// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.tls.CertificateFiles;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.core.upstreams.TlsOptions;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.Certificates;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.S2nTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsFile;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.Verify;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Makes what the engine wants of `tls:` blocks, from the files they name.
final class TlsFiles {
  private TlsFiles() {}

  /// {@return the certificates of a listener}
  ///
  /// @throws TlsException naming the file and what is wrong with it
  static CertificateFiles certificates(TlsConf conf) throws TlsException {
    return CertificateFiles.load(conf.certificates().stream().map(TlsFiles::entry).toList());
  }

  /// {@return the files of a certificate, with absolute paths, which messages then name: whoever
  /// misspelled one wants to know where it was looked for}
  static CertificateFiles.Entry entry(TlsConf.Certificate pair) {
    Path ocsp = pair.ocsp();
    return new CertificateFiles.Entry(
        pair.cert().toAbsolutePath(),
        pair.key().toAbsolutePath(),
        ocsp == null ? null : ocsp.toAbsolutePath(),
        pair.watch());
  }

  /// {@return the TLS of a listener}
  ///
  /// @param tickets null = each context's own
  /// @throws TlsException naming the file and what is wrong with it
  static TlsSettings settings(
      TlsConf conf,
      Supplier<CertificateStore> certificates,
      @Nullable TicketKeys tickets,
      ListenerConf listener)
      throws TlsException {
    Path ca = conf.clientAuth().ca();
    boolean asked = conf.clientAuth().mode() != ClientAuth.OFF;
    return TlsSettings.of(certificates)
        .withProvider(conf.provider())
        .withProfile(conf.profile())
        .withAlpn(
            alpn(listener.protocols()),
            !listener.protocols().contains(ListenerConf.Protocol.HTTP_1_1))
        .withClientAuth(conf.clientAuth().mode(), asked && ca != null ? roots(ca) : null)
        .withTickets(tickets)
        .withHandshakeTimeout(conf.handshakeTimeout())
        .withHandshakesPerSecond(conf.limits().handshakesPerSecond());
  }

  private static List<String> alpn(List<ListenerConf.Protocol> protocols) {
    List<String> names = new ArrayList<>();
    for (ListenerConf.Protocol protocol : protocols) {
      switch (protocol) {
        case H2 -> names.add(TlsSettings.H2);
        case HTTP_1_1 -> names.add(TlsSettings.HTTP_1_1);
        case H2C -> throw new IllegalArgumentException("h2c knows no TLS");
      }
    }
    return names;
  }

  /// {@return the keys of session tickets of a listener}
  static TicketKeys tickets(TlsConf.Tickets conf) throws TlsException {
    Path file = conf.keys();
    return file == null ? TicketKeys.random() : TicketKeys.of(ticketKeys(file));
  }

  /// {@return the keys in a file}
  static List<TicketKeys.Key> ticketKeys(Path file) throws TlsException {
    byte[] octets = TlsFile.read(file.toAbsolutePath());
    int keys = octets.length / TicketKeys.KEY_BYTES;
    if (keys == 0 || keys > TicketKeys.MAX_KEYS || octets.length % TicketKeys.KEY_BYTES != 0) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          "%s: %d octets (expected: 1 to %d keys of %d)"
              .formatted(file, octets.length, TicketKeys.MAX_KEYS, TicketKeys.KEY_BYTES));
    }
    List<TicketKeys.Key> all = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      int at = i * TicketKeys.KEY_BYTES;
      all.add(new TicketKeys.Key(Arrays.copyOfRange(octets, at, at + TicketKeys.KEY_BYTES)));
    }
    return all;
  }

  /// {@return the TLS towards the servers of an upstream}
  static TlsOptions options(UpstreamTlsConf conf) throws TlsException {
    TlsProfile profile = TlsProfile.INTERMEDIATE.withVersions(conf.min(), conf.max());
    return TlsOptions.DEFAULT
        .withProvider(conf.provider())
        .withVerify(
            !conf.verify()
                ? Verify.NONE
                : conf.verifyHostname() ? Verify.CHAIN_AND_NAME : Verify.CHAIN)
        .withRoots(roots(conf))
        .withAlternativeCn(conf.alternativeCn())
        .withProfile(conf.curves().isEmpty() ? profile : profile.withGroups(conf.curves()))
        .withS2n(s2n(conf.s2n()));
  }

  /// {@return what only s2n has; null for nothing of it}
  static @Nullable S2nTls s2n(UpstreamTlsConf.S2n conf) throws TlsException {
    if (conf.equals(UpstreamTlsConf.S2n.NOTHING)) {
      return null;
    }
    UpstreamTlsConf.Psk psk = conf.psk();
    S2nTls.PresharedKey key = psk == null ? null : presharedKey(psk);
    return new S2nTls(key, conf.securityPolicy(), conf.maxBlindingDelay());
  }

  private static S2nTls.PresharedKey presharedKey(UpstreamTlsConf.Psk conf) throws TlsException {
    byte[] secret = TlsFile.read(conf.secret().toAbsolutePath());
    try {
      byte[] identity = conf.identity().getBytes(StandardCharsets.UTF_8);
      return new S2nTls.PresharedKey(identity, secret, conf.hmac());
    } catch (IllegalArgumentException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, conf.secret() + ": " + e.getMessage(), e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  /// {@return who vouches for the servers of an upstream}
  static TrustRoots roots(UpstreamTlsConf conf) throws TlsException {
    Path ca = conf.ca();
    return ca == null ? TrustRoots.system() : roots(ca);
  }

  /// {@return the certificate shown to the servers of an upstream, null for none}
  static @Nullable CertKey clientCertificate(UpstreamTlsConf conf) throws TlsException {
    Path certificate = conf.clientCert();
    Path key = conf.clientKey();
    return certificate == null || key == null
        ? null
        : CertKey.fromPem(certificate.toAbsolutePath(), key.toAbsolutePath());
  }

  private static TrustRoots roots(Path file) throws TlsException {
    byte[] octets = TlsFile.read(file.toAbsolutePath());
    String pem = new String(octets, StandardCharsets.ISO_8859_1);
    return TrustRoots.of(Certificates.der(Certificates.ofPem(pem, file.toString())));
  }
}
