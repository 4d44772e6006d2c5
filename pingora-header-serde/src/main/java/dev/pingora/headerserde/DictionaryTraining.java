// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes a dictionary from heads like those that will be stored.
///
/// **Idea.** zstd's fastCover looks for pieces of text that many samples share, weighs them by how
/// often, and lays the best at the end of the dictionary, where references are shortest; then it
/// counts how the samples would be coded and puts those entropy tables in front. Samples should be
/// real, from many origins, some hundred times the size of the dictionary; a few hundred heads are
/// the least that gives anything.
///
/// The same samples in the same order give the same dictionary with the same version of zstd.
/// **Threads.** Not safe; one owner.
public final class DictionaryTraining {
  /// The size that the shipped dictionary has; see `benchmarks/README.md` for others.
  public static final int USUAL_BYTES = 32 * 1024;

  /// All samples together: more is refused, and never needed.
  public static final int MAX_SAMPLE_BYTES = 256 << 20;

  /// zstd cannot make less of anything.
  private static final int MIN_BYTES = 1024;

  private static final boolean NOT_THE_LEGACY_TRAINER = false;

  private final List<byte[]> samples = new ArrayList<>();
  private final int level;
  private int octets;

  /// A training without samples.
  ///
  /// @param level that heads will be written with, see [SerdeOptions#level]
  public DictionaryTraining(int level) {
    this.level = level;
  }

  /// Adds a sample.
  ///
  /// @throws IllegalStateException if there are more than [#MAX_SAMPLE_BYTES]
  public DictionaryTraining add(ResponseHeader head) {
    int length = HeaderText.length(head);
    if (octets > MAX_SAMPLE_BYTES - length) {
      throw new IllegalStateException(
          "samples: more than " + MAX_SAMPLE_BYTES + " octets (expected: fewer)");
    }
    ByteBuffer text = ByteBuffer.allocate(length);
    HeaderText.write(head, text);
    samples.add(text.array());
    octets += length;
    return this;
  }

  /// {@return how many samples there are}
  public int samples() {
    return samples.size();
  }

  /// {@return octets of all samples as text}
  public int octets() {
    return octets;
  }

  /// {@return a dictionary of at most this size}
  ///
  /// @param maxBytes 1 KiB to [HeaderDictionary#MAX_BYTES]
  /// @throws IllegalStateException if the samples are too few or have nothing in common
  public HeaderDictionary train(int maxBytes) {
    if (maxBytes < MIN_BYTES || maxBytes > HeaderDictionary.MAX_BYTES) {
      throw new IllegalArgumentException(
          "maxBytes: %d (expected: %d..%d)"
              .formatted(maxBytes, MIN_BYTES, HeaderDictionary.MAX_BYTES));
    }
    byte[] room = new byte[maxBytes];
    long size;
    try {
      byte[][] all = samples.toArray(byte[][]::new);
      size = Zstd.trainFromBuffer(all, room, NOT_THE_LEGACY_TRAINER, level);
    } catch (ZstdException e) {
      throw tooFew(e.getMessage());
    }
    if (Zstd.isError(size)) {
      throw tooFew(Zstd.getErrorName(size));
    }
    return HeaderDictionary.of(Arrays.copyOf(room, (int) size));
  }

  private IllegalStateException tooFew(@Nullable String reason) {
    return new IllegalStateException(
        "%d samples of %d octets make no dictionary: %s (expected: more, and different, samples)"
            .formatted(samples.size(), octets, reason));
  }
}
