// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import java.net.Socket;
import java.util.concurrent.CompletableFuture;

/// Code that breaks each house rule once, so that [HouseRulesTest] can see the rules bite.
@SuppressWarnings("unused")
class Offences {
  private static int count;

  private final Object lock = new Object();

  Offences() {}

  static final class WithSocket {
    void open() {
      new Socket();
    }
  }

  static final class WithLocal {
    private final ThreadLocal<String> local = ThreadLocal.withInitial(() -> "x");
  }

  static final class WithPrint {
    void speak() {
      System.out.println("x");
    }
  }

  static final class WithProperty {
    boolean flag() {
      return Boolean.getBoolean("x");
    }
  }

  static final class WithMonitor {
    private final Object lock = new Object();

    void hold() {
      synchronized (lock) {
        lock.notifyAll();
      }
    }
  }

  static final class WithSynchronizedMethod {
    synchronized void hold() {}
  }

  static final class WithFuture {
    public CompletableFuture<String> later() {
      return CompletableFuture.completedFuture("x");
    }
  }
}
