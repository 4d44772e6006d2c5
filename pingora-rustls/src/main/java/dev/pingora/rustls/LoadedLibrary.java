// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.TlsException;
import dev.pingora.tls.ffm.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The library of this process, or why there is none. A process has one: nothing is ever unloaded.
final class LoadedLibrary {
  /// What is loaded instead of the library that came with this module. Read once, by [#load].
  private static final AtomicReference<Choice> CHOICE =
      new AtomicReference<>(new Choice(null, false));

  private final @Nullable NativeLibrary library;
  private final String origin;
  private @Nullable String missing;

  /// @param made whether it is too late to choose
  private record Choice(@Nullable Path file, boolean made) {}

  private LoadedLibrary(@Nullable NativeLibrary library, String origin, @Nullable String missing) {
    this.library = library;
    this.origin = origin;
    this.missing = missing;
  }

  /// Has `file` loaded.
  ///
  /// @throws IllegalStateException when another is loaded already
  static void choose(@Nullable Path file) {
    Choice before = CHOICE.get();
    if (before.made() && java.util.Objects.equals(before.file(), file)) {
      return;
    }
    if (before.made() || !CHOICE.compareAndSet(before, new Choice(file, false))) {
      throw new IllegalStateException("rustls is loaded already");
    }
  }

  /// {@return the library, loaded} Never throws.
  static LoadedLibrary load() {
    Path chosen = CHOICE.updateAndGet(choice -> new Choice(choice.file(), true)).file();
    try {
      if (chosen != null) {
        Path file =
            java.nio.file.Files.isDirectory(chosen)
                ? chosen.resolve(PackedLibrary.fileName())
                : chosen;
        return new LoadedLibrary(
            NativeLibrary.open("rustls", List.of(file)), file.toString(), null);
      }
      return new LoadedLibrary(packed(), "this module", null);
    } catch (TlsException e) {
      return new LoadedLibrary(null, "", e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      // Native access denied, a platform without a linker.
      return new LoadedLibrary(null, "", "rustls: " + e);
    }
  }

  /// {@return the first packed library that loads here}
  private static NativeLibrary packed() throws TlsException {
    List<String> platforms = PackedLibrary.PLATFORMS.stream().filter(PackedLibrary::has).toList();
    TlsException failure = null;
    for (String platform : platforms) {
      try {
        return packed(platform);
      } catch (TlsException e) {
        failure = e;
      }
    }
    throw failure == null ? PackedLibrary.absent() : failure;
  }

  private static NativeLibrary packed(String platform) throws TlsException {
    try (PackedLibrary packed = PackedLibrary.unpack(platform)) {
      return NativeLibrary.open("rustls", List.of(packed.file()));
    }
  }

  /// {@return a handle of a function, which throws when there is no library}
  MethodHandle function(String name, FunctionDescriptor descriptor) {
    NativeLibrary present = library;
    if (present != null) {
      return present.function(name, descriptor);
    }
    MethodHandle thrower =
        MethodHandles.throwException(
            descriptor.toMethodType().returnType(), UnsupportedOperationException.class);
    return MethodHandles.dropArguments(
        thrower.bindTo(new UnsupportedOperationException("there is no rustls")),
        0,
        descriptor.toMethodType().parameterList());
  }

  /// All functions were asked for: notes if some are missing.
  void complete() {
    NativeLibrary present = library;
    if (present != null) {
      try {
        present.complete();
      } catch (TlsException e) {
        missing = e.getMessage();
      }
    }
  }

  /// {@return why it cannot be used; null when it can}
  @Nullable String missing() {
    return missing;
  }

  /// {@return where it came from}
  String origin() {
    return origin;
  }
}
