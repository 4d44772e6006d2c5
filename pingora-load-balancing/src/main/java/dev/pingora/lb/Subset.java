// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Another selection over a part of the backends. The rest is asked when none of the part takes
/// work.
///
/// **Idea.** By a mark: those that a predicate accepts, all when it accepts none. By size: each of
/// many proxies talks to `size` of the backends only, so that connections stay few. Which, is
/// settled by [Rendezvous] hashing of the proxy's own number.
///
/// **Invariant.** Subsets by size move minimally: a backend that goes is replaced by one other, and
/// no proxy gets more than one new. Over many proxies they spread as evenly as chance does: about
/// ±√(proxies · size/n).
///
/// **Cost.** That of the selection inside; an update sorts the backends.
///
/// @param <S> the selection inside
public final class Subset<S extends Selection> implements Selection {
  private final S inside;

  private Subset(S inside) {
    this.inside = inside;
  }

  /// {@return selections over those that a predicate accepts; over all when it accepts none}
  ///
  /// @param accepts what [Backend#extension] says, for example
  public static <S extends Selection> Selection.Factory<Subset<S>> where(
      Predicate<Backend> accepts, Selection.Factory<S> inside) {
    requireNonNull(accepts, "accepts");
    return (backends, previous) -> {
      List<Backend> part = backends.stream().filter(accepts).toList();
      return build(part.isEmpty() ? backends : part, previous, inside);
    };
  }

  /// {@return selections over `size` backends}
  ///
  /// @param proxy a number of this proxy, another one in each
  public static <S extends Selection> Selection.Factory<Subset<S>> ofSize(
      int size, long proxy, Selection.Factory<S> inside) {
    if (size < 1) {
      throw new IllegalArgumentException("size: " + size + " (expected: 1 or more)");
    }
    long seed = HashKeys.mix(proxy);
    Comparator<Backend> byScore =
        Comparator.comparingLong(backend -> HashKeys.mix(seed ^ backend.id()));
    return (backends, previous) -> {
      // Weight 0 takes no work, so it takes no place either.
      List<Backend> part =
          backends.stream().filter(b -> b.weight() > 0).sorted(byScore).limit(size).toList();
      return build(part, previous, inside);
    };
  }

  private static <S extends Selection> Subset<S> build(
      List<Backend> part, @Nullable Subset<S> previous, Selection.Factory<S> inside) {
    return new Subset<>(inside.build(part, previous == null ? null : previous.inside));
  }

  /// {@return the selection inside}
  public S inside() {
    return inside;
  }

  @Override
  public @Nullable Backend first(Object key) {
    return inside.first(key);
  }

  @Override
  public Iterator<Backend> further(Object key) {
    return inside.further(key);
  }
}
