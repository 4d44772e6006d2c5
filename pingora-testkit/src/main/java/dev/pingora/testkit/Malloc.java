// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// What native code holds of the C library's memory, as `mallinfo2(3)` of glibc counts it: exact,
/// where the kernel's figure for a process has what the allocator keeps for later too. The Java
/// heap is not in it; what the JVM's compilers and collectors allocate is.
@SuppressWarnings("restricted") // it asks the C library
public final class Malloc {
  private static final int ROUNDS = 100;

  /// What leaks does so in each round: it takes luck for others to give back as much, just then.
  private static final int CALM = 3;

  private static final StructLayout INFO =
      MemoryLayout.structLayout(
          MemoryLayout.sequenceLayout(4, JAVA_LONG),
          JAVA_LONG.withName("hblkhd"),
          MemoryLayout.sequenceLayout(2, JAVA_LONG),
          JAVA_LONG.withName("uordblks"),
          MemoryLayout.sequenceLayout(2, JAVA_LONG));

  /// Large allocations, that have pages of their own.
  private static final long MAPPED = INFO.byteOffset(groupElement("hblkhd"));

  private static final long SMALL = INFO.byteOffset(groupElement("uordblks"));

  private static final MethodHandle MALLINFO2 =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("mallinfo2"),
              FunctionDescriptor.of(INFO));

  private Malloc() {}

  /// {@return octets that are allocated}
  public static long inUse() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = (MemorySegment) MALLINFO2.invokeExact((SegmentAllocator) arena);
      return info.get(JAVA_LONG, MAPPED) + info.get(JAVA_LONG, SMALL);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Fails unless some rounds leave memory as it was, but for so many octets. Compilers and
  /// collectors take or give back megabytes now and then, at first most: such rounds say nothing.
  public static void growsLessThan(long octets, Round round) throws Exception {
    long[] growths = new long[ROUNDS];
    int calm = 0;
    for (int i = 0; i < ROUNDS && calm < CALM; i++) {
      System.gc();
      long start = inUse();
      round.run();
      System.gc();
      growths[i] = inUse() - start;
      calm += Math.abs(growths[i]) < octets ? 1 : 0;
    }
    if (calm < CALM) {
      throw new AssertionError(
          "memory grew by " + Arrays.toString(growths) + ", expected less than " + octets);
    }
  }

  /// What is done again and again and should leave nothing behind.
  @FunctionalInterface
  public interface Round {
    /// Does it, and waits until all is closed.
    void run() throws Exception;
  }
}
