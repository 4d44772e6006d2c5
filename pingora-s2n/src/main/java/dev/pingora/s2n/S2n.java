// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import dev.pingora.tls.ffm.SlotTable;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The s2n-tls of this process: its functions, its callbacks, the sessions that callbacks are for.
///
/// One in a process, as it is initialized once. Thread-safe; never unloaded.
final class S2n {
  /// Held while the library is loaded, at the start of a process; by no connection.
  private static final ReentrantLock LOCK = new ReentrantLock();

  private static @Nullable Path chosen;
  private static @Nullable S2n loaded;

  /// Why it cannot be used here; null when it can, or was not tried.
  private static @Nullable String broken;

  final LibraryCalls calls;
  final ConfigCalls configs;
  final ConnectionCalls connections;
  final DigestCalls digests;
  final SystemCalls system;

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
    system = new SystemCalls(library);
    library.complete();
    chunks = new Chunks(system);
    callbacks = new Callbacks(this);
  }

  /// Has `file` loaded instead of what is in the aws-crt artifact.
  ///
  /// @throws IllegalStateException when another is loaded already
  static void choose(@Nullable Path file) {
    LOCK.lock();
    try {
      if ((loaded != null || broken != null) && !java.util.Objects.equals(file, chosen)) {
        throw new IllegalStateException("s2n is already loaded");
      }
      chosen = file;
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
      if (broken != null) {
        throw TlsException.of(TlsException.Reason.CONFIGURATION, broken);
      }
      S2n library = loaded;
      if (library == null) {
        library = load(chosen);
        loaded = library;
      }
      return library;
    } catch (TlsException e) {
      broken = String.valueOf(e.getMessage());
      throw e;
    } catch (RuntimeException | LinkageError e) {
      // Native access denied, a platform without a linker.
      broken = "s2n: " + e;
      throw TlsException.of(TlsException.Reason.CONFIGURATION, broken, e);
    } finally {
      LOCK.unlock();
    }
  }

  private static S2n load(@Nullable Path file) throws TlsException {
    if (file != null) {
      Path own = Files.isDirectory(file) ? file.resolve(System.mapLibraryName("s2n")) : file;
      return initialized(new S2n(open(own), "s2n-tls", own.toString()));
    }
    try (PackedLibrary packed = PackedLibrary.unpack(PackedLibrary.platform())) {
      String version = "s2n-tls of aws-crt " + packed.version();
      return initialized(new S2n(open(packed.file()), version, "aws-crt " + packed.version()));
    }
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
