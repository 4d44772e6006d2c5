// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.util.concurrent.CountDownLatch;

/// What [SignalsTest] starts in a machine of its own: prints each signal that it hears, and leaves
/// at TERM.
final class SignalsProbe {
  private SignalsProbe() {}

  @SuppressWarnings("SystemOut") // read by the test
  public static void main(String[] arguments) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    try (Signals signals =
        Signals.listen(signal -> {
          System.out.println("heard " + signal);
          if (signal == Signal.HUP) {
            throw new IllegalStateException("a listener that fails, as the test wants");
          }
          if (signal == Signal.TERM) {
            over.countDown();
          }
        })) {
      System.out.println("hears " + signals.heard());
      System.out.println("limit " + DescriptorLimit.current().soft());
      over.await();
    }
    System.out.println("closed");
  }
}
