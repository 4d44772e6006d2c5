// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.util.Arrays;
import java.util.BitSet;

/// All points of the circle, in equal sectors.
///
/// **Idea.** The leading bits of a hash name its sector. A change makes anew only the sectors in
/// which points come or go; the others are shared with the ring before. Of 10,000 buckets one has
/// points in 157 of 4,096 sectors, so that its update writes a twenty-sixth of the ring.
///
/// **Invariant.** The number of sectors fits that of the points: some hundreds a sector, so that
/// few points share one with a change, and a sector's own cost does not count. It may be one power
/// of two off ([#suits]): else a bucket that comes and goes at the border would build all anew.
///
/// A position is the sector and the place in it, in 31 bits. Immutable.
final class Ring {
  /// With so few bits a position has room for any number of points in one sector.
  static final int SAFE_BITS = 9;

  /// 8,192 sectors, each with 512 points when there are 4,194,304.
  static final int MAX_BITS = 13;

  private final Sector[] sectors;
  private final int bits;

  /// Of a hash, to its sector.
  private final int shift;

  /// Of a position, to its sector.
  private final int placeBits;

  private Ring(Sector[] sectors, int bits) {
    this.sectors = sectors;
    this.bits = bits;
    this.shift = 32 - bits;
    this.placeBits = 31 - bits;
  }

  /// {@return a ring without points}
  ///
  /// @param bits of a hash that name its sector (1..13)
  static Ring empty(int bits) {
    Sector[] sectors = new Sector[1 << bits];
    Arrays.fill(sectors, Sector.EMPTY);
    return new Ring(sectors, bits);
  }

  /// {@return the bits for a number of points: 256 to 511 a sector}
  static int bits(int points) {
    return Math.clamp(23L - Integer.numberOfLeadingZeros(Math.max(1, points)), 1, MAX_BITS);
  }

  /// {@return whether the sectors are right for so many points}
  boolean suits(int points) {
    return Math.abs(bits - bits(points)) <= 1;
  }

  /// {@return whether a sector has more points than positions can tell apart} Then the ring must
  /// not be used. Takes more than a quarter of a million points in an 8,192nd of the circle: no
  /// accident.
  boolean isOverfull() {
    int room = 1 << placeBits;
    return Arrays.stream(sectors).anyMatch(sector -> sector.size() > room);
  }

  /// {@return a ring of other points}
  ///
  /// @param leaves by slot, whether its points go
  /// @param leaving these points, packed
  /// @param added new points, see [Sector#pack]; sorted here
  /// @param order among points of equal hash
  /// @param isReordered whether it is another for points that stay
  Ring with(
      boolean[] leaves, long[] leaving, long[] added, Sector.TieOrder order, boolean isReordered) {
    Arrays.sort(added);
    BitSet touched = new BitSet(sectors.length);
    for (long point : leaving) {
      touched.set(Sector.hash(point) >>> shift);
    }
    Sector[] next = new Sector[sectors.length];
    int from = 0;
    for (int i = 0; i < next.length; i++) {
      int to = from;
      while (to < added.length && Sector.hash(added[to]) >>> shift == i) {
        to++;
      }
      boolean stays = from == to && !touched.get(i);
      Sector sector = stays ? sectors[i] : sectors[i].with(leaves, added, from, to, bits);
      next[i] = stays && !isReordered ? sector : sector.ordered(order);
      from = to;
    }
    return new Ring(next, bits);
  }

  /// {@return the position of the first point at or after a hash, round the circle; -1 when empty}
  int find(int hash) {
    int sector = hash >>> shift;
    return position(sector, sectors[sector].count(hash));
  }

  /// {@return the position of the next point that counts, round the circle}
  int next(int position) {
    int sector = position >>> placeBits;
    return position(sector, sectors[sector].next(place(position)));
  }

  int slotAt(int position) {
    return sectors[position >>> placeBits].slotAt(place(position));
  }

  int hashAt(int position) {
    return sectors[position >>> placeBits].hashAt(place(position));
  }

  private int place(int position) {
    return position & (1 << placeBits) - 1;
  }

  private int position(int sector, int place) {
    return place < sectors[sector].size() ? sector << placeBits | place : firstAfter(sector);
  }

  /// {@return the first point after a sector; -1 when there is none in the whole ring}
  private int firstAfter(int sector) {
    for (int step = 1; step <= sectors.length; step++) {
      int next = sector + step & sectors.length - 1;
      if (sectors[next].size() > 0) {
        return next << placeBits;
      }
    }
    return -1;
  }

  /// {@return how many points count}
  int distinct() {
    return Arrays.stream(sectors).mapToInt(Sector::distinct).sum();
  }

  /// {@return how many points there are}
  int size() {
    return Arrays.stream(sectors).mapToInt(Sector::size).sum();
  }

  /// {@return how many sectors are not shared with another ring, for tests}
  int ownSectors(Ring other) {
    int own = 0;
    for (int i = 0; i < sectors.length; i++) {
      own += other.sectors.length == sectors.length && other.sectors[i] == sectors[i] ? 0 : 1;
    }
    return own;
  }
}
