// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.KeyType;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.RemoteSigning;
import dev.pingora.tls.S2nTls.PresharedKey;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes an s2n_config, step by step; frees it when it is not taken.
final class ConfigSetup implements AutoCloseable {
  final S2n library;
  final ConfigCalls calls;
  final long config;

  private final Arena arena = Arena.ofConfined();
  private long certificate;
  private long psk;
  private boolean taken;

  ConfigSetup(S2n library) throws TlsException {
    this.library = library;
    calls = library.configs;
    config = calls.create();
    if (config == 0) {
      arena.close();
      throw library.configuration("configuration");
    }
  }

  /// Has the user's own settings made; last, so that they have the last word.
  void further(@Nullable NativeSettings settings) throws TlsException {
    MemorySegment pointer = MemorySegment.ofAddress(config);
    new NativeSettings.Context(S2nProvider.ID, pointer, library.symbols).take(settings);
  }

  /// {@return what was made, which is the caller's now}
  NativeConfig take(int ticketVersion) {
    taken = true;
    return new NativeConfig(
        library, new NativeConfig.Parts(config, certificate, psk), ticketVersion);
  }

  @Override
  public void close() {
    arena.close();
    if (!taken) {
      new NativeConfig.Parts(config, certificate, psk).free(library);
    }
  }

  void policy(String name) throws TlsException {
    check(calls.policy(config, text(name)), "security policy " + name);
  }

  /// Shows a certificate.
  void certificate(CertKey certified) throws TlsException {
    String what = certified.toString();
    certificate = calls.newCertificate();
    if (certificate == 0) {
      throw library.configuration(what);
    }
    MemorySegment chain = octets(pem("CERTIFICATE", certified.chainDer()));
    if (certified.isRemote()) {
      publicPart(certified, chain);
    } else {
      check(load(certified, chain), what);
    }
    byte[] ocsp = certified.ocsp();
    if (ocsp != null) {
      check(calls.staple(certificate, octets(ocsp).address(), ocsp.length), "OCSP response");
    }
    check(calls.addCertificate(config, certificate), what);
  }

  private int load(CertKey certified, MemorySegment chain) {
    byte[] key = certified.pkcs8();
    byte[] keyPem = pem("PRIVATE KEY", key);
    Arrays.fill(key, (byte) 0);
    MemorySegment secret = octets(keyPem);
    Arrays.fill(keyPem, (byte) 0);
    int loaded =
        calls.loadCertificate(
            certificate,
            chain.address(),
            (int) chain.byteSize(),
            secret.address(),
            (int) secret.byteSize());
    secret.fill((byte) 0);
    return loaded;
  }

  /// Of a key kept elsewhere: what it signs is asked for, see [RemoteKey].
  private void publicPart(CertKey certified, MemorySegment chain) throws TlsException {
    SigningCalls signing = library.signing;
    if (!signing.present()) {
      certified.requireLocal(S2nProvider.ID);
    }
    boolean rsa = certified.type() == KeyType.RSA || certified.type() == KeyType.RSA_PSS;
    if (!RemoteSigning.hasDigest(certified)) { // TLS 1.3 signs by PSS, s2n gives digests
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          S2nProvider.ID
              + ": the key of "
              + certified
              + " is kept elsewhere, by what has no "
              + (rsa
                  ? "RSA/ECB/NoPadding (expected, for PSS by s2n)"
                  : "NONEwithECDSA (expected, s2n hashes itself)"));
    }
    String what = certified.toString();
    check(signing.loadPublic(certificate, chain.address(), (int) chain.byteSize()), what);
    check(signing.callback(config, library.callbacks.sign), what);
  }

  /// Believes these, and nobody else.
  void trust(TrustRoots roots) throws TlsException {
    List<byte[]> certificates =
        switch (roots) {
          case TrustRoots.Installed() -> InstalledRoots.read();
          case TrustRoots.Certificates(List<byte[]> own) -> own;
        };
    check(calls.wipeTrust(config), "roots");
    String pem = new String(pem("CERTIFICATE", certificates), StandardCharsets.US_ASCII);
    check(calls.trust(config, text(pem)), "roots");
  }

  void protocols(List<String> alpn) throws TlsException {
    for (String name : alpn) {
      byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
      check(
          calls.protocol(config, octets(octets).address(), (byte) octets.length), "alpn: " + name);
    }
  }

  void psk(PresharedKey key) throws TlsException {
    psk = calls.newPsk();
    byte[] identity = key.identity();
    byte[] secret = key.secret();
    MemorySegment copy = octets(secret);
    check(calls.pskIdentity(psk, octets(identity).address(), (short) identity.length), "psk");
    int result = calls.pskSecret(psk, copy.address(), (short) secret.length);
    copy.fill((byte) 0);
    Arrays.fill(secret, (byte) 0);
    check(result, "psk");
    int hmac =
        switch (key.hmac()) {
          case SHA256 -> 0;
          case SHA384 -> 1;
        };
    check(calls.pskHmac(psk, hmac), "psk");
  }

  private static byte[] pem(String label, List<byte[]> contents) {
    StringBuilder text = new StringBuilder();
    for (byte[] content : contents) {
      text.append(new String(pem(label, content), StandardCharsets.US_ASCII));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// {@return RFC 7468 of a content} Not by way of a string, which could not be wiped.
  private static byte[] pem(String label, byte[] content) {
    byte[] head = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] tail = ("\n-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
    byte[] middle = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(content);
    byte[] all = Arrays.copyOf(head, head.length + middle.length + tail.length);
    System.arraycopy(middle, 0, all, head.length, middle.length);
    System.arraycopy(tail, 0, all, head.length + middle.length, tail.length);
    Arrays.fill(middle, (byte) 0);
    return all;
  }

  /// {@return the address of a C string, until this is closed}
  long text(String text) {
    return arena.allocateFrom(text).address();
  }

  /// {@return a copy, until this is closed}
  MemorySegment octets(byte[] octets) {
    return arena.allocateFrom(JAVA_BYTE, octets);
  }

  /// @throws TlsException CONFIGURATION unless it went well
  void check(int result, String what) throws TlsException {
    if (result < 0) {
      throw library.configuration(what);
    }
  }
}
