// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.timeout.Timer;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A virtual thread of a loop that runs the engine and the user's phases as straight-line code, and
/// the one place where it waits.
///
/// Waiting is always the same: look whether what you want has happened; if not, [#await]; look
/// again. Whatever may have happened calls [#signal]. So a thread may wait for several connections
/// at once.
///
/// Confined to its own thread, but for [#signal] and [#cancel], which any thread may call.
///
/// Its timer is lazy ([LazyDeadline]): a wait that ends in time leaves it on the wheel. One that
/// fires for a wait that is over wakes the thread for no reason, which [#await] allows.
public final class RequestThread {
  /// No deadline.
  public static final long NEVER = LazyDeadline.NEVER;

  private final Loop loop;
  private final Task task;
  private final Timer timer = new Timer(this::onTimer);
  private final Thread thread;

  /// Links of [ThreadList].
  @Nullable RequestThread next;

  @Nullable RequestThread previous;

  private final LazyDeadline deadline;
  private volatile boolean cancelled;

  /// What the thread is at, a constant string. Written opaquely: the watchdog may see it late, and
  /// a fence at each phase would be felt.
  private final AtomicReference<String> phase = new AtomicReference<>("starting");

  RequestThread(Loop loop, Task task) {
    this.loop = loop;
    this.deadline = new LazyDeadline(!loop.isBound());
    this.task = task;
    this.thread = loop.newThread(this::run);
  }

  /// What a request thread runs.
  @FunctionalInterface
  public interface Task {
    /// Runs on the thread; may block in [RequestThread#await], on locks, on sleeps.
    void run(RequestThread thread) throws Exception;
  }

  void start() {
    thread.start();
  }

  public Loop loop() {
    return loop;
  }

  /// {@return the virtual thread itself, for thread dumps}
  public Thread thread() {
    return thread;
  }

  /// Says what the thread is at: named by the watchdog when the loop is stalled.
  ///
  /// @param name a constant, such as `"requestFilter"`
  public void phase(String name) {
    phase.setOpaque(name);
    loop.running(this);
  }

  String phase() {
    return phase.getOpaque();
  }

  /// Parks until [#signal], the deadline, or for no reason at all.
  ///
  /// @param deadlineNanos on the scale of [Loop#now], or [#NEVER]
  /// @return false when the deadline has passed
  /// @throws ProxyException of kind CANCELLED once [#cancel] was called or the thread interrupted
  public boolean await(long deadlineNanos) throws ProxyException {
    failIfCancelled();
    if (deadlineNanos != NEVER) {
      if (deadlineNanos - loop.now() <= 0) {
        return false;
      }
      arm(deadlineNanos);
    }
    LockSupport.park(this);
    loop.running(this);
    failIfCancelled();
    return deadlineNanos == NEVER || deadlineNanos - loop.now() > 0;
  }

  /// Ends the present or the next [#await]. Cheap, callable by any thread.
  public void signal() {
    LockSupport.unpark(thread);
  }

  /// Asks the thread to give up: its waits throw from now on.
  public void cancel() {
    cancelled = true;
    signal();
  }

  /// Runs a piece of work that would block the carrier (files, name services, native code, long
  /// computation) on a platform thread, while this virtual thread waits and its loop goes on.
  ///
  /// @throws Exception whatever the work throws; a [ProxyException] of kind OVER_LIMIT when too
  ///   much is offloaded already
  public <T> T offload(Callable<T> work) throws Exception {
    Offloaded<T> offloaded = new Offloaded<>(this, work);
    loop.offload(offloaded);
    return offloaded.await();
  }

  private void arm(long deadlineNanos) {
    if (!deadline.set(deadlineNanos)) {
      return;
    }
    if (loop.isBound()) {
      schedule(deadlineNanos);
    } else {
      loop.post(() -> schedule(deadlineNanos));
    }
  }

  private void schedule(long deadlineNanos) {
    if (LazyDeadline.mustMove(timer, deadlineNanos)) {
      loop.timers().schedule(timer, deadlineNanos);
    }
  }

  /// On the event-loop thread.
  private void onTimer() {
    long next = deadline.fire(loop.now());
    if (next == NEVER) {
      return;
    }
    if (next - loop.now() > 0) {
      schedule(next);
    } else {
      signal();
    }
  }

  private void failIfCancelled() throws ProxyException {
    if (cancelled || thread.isInterrupted()) {
      throw ProxyException.internal(
          ErrorKind.CANCELLED, "the server gave up waiting for this request");
    }
  }

  private void run() {
    loop.running(this);
    try {
      task.run(this);
    } catch (Throwable e) { // the root of the thread: nothing may end it silently
      if (!isCancellation(e)) {
        loop.reportCrash(e);
      }
    } finally {
      dropTimer();
      loop.ended(this);
    }
  }

  /// A thread that was told to give up, and did.
  private boolean isCancellation(Throwable e) {
    return cancelled
        && e instanceof ProxyException error
        && error.kind().equals(ErrorKind.CANCELLED);
  }

  private void dropTimer() {
    if (!deadline.isSet()) {
      return; // it never waited with a deadline
    }
    deadline.clear();
    if (loop.isBound()) {
      loop.timers().cancel(timer);
    } else {
      loop.post(() -> loop.timers().cancel(timer));
    }
  }
}
