// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// How many descriptors, and so connections, this process may have open (getrlimit(2),
/// RLIMIT_NOFILE). The JVM has raised the soft limit to the hard one when it started, unless told
/// not to (`-XX:-MaxFDLimit`).
///
/// @param soft what holds now; [Long#MAX_VALUE] for no limit
/// @param hard what the soft limit could be raised to
public record DescriptorLimit(long soft, long hard) {
  /// Assumed where the system does not tell: what every Unix grants.
  private static final DescriptorLimit UNKNOWN = new DescriptorLimit(1024, 1024);

  private static final int RLIMIT_NOFILE_LINUX = 7;
  private static final int RLIMIT_NOFILE_BSD = 8;

  /// {@return the limits of this process}
  public static DescriptorLimit current() {
    String text = ProcFile.value("/proc/self/limits", "Max open files");
    return text == null ? asked() : told(text);
  }

  /// `20000 20000 files`, either number may be `unlimited`.
  private static DescriptorLimit told(String text) {
    String[] words = text.split(" +", 3);
    return new DescriptorLimit(number(words[0]), number(words[1]));
  }

  private static long number(String word) {
    return word.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(word);
  }

  private static DescriptorLimit asked() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limits = arena.allocate(JAVA_LONG, 2);
      int resource = LibC.isLinux() ? RLIMIT_NOFILE_LINUX : RLIMIT_NOFILE_BSD;
      if (LibC.getrlimit(resource, limits) != 0) {
        return UNKNOWN;
      }
      return new DescriptorLimit(
          unsigned(limits.getAtIndex(JAVA_LONG, 0)), unsigned(limits.getAtIndex(JAVA_LONG, 1)));
    } catch (UnsupportedOperationException | IllegalCallerException | LinkageError e) {
      return UNKNOWN; // no such call, or native access was denied
    }
  }

  /// RLIM_INFINITY is the largest unsigned number, on some systems the largest signed one.
  private static long unsigned(long limit) {
    return limit < 0 ? Long.MAX_VALUE : limit;
  }
}
