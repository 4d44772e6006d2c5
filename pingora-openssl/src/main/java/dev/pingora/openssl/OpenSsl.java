// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import dev.pingora.tls.NamedGroup;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TrustRoots;
import dev.pingora.tls.ffm.NativeLibrary;
import dev.pingora.tls.ffm.SlotTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One loaded library of OpenSSL's family: its functions, its callbacks, the sessions that
/// callbacks are for.
///
/// Several may live in one process, each with its own. Immutable and thread-safe; never unloaded.
final class OpenSsl {
  private static final long VERSION_3_0 = 0x3000_0000L;
  private static final long VERSION_3_5 = 0x3050_0000L;

  final SslCalls ssl;
  final ContextCalls contexts;
  final CryptoCalls crypto;
  final TransportCalls transports;

  /// All its functions by name.
  final SymbolLookup symbols;

  /// Live sessions, by the tag their SSL carries.
  final SlotTable<OpenSslSession> sessions = new SlotTable<>();

  /// Keys that only their security providers can use, by the tag that native code has of them.
  final SlotTable<RemoteKey> remoteKeys = new SlotTable<>();

  final Callbacks callbacks;

  /// Memory of octets on their way.
  final Chunks chunks;

  /// Which library of the family it is.
  final Dialect dialect;

  private final String origin;
  private final Set<NamedGroup> groups;
  private final TrustStores stores;
  private final NativeLibrary functions;

  /// Held while contexts with such keys are made; by no connection.
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable RemoteSigner signer;

  private OpenSsl(Dialect dialect, NativeLibrary library, String origin) throws TlsException {
    this.dialect = dialect;
    this.origin = origin;
    functions = library;
    ssl = new SslCalls(library);
    contexts = new ContextCalls(library);
    crypto = new CryptoCalls(library);
    transports = new TransportCalls(library);
    library.complete();
    symbols = library::own;
    chunks = new Chunks(transports);
    callbacks = new Callbacks(this);
    groups = probeGroups();
    stores = new TrustStores(this);
  }

  /// Loads a library.
  ///
  /// @param given a file, or its folder; null = wherever it is kept
  /// @throws TlsException CONFIGURATION when there is none, or it does not fit, or is older than
  ///   3.0
  static OpenSsl load(Dialect dialect, @Nullable Path given) throws TlsException {
    Dialect.Parts parts = dialect.source().find(given);
    try {
      return load(dialect, parts);
    } finally {
      parts.release().run();
    }
  }

  /// Loads these files.
  static OpenSsl load(Dialect dialect, Dialect.Parts parts) throws TlsException {
    checkHalves(dialect.name(), parts.files());
    NativeLibrary library = NativeLibrary.open(dialect.name(), dialect.prefix(), parts.files());
    OpenSsl loaded = new OpenSsl(dialect, library, parts.origin());
    if (loaded.crypto.versionNumber() < VERSION_3_0) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, loaded.version() + " (expected: 3.0 or newer)");
    }
    return loaded;
  }

  /// What libssl needs is matched by SONAME: another libcrypto of the same name that was loaded
  /// before would be taken instead of ours. A look-up through libssl shows which one it has.
  private static void checkHalves(String name, List<Path> files) throws TlsException {
    if (files.size() < 2) {
      return;
    }
    NativeLibrary crypto = NativeLibrary.open(name, List.of(files.getFirst()));
    NativeLibrary ssl = NativeLibrary.open(name, List.of(files.getLast()));
    Optional<Long> own = crypto.find("OpenSSL_version").map(MemorySegment::address);
    Optional<Long> used = ssl.find("OpenSSL_version").map(MemorySegment::address);
    if (own.isEmpty() || !own.equals(used)) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          name
              + ": "
              + files.getLast()
              + " does not use "
              + files.getFirst()
              + ", but another one");
    }
  }

  /// {@return such as `OpenSSL 3.0.19 27 Jan 2026`}
  String version() {
    return NativeLibrary.string(crypto.version(0));
  }

  /// {@return where it was loaded from}
  String origin() {
    return origin;
  }

  /// {@return the key exchange groups it knows}
  Set<NamedGroup> groups() {
    return groups;
  }

  /// {@return whether a list of groups can say which of them get a key share}
  boolean choosesKeyShares() {
    return crypto.versionNumber() >= VERSION_3_5;
  }

  /// {@return an X509_STORE with a use of its own, for the caller to give away}
  long trust(TrustRoots roots) throws TlsException {
    return stores.of(roots);
  }

  /// {@return whether it can be made to sign with keys that only their security providers can use}
  boolean signsElsewhere() {
    return SslMethod.isIn(functions) || KeyMethods.isIn(functions);
  }

  /// {@return what makes it do that} Made when the first such key is configured.
  ///
  /// @throws TlsException CONFIGURATION when it lacks functions for that
  RemoteSigner signer() throws TlsException {
    lock.lock();
    try {
      RemoteSigner made = signer;
      if (made == null) {
        made =
            SslMethod.isIn(functions)
                ? new SslMethod(this, functions)
                : new KeyMethods(this, functions);
        signer = made;
      }
      return made;
    } finally {
      lock.unlock();
    }
  }

  private Set<NamedGroup> probeGroups() {
    Set<NamedGroup> known = EnumSet.noneOf(NamedGroup.class);
    long context = contexts.create(contexts.method());
    if (context == 0) {
      return known;
    }
    try (Arena arena = Arena.ofConfined()) {
      for (NamedGroup group : NamedGroup.values()) {
        long name = arena.allocateFrom(Control.groupName(group)).address();
        if (contexts.control(context, Control.SET_GROUPS_LIST, 0, name) == 1) {
          known.add(group);
        }
      }
    }
    contexts.free(context);
    crypto.clearErrors();
    return known;
  }
}
