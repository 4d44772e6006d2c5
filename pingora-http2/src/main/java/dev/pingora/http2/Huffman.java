// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The Huffman code of RFC 7541 Appendix B.
///
/// The code is canonical: codes of one length are consecutive, in the order of their symbols. The
/// lengths therefore say everything, and the codes are computed.
///
/// Decoding takes four bits a step. The states are the inner nodes of the code tree, 256 of them; a
/// step's entry holds the next state, whether a symbol has been completed (a step cannot complete
/// two, the shortest code having five bits), the symbol, and whether the input may end there.
final class Huffman {
  /// Bits of the code of each octet, and last of EOS (RFC 7541 Appendix B).
  private static final byte[] LENGTHS = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, //
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, //
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, //
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, //
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, //
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, //
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, //
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, //
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, //
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, //
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, //
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, //
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, //
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, //
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, //
    30
  };

  private static final int EOS = 256;
  private static final int MAX_LENGTH = 30;
  private static final int[] CODES = codes();

  // A step's entry: where the row of the next state begins (bits 4 to 11), two flags, the symbol,
  // and
  // in the highest bits whether there is a symbol.
  private static final int NEXT = 0xff0;
  private static final int MAY_END = 1 << 12;
  private static final int INVALID = 1 << 13;
  private static final int SYMBOL = 16;
  private static final int EMITS = 24;
  private static final int[] STEPS = steps();

  private Huffman() {}

  /// {@return the bytes that `encode` would write}
  static int encodedLength(byte[] source, int from, int count) {
    long bits = 0;
    for (int i = from; i < from + count; i++) {
      bits += LENGTHS[source[i] & 0xff];
    }
    return Math.toIntExact((bits + 7) >>> 3);
  }

  static void encode(byte[] source, int from, int count, Scratch out) {
    byte[] target = out.ensure(encodedLength(source, from, count));
    int at = out.length;
    long buffered = 0;
    int bits = 0;
    for (int i = from; i < from + count; i++) {
      int symbol = source[i] & 0xff;
      buffered = buffered << LENGTHS[symbol] | CODES[symbol];
      bits += LENGTHS[symbol];
      while (bits >= 8) {
        bits -= 8;
        target[at++] = (byte) (buffered >>> bits);
      }
    }
    if (bits > 0) {
      // RFC 7541 §5.2: padded with the most significant bits of EOS, which are ones.
      target[at++] = (byte) (buffered << 8 - bits | 0xff >>> bits);
    }
    out.length = at;
  }

  /// Appends the decoded octets to `out`.
  ///
  /// @throws ConnectionException COMPRESSION_ERROR for EOS in the string, for padding longer than
  ///   seven bits or not of ones (RFC 7541 §5.2)
  static void decode(byte[] source, int from, int count, Scratch out) throws ConnectionException {
    // The shortest code has five bits; one octet more may be written, and is forgotten.
    byte[] target = out.ensure(Math.toIntExact(count * 8L / 5) + 1);
    int at = out.length;
    int step = MAY_END;
    int seen = 0;
    for (int i = from; i < from + count; i++) {
      // A symbol is always written and only sometimes counted: a branch here would be mispredicted
      // every other time, which costs more than all the rest.
      step = STEPS[(step & NEXT) | ((source[i] >> 4) & 0xf)];
      seen |= step;
      target[at] = (byte) (step >>> SYMBOL);
      at += step >>> EMITS;
      step = STEPS[(step & NEXT) | (source[i] & 0xf)];
      seen |= step;
      target[at] = (byte) (step >>> SYMBOL);
      at += step >>> EMITS;
    }
    if ((seen & INVALID) != 0 || (step & MAY_END) == 0) {
      throw ConnectionException.compression("invalid Huffman code");
    }
    out.length = at;
  }

  // ---- tables ----

  private static int[] codes() {
    int[] codes = new int[LENGTHS.length];
    int code = 0;
    for (int length = 1; length <= MAX_LENGTH; length++) {
      code <<= 1;
      for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
        if (LENGTHS[symbol] == length) {
          codes[symbol] = code++;
        }
      }
    }
    return codes;
  }

  /// The code tree: `tree[2 * node + bit]` is an inner node, or `~symbol`.
  private static int[] tree() {
    int[] tree = new int[2 * 256];
    int nodes = 1;
    for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
      int node = 0;
      for (int bit = LENGTHS[symbol] - 1; bit > 0; bit--) {
        int edge = 2 * node + (CODES[symbol] >>> bit & 1);
        if (tree[edge] == 0) {
          tree[edge] = nodes++;
        }
        node = tree[edge];
      }
      tree[2 * node + (CODES[symbol] & 1)] = ~symbol;
    }
    return tree;
  }

  private static int[] steps() {
    int[] tree = tree();
    boolean[] mayEnd = mayEnd(tree);
    int[] steps = new int[256 << 4];
    for (int state = 0; state < 256; state++) {
      for (int nibble = 0; nibble < 16; nibble++) {
        steps[state << 4 | nibble] = step(tree, mayEnd, state, nibble);
      }
    }
    return steps;
  }

  private static int step(int[] tree, boolean[] mayEnd, int state, int nibble) {
    int node = state;
    int emitted = 0;
    for (int bit = 3; bit >= 0; bit--) {
      int next = tree[2 * node + (nibble >>> bit & 1)];
      if (next == ~EOS) {
        return INVALID | state << 4;
      }
      if (next < 0) {
        emitted = 1 << EMITS | ~next << SYMBOL;
        next = 0;
      }
      node = next;
    }
    return emitted | node << 4 | (mayEnd[node] ? MAY_END : 0);
  }

  /// The nodes reached from the root by up to seven ones.
  private static boolean[] mayEnd(int[] tree) {
    boolean[] mayEnd = new boolean[256];
    int node = 0;
    for (int ones = 0; ones <= 7; ones++) {
      mayEnd[node] = true;
      node = tree[2 * node + 1];
    }
    return mayEnd;
  }
}
