// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pingora.tls.TlsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  private static final FunctionDescriptor LENGTH = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG);

  /// The JDK's own libjvm depends on the C library, whose functions are found through it.
  private static NativeLibrary jvm() throws TlsException {
    Path file = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
    return NativeLibrary.open("the JVM", List.of(file));
  }

  @Test
  void callsAFunctionByName() throws Throwable {
    NativeLibrary library = jvm();
    MethodHandle strlen = library.function("strlen", LENGTH);
    library.complete();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom("four");
      assertThat((long) strlen.invokeExact(text.address())).isEqualTo(4);
      assertThat(NativeLibrary.string(text.address())).isEqualTo("four");
    }
  }

  /// As a library has that stands in for another.
  @Test
  void aFunctionWithThePrefixTakesTheOthersPlace() throws Exception {
    NativeLibrary library = jvm();
    NativeLibrary prefixed = NativeLibrary.open("the JVM", "str", library.files());
    assertThat(prefixed.find("len")).isEqualTo(library.find("strlen")).isPresent();
    assertThat(prefixed.find("strlen")).as("without one").isEqualTo(library.find("strlen"));
    assertThat(library.find("len")).isEmpty();
  }

  @Test
  void namesAllFunctionsThatAreMissing() throws Exception {
    NativeLibrary library = jvm();
    library.function("strlen", LENGTH);
    library.function("pingora_none", LENGTH);
    library.function("pingora_neither", LENGTH);
    library.optional("pingora_may_lack", LENGTH);
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(library::complete)
        .withMessageMatching("the JVM of /.*libjvm.so lacks pingora_none, pingora_neither")
        .satisfies(e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.CONFIGURATION));
  }

  @Test
  void aMissingFunctionFailsWhenCalled() throws Exception {
    NativeLibrary library = jvm();
    MethodHandle absent = library.optional("pingora_none", LENGTH);
    assertThat(library.has("pingora_none")).isFalse();
    assertThat(library.has("strlen")).isTrue();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> discard((long) absent.invokeExact(1L)))
        .withMessage("the JVM has no pingora_none");
  }

  private static void discard(long ignored) {}

  @Test
  void namesAFileThatIsNotThere() {
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> NativeLibrary.open("Library", List.of(Path.of("/none/libnone.so"))))
        .withMessage("Library: there is no file /none/libnone.so");
  }

  @Test
  void saysWhatTheLoaderHasAgainstAFile(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("libtext.so"), "no library, just some text");
    assertThatExceptionOfType(TlsException.class)
        .isThrownBy(() -> NativeLibrary.open("Library", List.of(file)))
        .withMessageStartingWith("Library: cannot load " + file + ": ")
        .withMessageContaining("file too short");
  }

  @Test
  void nativeCodeCallsBack() throws Throwable {
    FunctionDescriptor compare = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG);
    MethodHandle target =
        MethodHandles.lookup()
            .findStatic(
                NativeLibraryTest.class,
                "compare",
                MethodType.methodType(int.class, long.class, long.class));
    long stub = NativeLibrary.upcall(target, compare);
    MethodHandle sort =
        jvm()
            .function(
                "qsort", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocateFrom(JAVA_INT, 3, 1, 2);
      sort.invokeExact(numbers.address(), 3L, 4L, stub);
      assertThat(Stream.of(numbers.toArray(JAVA_INT))).containsExactly(new int[] {1, 2, 3});
    }
  }

  static int compare(long left, long right) {
    return Integer.compare(
        NativeLibrary.MEMORY.get(JAVA_INT, left), NativeLibrary.MEMORY.get(JAVA_INT, right));
  }
}
