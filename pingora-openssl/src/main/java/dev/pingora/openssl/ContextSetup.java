// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.CipherSuite;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An SSL_CTX while it is configured: what servers and clients have in common.
///
/// Closing it frees the SSL_CTX unless it was [#take]n.
final class ContextSetup implements AutoCloseable {
  /// 112 bits: RSA from 2048, no SHA-1 signatures. What OpenSSL 3.2 and newer default to.
  private static final int SECURITY_LEVEL = 2;

  final OpenSsl library;
  final long context;
  private final ContextCalls calls;
  private final CryptoCalls crypto;
  private final Arena arena = Arena.ofConfined();
  private boolean taken;

  /// The key, when only its security provider can use it.
  private @Nullable RemoteKey remote;

  ContextSetup(OpenSsl library) throws TlsException {
    this.library = library;
    calls = library.contexts;
    crypto = library.crypto;
    crypto.clearErrors();
    context = calls.create(calls.method());
    if (context == 0) {
      arena.close();
      throw ErrorQueue.configuration(library, "no context");
    }
    calls.control(
        context, Control.MODE, Control.MODE_NO_AUTO_CHAIN | Control.MODE_RELEASE_BUFFERS, 0);
    // Header and content of a record in one read: one call back less.
    calls.control(context, Control.SET_READ_AHEAD, 1, 0);
    // RFC 9325 §3.3, §3.5: no compression, no renegotiation.
    calls.setOptions(context, Control.NO_COMPRESSION | Control.NO_RENEGOTIATION);
    calls.setSecurityLevel(context, SECURITY_LEVEL);
    calls.setTrace(context, library.callbacks.event);
  }

  /// Has the user's own settings made; last, so that they have the last word.
  void further(@Nullable NativeSettings settings) throws TlsException {
    MemorySegment pointer = MemorySegment.ofAddress(context);
    new NativeSettings.Context(library.dialect.id(), pointer, library.symbols).take(settings);
  }

  /// {@return the context; what was made so far is its own}
  OpenSslContext take(@Nullable KeyLog keyLog, OpenSslContext.Side side) {
    taken = true;
    return new OpenSslContext(library, context, remote, keyLog, side);
  }

  @Override
  public void close() {
    arena.close();
    if (!taken) {
      calls.free(context);
      if (remote != null) {
        remote.free();
      }
    }
  }

  /// Sets versions, suites and groups.
  ///
  /// @param keyShares for how many of the groups a client sends shares, where it can choose
  void profile(TlsProfile profile, int keyShares) throws TlsException {
    int minimum = profile.minimum().code();
    int maximum = profile.maximum().code();
    check(
        calls.control(context, Control.SET_MINIMUM, minimum, 0) == 1
            && calls.control(context, Control.SET_MAXIMUM, maximum, 0) == 1,
        "versions " + profile.minimum() + " to " + profile.maximum());
    String old = names(profile.suites(TlsVersion.TLS_1_2));
    if (!old.isEmpty()) {
      check(calls.setCipherList(context, text(old)) == 1, "cipher suites " + old);
    }
    String suites = names(profile.suites(TlsVersion.TLS_1_3));
    if (!suites.isEmpty()) {
      check(calls.setCipherSuites(context, text(suites)) == 1, "cipher suites " + suites);
    }
    String groups = groups(profile.groups(), keyShares);
    check(
        calls.control(context, Control.SET_GROUPS_LIST, 0, text(groups)) == 1, "groups " + groups);
  }

  private static String names(List<CipherSuite> suites) {
    return suites.stream().map(CipherSuite::openssl).collect(Collectors.joining(":"));
  }

  /// {@return the list of groups, those that this OpenSSL lacks left out}
  private String groups(List<NamedGroup> wanted, int keyShares) throws TlsException {
    List<String> names = new ArrayList<>();
    for (NamedGroup group : wanted) {
      if (library.groups().contains(group)) {
        boolean shared = library.choosesKeyShares() && names.size() < keyShares;
        names.add((shared ? "*" : "") + Control.groupName(group));
      }
    }
    if (names.isEmpty()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          library.dialect.id() + ": groups: " + library.version() + " has none of " + wanted);
    }
    return String.join(":", names);
  }

  /// Sets the certificate to show, its chain and its key.
  void certificate(CertKey certified) throws TlsException {
    if (certified.isRemote()) {
      library.signer().check(certified);
    }
    List<byte[]> chain = certified.chainDer();
    for (int i = 0; i < chain.size(); i++) {
      String what = "certificate " + (i + 1) + " of the chain of " + certified;
      long certificate = Encoded.certificate(crypto, chain.get(i));
      check(certificate != 0, what);
      boolean used =
          i == 0
              ? calls.useCertificate(context, certificate) == 1
              : calls.control(context, Control.CHAIN_CERTIFICATE, 1, certificate) == 1;
      crypto.certificateFree(certificate);
      check(used, what);
    }
    if (certified.isRemote()) {
      RemoteKey key = new RemoteKey(library.remoteKeys, certified);
      remote = key;
      library.signer().use(this, key);
    } else {
      localKey(certified);
    }
  }

  private void localKey(CertKey certified) throws TlsException {
    long key = Encoded.key(crypto, certified.pkcs8());
    check(key != 0, "key of " + certified);
    key(key, certified);
  }

  /// Sets the key, which must fit the certificate.
  ///
  /// @param key an EVP_PKEY, which is given back
  void key(long key, CertKey certified) throws TlsException {
    boolean used = calls.usePrivateKey(context, key) == 1;
    crypto.keyFree(key);
    check(used && calls.checkPrivateKey(context) == 1, "key of " + certified);
  }

  /// {@return the address of a C string, until this is closed}
  long text(String text) {
    return arena.allocateFrom(text).address();
  }

  /// {@return the address of a copy, until this is closed}
  long octets(byte[] octets) {
    MemorySegment copy = arena.allocate(Math.max(1, octets.length));
    MemorySegment.copy(octets, 0, copy, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, octets.length);
    return copy.address();
  }

  /// @throws TlsException CONFIGURATION unless it went well
  void check(boolean well, String what) throws TlsException {
    if (!well) {
      throw ErrorQueue.configuration(library, what);
    }
  }
}
