// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import com.github.luben.zstd.ZstdDictCompress;
import com.github.luben.zstd.ZstdDictDecompress;
import com.github.luben.zstd.ZstdException;
import org.jspecify.annotations.Nullable;

/// A dictionary in the form that zstd works with, in native memory: 456 KiB for the shipped one at
/// level 3. Read by all contexts at once; freed when the last of them is.
final class Digest implements AutoCloseable {
  private final int id;
  private final @Nullable ZstdDictCompress writing;
  private final ZstdDictDecompress reading;

  private Digest(int id, @Nullable ZstdDictCompress writing, ZstdDictDecompress reading) {
    this.id = id;
    this.writing = writing;
    this.reading = reading;
  }

  static Digest toRead(HeaderDictionary dictionary) {
    return new Digest(dictionary.id(), null, new ZstdDictDecompress(dictionary.content()));
  }

  static Digest toWriteAndRead(HeaderDictionary dictionary, int level) {
    return new Digest(
        dictionary.id(),
        new ZstdDictCompress(dictionary.content(), level),
        new ZstdDictDecompress(dictionary.content()));
  }

  /// Refuses what looks like a dictionary and is none that zstd can use.
  static void check(HeaderDictionary dictionary) {
    try {
      toRead(dictionary).close();
    } catch (ZstdException | IllegalStateException e) {
      throw new IllegalArgumentException("dictionary: its tables are damaged", e);
    }
  }

  int id() {
    return id;
  }

  /// Null if it is for reading only.
  @Nullable ZstdDictCompress writing() {
    return writing;
  }

  ZstdDictDecompress reading() {
    return reading;
  }

  @Override
  public void close() {
    if (writing != null) {
      writing.close();
    }
    reading.close();
  }
}
