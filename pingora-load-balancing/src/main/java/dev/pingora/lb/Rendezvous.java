// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// The backend that scores highest for the key (highest random weight).
///
/// **Idea.** Every backend draws a pseudo-random score from its address and the key; the highest
/// wins, the second highest is the second choice, and so on. With weights, the score is `-weight /
/// ln(u)` for a draw `u` between 0 and 1, which wins with probability weight/total.
///
/// **Invariant.** Scores depend on nobody else: when a backend goes, only its keys move, each to
/// its own second choice, by weight; when one comes, it takes from everybody its share and no more.
/// No table, no ring: exact where these are approximate.
///
/// **Cost.** A pass over all backends, about two nanoseconds each (ten with different weights): for
/// dozens, not for thousands.
///
/// **Papers.** Thaler and Ravishankar, *Using name-based mappings to increase hit rates*, IEEE/ACM
/// ToN 6 (1998); Schindler, *Weighted distributed hash tables* (2005) for the weights.
public final class Rendezvous implements Selection {
  private final Backend[] backends;
  private final boolean even;

  private Rendezvous(Weighted weighted) {
    this.backends = weighted.backends();
    this.even = weighted.isEven();
  }

  /// {@return a selection of these backends; those of weight 0 are never picked}
  ///
  /// @param previous of no use here
  public static Rendezvous of(List<Backend> backends, @Nullable Rendezvous previous) {
    return new Rendezvous(Weighted.of(backends, Integer.MAX_VALUE / 2));
  }

  @Override
  public @Nullable Backend first(Object key) {
    int best = below(HashKeys.hash(key), Double.POSITIVE_INFINITY);
    return best < 0 ? null : backends[best];
  }

  /// {@return who scores highest below a bound, -1 for nobody}
  private int below(long hash, double bound) {
    int best = -1;
    double highest = -1;
    for (int i = 0; i < backends.length; i++) {
      double score = score(hash, i);
      if (score > highest && score < bound) {
        best = i;
        highest = score;
      }
    }
    return best;
  }

  private double score(long hash, int i) {
    // 53 bits, all that a double holds, between 0 and 1 and neither of them.
    double draw = ((HashKeys.mix(hash ^ backends[i].id()) >>> 11) + 0.5) * 0x1p-53;
    return even ? draw : backends[i].weight() / -Math.log(draw);
  }

  @Override
  public Iterator<Backend> further(Object key) {
    long hash = HashKeys.hash(key);
    return new Descent(hash, below(hash, Double.POSITIVE_INFINITY));
  }

  /// From the highest score down; each once.
  private final class Descent implements Iterator<Backend> {
    private final long hash;
    private int next;

    Descent(long hash, int first) {
      this.hash = hash;
      this.next = first < 0 ? -1 : below(hash, score(hash, first));
    }

    @Override
    public boolean hasNext() {
      return next >= 0;
    }

    @Override
    public Backend next() {
      if (next < 0) {
        throw new NoSuchElementException("all have been asked");
      }
      Backend own = backends[next];
      next = below(hash, score(hash, next));
      return own;
    }
  }
}
