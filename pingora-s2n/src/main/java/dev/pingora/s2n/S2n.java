// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import dev.pingora.tls.ffm.SlotTable;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The s2n-tls of this process: its functions, its callbacks, the sessions that callbacks are for.
///
/// One in a process, as it is initialized once. Thread-safe; never unloaded.
final class S2n {
  /// Held while the library is loaded, at the start of a process; by no connection.
  private static final ReentrantLock LOCK = new ReentrantLock();

  /// Changed under [#LOCK].
  private static final AtomicReference<State> STATE =
      new AtomicReference<>(new State(null, null, null));

  /// @param chosen what is loaded instead of what is in the aws-crt artifact
  /// @param loaded the library; null before it is loaded
  /// @param broken why it cannot be used here; null when it can, or was not tried
  private record State(@Nullable Path chosen, @Nullable S2n loaded, @Nullable String broken) {}

  final LibraryCalls calls;
  final ConfigCalls configs;
  final ConnectionCalls connections;
  final DigestCalls digests;
  final SigningCalls signing;
  final SystemCalls system;

  /// All its functions by name.
  final SymbolLookup symbols;

  /// Live sessions, by the tag their connection carries.
  final SlotTable<S2nSession> sessions = new SlotTable<>();

  final Callbacks callbacks;

  /// Memory of octets on their way.
  final Chunks chunks;

  private final String version;
  private final String origin;

  /// The language of messages, in native memory.
  private final long language = Arena.global().allocateFrom("EN").address();

  private S2n(NativeLibrary library, String version, String origin) throws TlsException {
    this.version = version;
    this.origin = origin;
    calls = new LibraryCalls(library);
    configs = new ConfigCalls(library);
    connections = new ConnectionCalls(library);
    digests = new DigestCalls(library);
    signing = new SigningCalls(library);
    system = new SystemCalls(library);
    library.complete();
    symbols = library::own;
    chunks = new Chunks(system);
    callbacks = new Callbacks(this);
  }

  /// Has `file` loaded instead of what is in the aws-crt artifact.
  ///
  /// @throws IllegalStateException when another is loaded already
  static void choose(@Nullable Path file) {
    LOCK.lock();
    try {
      State now = STATE.get();
      boolean late = now.loaded != null || now.broken != null;
      if (late && !java.util.Objects.equals(file, now.chosen)) {
        throw new IllegalStateException("s2n is already loaded");
      }
      STATE.set(new State(file, now.loaded, now.broken));
    } finally {
      LOCK.unlock();
    }
  }

  /// {@return the library; the same at every call}
  ///
  /// @throws TlsException CONFIGURATION when it cannot be used here; the same at every call
  static S2n library() throws TlsException {
    LOCK.lock();
    try {
      State now = STATE.get();
      if (now.broken != null) {
        throw TlsException.of(TlsException.Reason.CONFIGURATION, now.broken);
      }
      return now.loaded == null ? first(now.chosen) : now.loaded;
    } finally {
      LOCK.unlock();
    }
  }

  private static S2n first(@Nullable Path chosen) throws TlsException {
    try {
      S2n library = load(chosen);
      STATE.set(new State(chosen, library, null));
      return library;
    } catch (TlsException e) {
      STATE.set(new State(chosen, null, String.valueOf(e.getMessage())));
      throw e;
    } catch (RuntimeException | LinkageError e) {
      // Native access denied, a platform without a linker.
      String why = "s2n: " + e;
      STATE.set(new State(chosen, null, why));
      throw TlsException.of(TlsException.Reason.CONFIGURATION, why, e);
    }
  }

  private static S2n load(@Nullable Path file) throws TlsException {
    if (file != null) {
      Path own = Files.isDirectory(file) ? file.resolve(System.mapLibraryName("s2n")) : file;
      return initialized(new S2n(open(own), "s2n-tls", own.toString()));
    }
    TlsException why =
        TlsException.of(
            TlsException.Reason.CONFIGURATION,
            "s2n: aws-crt has it for Linux only, on x86-64 and aarch64");
    for (String platform : PackedLibrary.platforms(Path.of("/"))) {
      try (PackedLibrary packed = PackedLibrary.unpack(platform)) {
        String version = "s2n-tls of aws-crt " + packed.version();
        return initialized(new S2n(open(packed.file()), version, "aws-crt " + packed.version()));
      } catch (TlsException e) {
        why = e; // perhaps the loader of another system
      }
    }
    throw why;
  }

  private static NativeLibrary open(Path file) throws TlsException {
    return NativeLibrary.open("s2n", List.of(file));
  }

  private static S2n initialized(S2n library) throws TlsException {
    try (Arena arena = Arena.ofConfined()) {
      // It would lock each buffer in memory by a system call: half of the rate of handshakes.
      library.system.environment(
          arena.allocateFrom("S2N_DONT_MLOCK").address(), arena.allocateFrom("1").address());
    }
    // Its work at exit would pull the memory from under threads that still run.
    library.calls.disableAtExit();
    if (library.calls.initialize() < 0) {
      throw library.configuration("s2n_init");
    }
    return library;
  }

  /// {@return such as `s2n-tls of aws-crt 0.50.0`}
  String version() {
    return version;
  }

  /// {@return where it was loaded from}
  String origin() {
    return origin;
  }

  /// {@return the number of the error of the last call of this thread}
  int error() {
    // SAFETY: the address of an int of this thread.
    return NativeLibrary.MEMORY.get(JAVA_INT, calls.errorLocation());
  }

  /// {@return what an error means}
  String text(int error) {
    return NativeLibrary.string(calls.errorText(error, language));
  }

  /// {@return how s2n-tls calls an error, such as `S2N_ERR_CERT_UNTRUSTED`}
  String name(int error) {
    return NativeLibrary.string(calls.errorName(error));
  }

  /// {@return that something configured is not possible, and the error of the last call}
  TlsException configuration(String what) {
    return TlsException.of(
        TlsException.Reason.CONFIGURATION, "s2n: " + what + ": " + text(error()));
  }
}
