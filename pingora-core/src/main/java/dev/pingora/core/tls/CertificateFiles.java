// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.CertifiedKey;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Certificates in files, which may be replaced while the server runs: [#reload] looks at their
/// content, so links that are switched (as Kubernetes does) are seen too. A pair that cannot be
/// used is refused and the one in use stays.
///
/// [#get] from any thread; [#reload] from one thread that may block.
public final class CertificateFiles implements Supplier<CertificateStore> {
  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final List<Pair> pairs;
  private volatile CertificateStore store;

  private CertificateFiles(List<Pair> pairs) {
    this.pairs = pairs;
    this.store = storeOf(pairs);
  }

  /// Where a certificate is.
  ///
  /// @param certificate PEM, the chain in any order
  /// @param key PEM
  /// @param ocsp an OCSP response to staple, DER; null for none
  /// @param watched whether [#reload] looks at it
  public record Entry(Path certificate, Path key, @Nullable Path ocsp, boolean watched) {}

  /// One entry and what was in its files.
  private static final class Pair {
    final Entry entry;
    byte[] hash;
    CertifiedKey loaded;

    Pair(Entry entry) throws TlsException {
      this.entry = entry;
      this.hash = hash(entry);
      this.loaded = load(entry);
    }
  }

  /// {@return the certificates of these files} Warns of keys that others than the owner and group
  /// root can read, and of odd chains.
  ///
  /// @throws TlsException naming the file and what is wrong with it
  public static CertificateFiles load(List<Entry> entries) throws TlsException {
    List<Pair> pairs = new ArrayList<>();
    for (Entry entry : entries) {
      pairs.add(new Pair(entry));
      warnOfOpenKey(entry.key());
    }
    return new CertificateFiles(pairs);
  }

  /// Sees whether files could be used, without a word about them.
  ///
  /// @throws TlsException as [#load]
  public static void check(Entry entry) throws TlsException {
    var _ = read(entry);
  }

  private static CertificateStore storeOf(List<Pair> pairs) {
    return CertificateStore.of(pairs.stream().map(pair -> pair.loaded).toList());
  }

  private static CertifiedKey load(Entry entry) throws TlsException {
    CertifiedKey key = read(entry);
    for (String warning : key.warnings()) {
      LOG.log(System.Logger.Level.INFO, "{0}: {1}", entry.certificate(), warning);
    }
    return key;
  }

  private static CertifiedKey read(Entry entry) throws TlsException {
    CertifiedKey key = CertifiedKey.fromPem(entry.certificate(), entry.key());
    return key.withOcsp(entry.ocsp() == null ? null : TlsFile.read(entry.ocsp()));
  }

  private static void warnOfOpenKey(Path key) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(key);
      if (permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.GROUP_READ)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: others than its owner can read this private key (expected: mode 0600)",
            key);
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: permissions unknown", key);
    }
  }

  @Override
  public CertificateStore get() {
    return store;
  }

  /// Looks whether watched files have changed, and takes what they hold now.
  ///
  /// @return whether certificates were replaced
  public boolean reload() {
    boolean changed = false;
    for (Pair pair : pairs) {
      changed |= pair.entry.watched() && reload(pair);
    }
    if (changed) {
      store = storeOf(pairs);
    }
    return changed;
  }

  private static boolean reload(Pair pair) {
    try {
      byte[] now = hash(pair.entry);
      if (MessageDigest.isEqual(now, pair.hash)) {
        return false;
      }
      pair.hash = now; // a bad pair is told once
      pair.loaded = load(pair.entry);
      LOG.log(
          System.Logger.Level.INFO,
          "{0}: {1} until {2}",
          pair.entry.certificate(),
          pair.loaded,
          pair.loaded.leaf().getNotAfter().toInstant());
      return true;
    } catch (TlsException e) {
      LOG.log(System.Logger.Level.WARNING, "the certificate in use stays: {0}", e.getMessage());
      return false;
    }
  }

  private static byte[] hash(Entry entry) throws TlsException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(TlsFile.read(entry.certificate()));
      digest.update(TlsFile.read(entry.key()));
      if (entry.ocsp() != null) {
        digest.update(TlsFile.read(entry.ocsp()));
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
