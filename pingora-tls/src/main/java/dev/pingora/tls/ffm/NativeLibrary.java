// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.pingora.tls.TlsException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A library of one or more shared objects, loaded for good, and its functions by name.
///
/// Loading is `dlopen` of an absolute path with local visibility, so that libraries with functions
/// of equal names live in one process. What a library needs itself (DT_NEEDED) is matched by SONAME
/// with what is already loaded, whatever its path: open what is needed first, and check afterwards
/// that the parts belong together.
///
/// Functions that are missing are collected: bind all of them, then ask [#complete], which names
/// them in one line. Nothing is ever unloaded: calls may be under way.
///
/// Binding is done by one thread; the handles are for any.
@SuppressWarnings("restricted") // that is what this class is for
public final class NativeLibrary {
  /// All memory: what native code gives as a bare address is read and written through it. Nothing
  /// is checked; every use needs a `SAFETY` line.
  public static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private static final Linker LINKER = Linker.nativeLinker();
  private static final int RTLD_LAZY = 1;

  private final String name;
  private final String prefix;
  private final List<Path> files;
  private final List<SymbolLookup> parts;
  private final List<String> missing = new ArrayList<>();

  private NativeLibrary(String name, String prefix, List<Path> files, List<SymbolLookup> parts) {
    this.name = name;
    this.prefix = prefix;
    this.files = files;
    this.parts = parts;
  }

  /// {@return the library of these files, loaded in this order}
  ///
  /// @param name how messages call it
  /// @throws TlsException CONFIGURATION, naming the file and what the loader says of it
  public static NativeLibrary open(String name, List<Path> files) throws TlsException {
    return open(name, "", files);
  }

  /// {@return the library of these files, with functions that take the place of others}
  ///
  /// @param prefix a function whose name begins with this is taken for the one without it
  /// @throws TlsException CONFIGURATION, naming the file and what the loader says of it
  public static NativeLibrary open(String name, String prefix, List<Path> files)
      throws TlsException {
    List<Path> absolute = files.stream().map(Path::toAbsolutePath).toList();
    List<SymbolLookup> parts = new ArrayList<>();
    for (Path file : absolute) {
      if (!Files.isRegularFile(file)) {
        throw TlsException.of(
            TlsException.Reason.CONFIGURATION, name + ": there is no file " + file);
      }
      parts.add(load(name, file));
    }
    return new NativeLibrary(name, prefix, absolute, List.copyOf(parts));
  }

  private static SymbolLookup load(String name, Path file) throws TlsException {
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, name + ": cannot load " + file + cause(file), e);
    }
  }

  /// {@return what the dynamic loader has against the file, after ": "; empty when it is unknown}
  private static String cause(Path file) {
    SymbolLookup libc = LINKER.defaultLookup();
    Optional<MemorySegment> dlopen = libc.find("dlopen");
    Optional<MemorySegment> dlerror = libc.find("dlerror");
    if (dlopen.isEmpty() || dlerror.isEmpty()) {
      return "";
    }
    MethodHandle open =
        LINKER.downcallHandle(dlopen.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
    MethodHandle error = LINKER.downcallHandle(dlerror.get(), FunctionDescriptor.of(ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(file.toString());
      // SAFETY: dlopen reads a C string; should it succeed now, the library merely stays loaded.
      MemorySegment handle = (MemorySegment) open.invokeExact(path, RTLD_LAZY);
      // SAFETY: dlerror returns NULL or a C string of this thread, valid until its next call.
      MemorySegment text = (MemorySegment) error.invokeExact();
      return handle.address() != 0 || text.address() == 0 ? "" : ": " + string(text.address());
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// {@return how messages call it}
  public String name() {
    return name;
  }

  /// {@return the files it was loaded from, absolute, in the order of loading}
  public List<Path> files() {
    return files;
  }

  /// {@return whether there is a symbol of this name}
  public boolean has(String symbol) {
    return find(symbol).isPresent();
  }

  /// {@return the address of a symbol, or of what takes its place; empty when there is none}
  public Optional<MemorySegment> find(String symbol) {
    Optional<MemorySegment> instead = prefix.isEmpty() ? Optional.empty() : own(prefix + symbol);
    return instead.isPresent() ? instead : own(symbol);
  }

  /// {@return the address of the symbol of exactly this name; empty when there is none}
  public Optional<MemorySegment> own(String symbol) {
    for (SymbolLookup part : parts) {
      Optional<MemorySegment> found = part.find(symbol);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// {@return a handle of a function that must be there} One that is not is noted for [#complete],
  /// and its handle throws.
  public MethodHandle function(
      String symbol, FunctionDescriptor descriptor, Linker.Option... options) {
    Optional<MemorySegment> found = find(symbol);
    if (found.isEmpty()) {
      missing.add(symbol);
    }
    return handle(symbol, found, descriptor, options);
  }

  /// {@return a handle of a function that not every version has} Ask [#has] before calling: the
  /// handle of one that is missing throws.
  public MethodHandle optional(
      String symbol, FunctionDescriptor descriptor, Linker.Option... options) {
    return handle(symbol, find(symbol), descriptor, options);
  }

  private MethodHandle handle(
      String symbol,
      Optional<MemorySegment> found,
      FunctionDescriptor descriptor,
      Linker.Option... options) {
    return found
        .map(address -> LINKER.downcallHandle(address, descriptor, options))
        .orElseGet(() -> absent(symbol, descriptor));
  }

  /// Fails when it is called, not when it is bound.
  private MethodHandle absent(String symbol, FunctionDescriptor descriptor) {
    MethodHandle thrower =
        MethodHandles.throwException(
            descriptor.toMethodType().returnType(), UnsupportedOperationException.class);
    return MethodHandles.dropArguments(
        thrower.bindTo(new UnsupportedOperationException(name + " has no " + symbol)),
        0,
        descriptor.toMethodType().parameterList());
  }

  /// Checks that all functions were found.
  ///
  /// @throws TlsException CONFIGURATION, naming those that are missing
  public void complete() throws TlsException {
    if (!missing.isEmpty()) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION,
          name + " of " + files.getLast() + " lacks " + String.join(", ", missing));
    }
  }

  /// {@return an address that native code may call for as long as the process lives}
  ///
  /// A stub costs 100 µs and is never freed: a handful per library, none per connection.
  ///
  /// @param target must not throw: an exception that leaves it ends the JVM
  public static long upcall(MethodHandle target, FunctionDescriptor descriptor) {
    return LINKER.upcallStub(target, descriptor, Arena.global()).address();
  }

  /// {@return the C string at an address, as ISO-8859-1}
  public static String string(long address) {
    // SAFETY: the caller got a zero-terminated string.
    return MEMORY.asSlice(address).getString(0, StandardCharsets.ISO_8859_1);
  }

  /// {@return the error of a downcall that threw: only a fault of ours can}
  public static AssertionError broken(Throwable e) {
    return new AssertionError("a downcall failed: " + e, e);
  }
}
