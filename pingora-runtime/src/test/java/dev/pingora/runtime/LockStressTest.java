// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The trap that the whole shape avoids (design, netty#13204): a lock that event loop, request
/// threads and an outside thread all wait for. Where the loop is a platform thread that runs
/// virtual threads itself, this hangs for ever within milliseconds.
@SuppressWarnings("ThreadPriorityCheck") // yields inside the locks make the waiters meet
final class LockStressTest {
  private static final long RUN_NANOS = Rig.SECOND / 2;
  private static final int THREADS = 8;

  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong outsideRounds = new AtomicLong();
  private final AtomicLong loopRounds = new AtomicLong();
  private volatile boolean over;

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aReentrantLockSharedByAllNeverHangs(Flavour flavour) throws Exception {
    ReentrantLock lock = new ReentrantLock();
    stress(
        flavour,
        () -> {
          lock.lock();
          try {
            Thread.onSpinWait();
          } finally {
            lock.unlock();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aFairLockSharedByAllNeverHangs(Flavour flavour) throws Exception {
    ReentrantLock lock = new ReentrantLock(true);
    stress(
        flavour,
        () -> {
          lock.lock();
          try {
            Thread.yield();
          } finally {
            lock.unlock();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void aMonitorSharedByAllNeverHangs(Flavour flavour) throws Exception {
    Object monitor = new Object();
    stress(
        flavour,
        () -> {
          synchronized (monitor) {
            Thread.yield();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("dev.pingora.runtime.Flavour#all")
  void anArenaSharedByAllNeverHangs(Flavour flavour) throws Exception {
    // One arena, no thread-local caches: every allocation takes the arena's lock.
    PooledByteBufAllocator arena = new PooledByteBufAllocator(true, 0, 1, 8192, 3, 0, 0, false);
    stress(
        flavour,
        () -> {
          ByteBuf buffer = arena.directBuffer(16 * 1024);
          buffer.writeByte(1);
          buffer.release();
        });
  }

  /// Event loop, request threads and an outside thread enter the section again and again, while a
  /// client and an echo keep the loop's I/O busy.
  private void stress(Flavour flavour, Runnable section) throws Exception {
    try (Rig rig = Rig.of(flavour);
        Listening echo = rig.echo();
        Socket client = Rig.client(echo)) {
      List<CompletableFuture<Boolean>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(rig.start(thread -> requestThread(thread, section)));
      }
      onEventLoop(rig.loop(), section);
      Thread outside = Thread.ofPlatform().daemon(true).start(() -> outside(section));
      long deadline = System.nanoTime() + RUN_NANOS;
      long echoes = 0;
      while (System.nanoTime() - deadline < 0) { // a hang shows as SocketTimeoutException
        client.getOutputStream().write((int) echoes & 0x7f);
        assertThat(client.getInputStream().read()).isEqualTo((int) echoes & 0x7f);
        echoes++;
      }
      over = true;
      for (CompletableFuture<Boolean> thread : threads) {
        assertThat(Rig.await(thread)).isTrue();
      }
      assertThat(outside.join(Rig.LIMIT)).as("the outside thread ends").isTrue();
      assertThat(echoes).isPositive();
      assertThat(rounds).hasPositiveValue();
      assertThat(outsideRounds).hasPositiveValue();
      assertThat(loopRounds).hasPositiveValue();
    }
  }

  private boolean requestThread(RequestThread thread, Runnable section) throws Exception {
    while (!over) {
      section.run();
      if (rounds.incrementAndGet() % 4 == 0) {
        thread.await(thread.loop().now() + 1_000_000);
      }
    }
    return true;
  }

  private void onEventLoop(Loop loop, Runnable section) {
    section.run();
    loopRounds.incrementAndGet();
    if (!over) {
      loop.execute(() -> onEventLoop(loop, section));
    }
  }

  private void outside(Runnable section) {
    while (!over) {
      section.run();
      outsideRounds.incrementAndGet();
    }
  }
}
