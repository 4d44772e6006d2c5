// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.tls.CertKey;
import dev.pingora.tls.CertificateStore;
import dev.pingora.tls.OcspResponse;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsFile;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
  private final Consumer<String> warnings;
  private volatile CertificateStore store;

  private CertificateFiles(List<Pair> pairs, Consumer<String> warnings) {
    this.pairs = pairs;
    this.warnings = warnings;
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

    /// What was told of the certificate's life, so that it is told once.
    Validity told = Validity.CURRENT;

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
      told = Validity.CURRENT;
    }

    /// Tells once each when the certificate is not valid yet, will not be for long, and is no more.
    void tellOfValidity(Instant now, Consumer<String> warnings) {
      Validity validity = Validity.of(loaded.leaf(), now);
      if (validity != told && validity != Validity.CURRENT) {
        warnings.accept(entry.certificate() + ": " + validity.warning(loaded.leaf()));
      }
      told = validity;
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

  /// {@return the certificates of these files} Warns of keys that others than their owner can read,
  /// of odd chains, and of certificates that are not valid now or not for long.
  ///
  /// @throws TlsException naming the file and what is wrong with it
  public static CertificateFiles load(List<Entry> entries) throws TlsException {
    return load(
        entries, Instant.now(), warning -> LOG.log(System.Logger.Level.WARNING, "{0}", warning));
  }

  /// @param warnings take what is to be said of the certificates' validity
  static CertificateFiles load(List<Entry> entries, Instant now, Consumer<String> warnings)
      throws TlsException {
    List<Pair> pairs = new ArrayList<>();
    for (Entry entry : entries) {
      Pair pair = new Pair(entry);
      pair.dropStale(now);
      pair.tellOfValidity(now, warnings);
      pairs.add(pair);
      SecretFiles.warnIfOpen(entry.key(), "private key");
    }
    return new CertificateFiles(pairs, warnings);
  }

  /// {@return what is in files that could be used} Without a word about them.
  ///
  /// @throws TlsException as [#load]
  public static CertKey check(Entry entry) throws TlsException {
    return read(entry);
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
      pair.tellOfValidity(now, warnings);
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
