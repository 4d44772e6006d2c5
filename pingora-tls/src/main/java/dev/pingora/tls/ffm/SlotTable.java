// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.ffm;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Objects that native code names by a number, as it cannot hold references: the user data of
/// callbacks.
///
/// A handle is the index of a slot and the slot's generation, which moves on whenever the slot is
/// taken or given back. So a handle that outlives its object finds nothing, never a stranger:
///
/// ```
///   handle = generation (32 bits) | index (32 bits)
///   generation: odd while the slot is taken, even while it is free
/// ```
///
/// Generations wrap after 2^31 uses of one slot; a handle would have to be kept that long to be
/// mistaken. Handles are never 0, so 0 can stand for none.
///
/// Thread-safe and lock-free: callbacks may be called on any thread, and nothing here parks.
/// [#find] allocates nothing. Memory grows with the most objects there ever were at once, up to
/// [#MAX_SLOTS].
///
/// @param <T> what is named
public final class SlotTable<T> {
  /// Most objects at once.
  public static final int MAX_SLOTS = 1 << 24;

  private static final int CHUNK_BITS = 8;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final long LOW = 0xffff_ffffL;

  private final AtomicReference<Chunk<T>[]> chunks = new AtomicReference<>(chunks(0));

  /// Slots that were ever taken: those from here on are fresh.
  private final AtomicInteger fresh = new AtomicInteger();

  /// Stack of slots given back: index + 1 of the top, 0 for none, below a count of changes, which
  /// keeps a slow thread from taking a stack that only looks unchanged.
  private final AtomicLong free = new AtomicLong();

  private final AtomicInteger taken = new AtomicInteger();

  /// Some slots; the arrays never move, so readers need not hold the table still.
  private static final class Chunk<T> {
    final AtomicReferenceArray<@Nullable T> values = new AtomicReferenceArray<>(CHUNK);
    final AtomicIntegerArray generations = new AtomicIntegerArray(CHUNK);

    /// Below a free slot in the stack: index + 1, 0 for none.
    final AtomicIntegerArray next = new AtomicIntegerArray(CHUNK);
  }

  /// Makes an empty table.
  public SlotTable() {}

  @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generic types cannot be made otherwise
  private static <T> Chunk<T>[] chunks(int length) {
    return (Chunk<T>[]) new Chunk[length];
  }

  /// {@return a handle that finds `value` until it is removed}
  ///
  /// @throws IllegalStateException with [#MAX_SLOTS] in use
  public long put(T value) {
    requireNonNull(value, "value");
    int index = pop();
    if (index < 0) {
      index = takeFresh();
    }
    Chunk<T> chunk = chunk(index);
    int at = index & (CHUNK - 1);
    // The value first: whoever sees the odd generation sees it.
    chunk.values.set(at, value);
    int generation = chunk.generations.incrementAndGet(at);
    taken.incrementAndGet();
    return (long) generation << 32 | index;
  }

  /// {@return the object of this handle; null when it was removed, or there never was one}
  public @Nullable T find(long handle) {
    int index = (int) handle;
    Chunk<T>[] all = chunks.get();
    if (index < 0 || index >>> CHUNK_BITS >= all.length) {
      return null;
    }
    Chunk<T> chunk = all[index >>> CHUNK_BITS];
    int at = index & (CHUNK - 1);
    int generation = (int) (handle >>> 32);
    if ((generation & 1) == 0 || chunk.generations.get(at) != generation) {
      return null;
    }
    T value = chunk.values.get(at);
    // Had the slot been given back and taken again meanwhile, its generation would differ.
    return chunk.generations.get(at) == generation ? value : null;
  }

  /// Forgets the object of this handle.
  ///
  /// @return whether it was there: true for one caller only
  public boolean remove(long handle) {
    if (find(handle) == null) {
      return false;
    }
    int index = (int) handle;
    Chunk<T> chunk = chunk(index);
    int at = index & (CHUNK - 1);
    int generation = (int) (handle >>> 32);
    if (!chunk.generations.compareAndSet(at, generation, generation + 1)) {
      return false;
    }
    chunk.values.set(at, null);
    taken.decrementAndGet();
    push(index);
    return true;
  }

  /// {@return how many objects there are}
  public int size() {
    return taken.get();
  }

  private int pop() {
    while (true) {
      long head = free.get();
      int index = (int) (head & LOW) - 1;
      if (index < 0) {
        return -1;
      }
      int below = chunk(index).next.get(index & (CHUNK - 1));
      if (free.compareAndSet(head, changed(head, below))) {
        return index;
      }
    }
  }

  private void push(int index) {
    AtomicIntegerArray next = chunk(index).next;
    while (true) {
      long head = free.get();
      next.set(index & (CHUNK - 1), (int) (head & LOW));
      if (free.compareAndSet(head, changed(head, index + 1))) {
        return;
      }
    }
  }

  private static long changed(long head, int top) {
    return ((head >>> 32) + 1) << 32 | top;
  }

  private int takeFresh() {
    int index = fresh.getAndUpdate(n -> n < MAX_SLOTS ? n + 1 : n);
    if (index == MAX_SLOTS) {
      throw new IllegalStateException("slots: all " + MAX_SLOTS + " in use");
    }
    while (chunks.get().length <= index >>> CHUNK_BITS) {
      grow();
    }
    return index;
  }

  private void grow() {
    Chunk<T>[] old = chunks.get();
    Chunk<T>[] longer = chunks(old.length + 1);
    System.arraycopy(old, 0, longer, 0, old.length);
    longer[old.length] = new Chunk<>();
    // Whoever loses finds the table grown by another.
    chunks.compareAndSet(old, longer);
  }

  private Chunk<T> chunk(int index) {
    return chunks.get()[index >>> CHUNK_BITS];
  }
}
