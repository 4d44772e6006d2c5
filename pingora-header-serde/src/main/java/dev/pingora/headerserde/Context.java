// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The workspace for one head at a time: zstd's state in native memory and two arrays. One owner;
/// [Contexts] lends it.
final class Context implements AutoCloseable {
  /// Arrays above this size are not kept for the next head.
  private static final int MAX_KEPT = 16 * 1024;

  private static final boolean MAGICLESS = true;

  private final SerdeOptions options;
  private final @Nullable Digest writes;
  private @Nullable ZstdCompressCtx writer;
  private @Nullable ZstdDecompressCtx reader;

  /// What the reader has loaded; null for nothing.
  private @Nullable Digest loaded;

  private byte[] text = new byte[2048];
  private byte[] stored = new byte[2048];

  Context(SerdeOptions options, @Nullable Digest writes) {
    this.options = options;
    this.writes = writes;
  }

  byte[] write(ResponseHeader head, int textLength) {
    text = roomFor(text, textLength);
    ByteBuffer out = ByteBuffer.wrap(text, 0, textLength);
    HeaderText.write(head, out);
    int bound = StoredForm.HEADER_BYTES + (int) Zstd.compressBound(textLength);
    stored = roomFor(stored, bound);
    StoredForm.writeHeader(stored, writes == null ? 0 : writes.id());
    int frame =
        writer()
            .compressByteArray(
                stored,
                StoredForm.HEADER_BYTES,
                bound - StoredForm.HEADER_BYTES,
                text,
                0,
                textLength);
    byte[] result = Arrays.copyOf(stored, StoredForm.HEADER_BYTES + frame);
    text = kept(text);
    stored = kept(stored);
    return result;
  }

  /// {@return the text, in an array of its size that now belongs to the caller}
  ///
  /// Nothing is allocated on the word of the input but that array, and it is no longer than the
  /// limit of a head.
  byte[] read(byte[] input, int offset, int length, @Nullable Digest dictionary)
      throws ProxyException {
    int start = offset + StoredForm.HEADER_BYTES;
    int frame = length - StoredForm.HEADER_BYTES;
    long size = contentSize(input, start, frame);
    if (size > options.maxHeadBytes()) {
      throw HeaderSerde.damaged(
          "a head of %s octets (expected: up to %d)",
          Long.toUnsignedString(size), options.maxHeadBytes());
    }
    byte[] expanded = new byte[(int) size];
    try {
      int got =
          reader(dictionary).decompressByteArray(expanded, 0, (int) size, input, start, frame);
      if (got != size) {
        throw HeaderSerde.damaged("%d octets of text (expected: %d)", got, size);
      }
    } catch (ZstdException e) {
      throw HeaderSerde.damaged("zstd says: %s", e.getMessage());
    }
    return expanded;
  }

  /// {@return the size that a frame tells of its text, 1 or more}
  private static long contentSize(byte[] input, int start, int frame) throws ProxyException {
    long size;
    try {
      size = Zstd.getFrameContentSize(input, start, frame, MAGICLESS);
    } catch (ZstdException e) {
      // A frame need not tell (RFC 8878 §3.1.1.1.4), ours do.
      throw HeaderSerde.damaged("zstd says: %s", e.getMessage());
    }
    if (size <= 0) {
      throw HeaderSerde.damaged("no size of the text");
    }
    return size;
  }

  private ZstdCompressCtx writer() {
    ZstdCompressCtx ready = writer;
    if (ready == null) {
      ready = new ZstdCompressCtx();
      ready.setMagicless(MAGICLESS).setDictID(false).setContentSize(true).setChecksum(true);
      ready.setLevel(options.level());
      if (writes != null && writes.writing() != null) {
        ready.loadDict(writes.writing());
      }
      writer = ready;
    }
    return ready;
  }

  private ZstdDecompressCtx reader(@Nullable Digest dictionary) {
    ZstdDecompressCtx ready = reader;
    if (ready == null) {
      ready = new ZstdDecompressCtx().setMagicless(MAGICLESS);
      reader = ready;
    }
    if (loaded != dictionary) {
      load(ready, dictionary);
      loaded = dictionary;
    }
    return ready;
  }

  private static void load(ZstdDecompressCtx reader, @Nullable Digest dictionary) {
    if (dictionary == null) {
      // Forgets the dictionary and all settings.
      reader.reset();
      reader.setMagicless(MAGICLESS);
    } else {
      reader.loadDict(dictionary.reading());
    }
  }

  private static byte[] roomFor(byte[] array, int length) {
    return array.length >= length ? array : new byte[length];
  }

  private static byte[] kept(byte[] array) {
    return array.length <= MAX_KEPT ? array : Arrays.copyOf(array, MAX_KEPT);
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
    if (reader != null) {
      reader.close();
    }
  }
}
