// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Another selection, in which a backend that is new or was ill comes to its full share by and by:
/// caches fill, code gets compiled, pools are opened.
///
/// **Idea.** When the selection picks a backend that has been ready for a part of the window only,
/// that choice counts with the same probability, at least a tenth, and else the selection's next
/// choice serves.
///
/// **Invariant.** The share of a backend grows linearly from a tenth to all within the window. The
/// first set of a balancer is warm: nobody would gain. A set in which all are cold serves with all.
///
/// **Cost.** A read of the coarse clock for each selection; dice only for cold backends.
///
/// @param <S> the selection inside
public final class SlowStart<S extends Selection> implements Selection {
  /// The longest window.
  public static final Duration MAX_WINDOW = Duration.ofHours(1);

  /// A cold backend gets this share of its work at least: it must get warm by something.
  private static final double LEAST = 0.1;

  /// How often the selection is asked for somebody else.
  private static final int MAX_ASKED = 8;

  private final S inside;
  private final long window;
  private final RandomGenerator random;

  private SlowStart(S inside, long window, RandomGenerator random) {
    this.inside = inside;
    this.window = window;
    this.random = random;
  }

  /// {@return selections whose new backends come to their full share within a window}
  ///
  /// @param window at most an hour
  public static <S extends Selection> Selection.Factory<SlowStart<S>> over(
      Duration window, Selection.Factory<S> inside) {
    return over(window, inside, SharedRandom.INSTANCE);
  }

  /// {@return the same with these dice} For any thread.
  public static <S extends Selection> Selection.Factory<SlowStart<S>> over(
      Duration window, Selection.Factory<S> inside, RandomGenerator random) {
    requireNonNull(inside, "inside");
    if (!window.isPositive() || window.compareTo(MAX_WINDOW) > 0) {
      throw new IllegalArgumentException("window: " + window + " (expected: above 0, at most 1 h)");
    }
    return (List<Backend> backends, @Nullable SlowStart<S> previous) ->
        new SlowStart<>(
            inside.build(backends, previous == null ? null : previous.inside),
            window.toNanos(),
            random);
  }

  /// {@return the selection inside}
  public S inside() {
    return inside;
  }

  @Override
  public @Nullable Backend first(Object key) {
    Backend first = inside.first(key);
    return first == null || counts(first) ? first : another(first, key);
  }

  private boolean counts(Backend backend) {
    BackendState state = backend.state();
    if (state == null) {
      return true;
    }
    long age = state.readyFor(state.crowd().coarseNow());
    return age >= window || random.nextDouble() < Math.max(LEAST, (double) age / window);
  }

  private Backend another(Backend first, Object key) {
    Iterator<Backend> others = inside.further(key);
    for (int asked = 0; asked < MAX_ASKED && others.hasNext(); asked++) {
      Backend other = others.next();
      if (!other.equals(first) && other.isReady() && counts(other)) {
        return other;
      }
    }
    return first;
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return inside.further(key);
  }
}
