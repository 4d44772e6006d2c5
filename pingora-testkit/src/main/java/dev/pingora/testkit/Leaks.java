// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// File descriptors and platform threads of this process, before and after: what a test opened it
/// must have closed.
///
/// Take the baseline after a first run of the code, since the virtual machine opens things on first
/// use. No other test may run beside.
public final class Leaks {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final long descriptors;
  private final List<String> targets;
  private final Set<Thread> threads;

  private Leaks(long descriptors, List<String> targets, Set<Thread> threads) {
    this.descriptors = descriptors;
    this.targets = targets;
    this.threads = threads;
  }

  /// {@return what is open and runs now}
  public static Leaks baseline() {
    return new Leaks(descriptors(), targets(), threads());
  }

  /// {@return how many file descriptors this process has open}
  public static long descriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  /// {@return the platform threads that run}
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  /// Waits until there are no more descriptors and threads than at the baseline.
  ///
  /// @throws AssertionError that lists what is new, if that takes longer than [Gate#PATIENCE]
  public void assertNone() {
    assertAtMost(0, Gate.PATIENCE);
  }

  /// Waits until there are at most `more` descriptors, and as many threads, above the baseline.
  public void assertAtMost(int more, Duration patience) {
    Eventually.holds(
        patience,
        () ->
            "descriptors %+d, threads %+d:%n%s"
                .formatted(descriptors() - descriptors, newThreads().size(), whatIsNew()),
        () -> descriptors() - descriptors <= more && newThreads().size() <= more);
  }

  private Set<Thread> newThreads() {
    Set<Thread> now = new HashSet<>(threads());
    now.removeAll(threads);
    now.removeIf(Leaks::belongsToTheMachine);
    return now;
  }

  /// Carriers, the timers of virtual threads, compiler threads: they come and go by themselves.
  private static boolean belongsToTheMachine(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group == null
        || group.getName().equals("system")
        || group.getName().equals("InnocuousThreadGroup")
        || thread.getName().startsWith("ForkJoinPool");
  }

  private String whatIsNew() {
    List<String> now = new ArrayList<>(targets());
    targets.forEach(now::remove);
    return "  descriptors: " + now + "\n  threads: " + newThreads();
  }

  /// What each descriptor refers to, where the system tells.
  private static List<String> targets() {
    List<String> targets = new ArrayList<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return targets;
    }
    try (Stream<Path> links = Files.list(DESCRIPTORS)) {
      for (Path link : links.toList()) {
        if (Files.isSymbolicLink(link)) {
          targets.add(Files.readSymbolicLink(link).toString());
        }
      }
    } catch (IOException _) {
      // A descriptor was closed meanwhile; this list only explains a failure.
    }
    return targets;
  }
}
