// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The contexts of a [HeaderSerde], lent to one thread at a time.
///
/// A stack, so that the warmest is lent next. As many exist as threads have worked at the same
/// time, and no more than [#MAX_IDLE] are kept. On loops, where work on a head never waits, that is
/// one per loop.
///
/// **Threads.** Safe. The lock guards every field below it and is held for a few instructions,
/// never while zstd works.
final class Contexts implements AutoCloseable {
  /// A context that has written and read weighs about 50 KiB of native memory at level 3.
  static final int MAX_IDLE = 16;

  private final SerdeOptions options;
  private final @Nullable Digest writes;
  private final List<Digest> digests = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Context> idle = new ArrayDeque<>(MAX_IDLE);
  private int lent;
  private boolean closed;

  Contexts(SerdeOptions options) {
    this.options = options;
    HeaderDictionary dictionary = options.dictionary();
    this.writes = dictionary == null ? null : Digest.toWriteAndRead(dictionary, options.level());
    if (writes != null) {
      digests.add(writes);
    }
    for (HeaderDictionary other : options.alsoReads()) {
      if (digest(other.id()) == null) {
        digests.add(Digest.toRead(other));
      }
    }
  }

  /// {@return the dictionary of this number, or null}
  @Nullable Digest digest(int id) {
    for (Digest digest : digests) {
      if (digest.id() == id) {
        return digest;
      }
    }
    return null;
  }

  /// {@return a context that is the caller's until [#giveBack]}
  Context borrow() {
    Context context;
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the HeaderSerde is closed");
      }
      lent++;
      context = idle.poll();
    } finally {
      lock.unlock();
    }
    return context == null ? new Context(options, writes) : context;
  }

  void giveBack(Context context) {
    if (!keep(context)) {
      // Still counted as lent: nobody frees the dictionaries that it refers to.
      context.close();
      if (isLastDropped()) {
        free();
      }
    }
  }

  private boolean keep(Context context) {
    lock.lock();
    try {
      boolean keep = !closed && idle.size() < MAX_IDLE;
      if (keep) {
        lent--;
        idle.push(context);
      }
      return keep;
    } finally {
      lock.unlock();
    }
  }

  private boolean isLastDropped() {
    lock.lock();
    try {
      lent--;
      return closed && lent == 0;
    } finally {
      lock.unlock();
    }
  }

  /// Frees all native memory: what is lent, when it comes back.
  @Override
  public void close() {
    boolean last;
    lock.lock();
    try {
      last = !closed && lent == 0;
      closed = true;
    } finally {
      lock.unlock();
    }
    if (last) {
      free();
    }
  }

  /// Called once, by the one who saw that nothing is lent and nothing will be.
  private void free() {
    idle.forEach(Context::close);
    idle.clear();
    digests.forEach(Digest::close);
  }

  int idle() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }
}
