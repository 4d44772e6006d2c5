// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Runs tasks on threads that set off together.
final class Race {
  private Race() {}

  /// What one of the threads does.
  interface Task {
    void run(int thread) throws Exception;
  }

  /// Returns when all have ended, and fails when one failed.
  static void run(int threads, Task task) throws InterruptedException, ExecutionException {
    CountDownLatch start = new CountDownLatch(1);
    List<FutureTask<?>> runs = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      int number = thread;
      Callable<Boolean> body =
          () -> {
            start.await();
            task.run(number);
            return true;
          };
      FutureTask<?> run = new FutureTask<>(body);
      runs.add(run);
      Thread.ofPlatform().daemon().start(run);
    }
    start.countDown();
    for (FutureTask<?> run : runs) {
      run.get();
    }
  }
}
