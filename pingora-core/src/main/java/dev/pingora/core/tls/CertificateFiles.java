// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.OcspResponse;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Certificates in files, which may be replaced while the server runs: [#reload] looks at their
/// content, so links that are switched (as Kubernetes does) are seen too. A pair that cannot be
/// used is refused and the one in use stays. An OCSP response that is too old is stapled no longer,
/// and that is told; one that is none, or not of this certificate, is refused like a bad pair.
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
    CertKey loaded;

    /// When what is stapled gets too old, null for never.
    @Nullable Instant stale;

    Pair(Entry entry) throws TlsException {
      this.entry = entry;
      this.hash = hash(entry);
      this.loaded = read(entry);
      take(loaded);
    }

    /// Takes what is in the files now, and says what is odd about it.
    void take(CertKey now) throws TlsException {
      for (String warning : now.warnings()) {
        LOG.log(System.Logger.Level.INFO, "{0}: {1}", entry.certificate(), warning);
      }
      OcspResponse response = response(entry, now);
      stale = response == null ? null : response.nextUpdate();
      loaded = now;
    }

    /// {@return whether a response that is too old was dropped}
    boolean dropStale(Instant now) {
      Instant end = stale;
      if (end == null || now.isBefore(end)) {
        return false;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: too old since {1}: not stapled (expected: a newer one)",
          entry.ocsp(),
          end);
      stale = null;
      loaded = loaded.withOcsp(null);
      return true;
    }
  }

  /// {@return the certificates of these files} Warns of keys that others than the owner and group
  /// root can read, and of odd chains.
  ///
  /// @throws TlsException naming the file and what is wrong with it
  public static CertificateFiles load(List<Entry> entries) throws TlsException {
    List<Pair> pairs = new ArrayList<>();
    for (Entry entry : entries) {
      Pair pair = new Pair(entry);
      pair.dropStale(Instant.now());
      pairs.add(pair);
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

  private static CertKey read(Entry entry) throws TlsException {
    CertKey key = CertKey.fromPem(entry.certificate(), entry.key());
    CertKey whole = key.withOcsp(entry.ocsp() == null ? null : TlsFile.read(entry.ocsp()));
    OcspResponse response = response(entry, whole);
    if (response != null && response.status() != OcspResponse.Status.GOOD) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          entry.ocsp() + ": says that the certificate is " + response.status());
    }
    return whole;
  }

  /// {@return what the key's response says; null when it has none}
  private static @Nullable OcspResponse response(Entry entry, CertKey key) throws TlsException {
    byte[] octets = key.ocsp();
    return octets == null
        ? null
        : OcspResponse.of(octets, key.leaf(), String.valueOf(entry.ocsp()));
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
    return reload(Instant.now());
  }

  boolean reload(Instant now) {
    boolean changed = false;
    for (Pair pair : pairs) {
      changed |= pair.entry.watched() && reload(pair);
      changed |= pair.dropStale(now);
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
      pair.take(read(pair.entry));
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
