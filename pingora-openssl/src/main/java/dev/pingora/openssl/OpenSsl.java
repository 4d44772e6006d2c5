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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One loaded OpenSSL: its functions, its callbacks, the sessions that callbacks are for.
///
/// Several may live in one process, each with its own. Immutable and thread-safe; never unloaded.
final class OpenSsl {
  private static final long VERSION_3_0 = 0x3000_0000L;
  private static final long VERSION_3_5 = 0x3050_0000L;

  final SslCalls ssl;
  final ContextCalls contexts;
  final CryptoCalls crypto;
  final TransportCalls transports;

  /// Live sessions, by the tag their SSL carries.
  final SlotTable<OpenSslSession> sessions = new SlotTable<>();

  final Callbacks callbacks;

  /// Memory of octets on their way.
  final Chunks chunks;

  private final NativeLibrary library;
  private final Set<NamedGroup> groups;
  private final TrustStores stores;

  private OpenSsl(NativeLibrary library) throws TlsException {
    this.library = library;
    ssl = new SslCalls(library);
    contexts = new ContextCalls(library);
    crypto = new CryptoCalls(library);
    transports = new TransportCalls(library);
    library.complete();
    chunks = new Chunks(transports);
    callbacks = new Callbacks(this);
    groups = probeGroups();
    stores = new TrustStores(crypto);
  }

  /// Loads the libraries.
  ///
  /// @throws TlsException CONFIGURATION when they do not fit, or are older than 3.0
  static OpenSsl load(LibraryFiles files) throws TlsException {
    NativeLibrary crypto = NativeLibrary.open("OpenSSL", List.of(files.crypto()));
    NativeLibrary ssl = NativeLibrary.open("OpenSSL", List.of(files.ssl()));
    // What libssl needs is matched by SONAME: another libcrypto of the same name that was loaded
    // before would be taken instead of ours. A look-up through libssl shows which one it has.
    Optional<Long> own = crypto.find("OpenSSL_version").map(MemorySegment::address);
    Optional<Long> used = ssl.find("OpenSSL_version").map(MemorySegment::address);
    if (own.isEmpty() || !own.equals(used)) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          "OpenSSL: " + files.ssl() + " does not use " + files.crypto() + ", but another one");
    }
    OpenSsl loaded =
        new OpenSsl(NativeLibrary.open("OpenSSL", List.of(files.crypto(), files.ssl())));
    if (loaded.crypto.versionNumber() < VERSION_3_0) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, loaded.version() + " (expected: 3.0 or newer)");
    }
    return loaded;
  }

  /// {@return such as `OpenSSL 3.0.19 27 Jan 2026`}
  String version() {
    return NativeLibrary.string(crypto.version(0));
  }

  /// {@return where libssl was loaded from}
  String origin() {
    return library.files().getLast().toString();
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
