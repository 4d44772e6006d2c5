// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static java.util.Objects.checkFromIndexSize;
import static java.util.Objects.requireNonNull;

import com.github.luben.zstd.Zstd;
import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import org.jspecify.annotations.Nullable;

/// Response heads in few octets, for a cache that keeps millions of them.
///
/// **Idea.** One head is too short to be compressed: what repeats, repeats *between* heads. So zstd
/// gets a dictionary, a text of some ten KiB that shows what heads look like, made from a corpus
/// beforehand ([DictionaryTraining]). A head is then mostly references into that text. The text
/// form is that of HTTP/1 ([HeaderText]), because it is what a corpus shows, and because
/// `pingora-http` keeps a received head as exactly these octets: writing is a copy, reading needs
/// an index and no objects for fields.
///
/// **Invariant.** What was written is read back equal: version, status, reason, field lines with
/// case, order, duplicates and every octet. Everything else is refused: a checksum finds what a
/// disk has changed, the dictionary's number finds what was written with another, the grammar is
/// checked again, and no input makes more memory be taken than [SerdeOptions#maxHeadBytes].
///
/// **Cost.** With the shipped dictionary a third to two fifths of the text, 2 µs to write and 1 to
/// read (`benchmarks/README.md`); a copy of the result and, reading, of the text are allocated.
///
/// **Papers.** Collet and Kucherawy, *Zstandard Compression*, RFC 8878; dictionaries are made by
/// fastCover: Liao, Petri, Moffat and Wirth, *Effective Construction of Relative Lempel-Ziv
/// Dictionaries*, WWW 2016.
///
/// ```java
/// try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard())) {
///   byte[] stored = serde.serialize(response);
///   ResponseHeader again = serde.deserialize(stored);
/// }
/// ```
///
/// **Threads.** Safe, and meant to be shared: one for a process. Contexts of zstd have one owner at
/// a time, who borrows them for a call. The work is a short native call that blocks its carrier
/// meanwhile; nothing waits.
public final class HeaderSerde implements AutoCloseable {
  /// What is stored is no head that this class has written: changed, cut, of a later form, or over
  /// a limit.
  public static final ErrorKind DAMAGED = ErrorKind.custom("StoredHeadDamaged");

  /// What is stored was written with a dictionary that is not at hand.
  public static final ErrorKind UNKNOWN_DICTIONARY = ErrorKind.custom("StoredHeadDictionary");

  private final SerdeOptions options;
  private final Contexts contexts;
  private final int maxStored;

  private HeaderSerde(SerdeOptions options) {
    this.options = options;
    this.contexts = new Contexts(options);
    this.maxStored = StoredForm.HEADER_BYTES + (int) Zstd.compressBound(options.maxHeadBytes());
  }

  /// {@return a new one, with native memory of its own: to be closed}
  public static HeaderSerde open(SerdeOptions options) {
    return new HeaderSerde(requireNonNull(options, "options"));
  }

  /// {@return the head in its stored form}
  ///
  /// @throws ProxyException [ErrorKind#OVER_LIMIT] if it exceeds what may be read again
  public byte[] serialize(ResponseHeader head) throws ProxyException {
    int length = HeaderText.length(head);
    if (length > options.maxHeadBytes()) {
      throw ProxyException.internal(
          ErrorKind.OVER_LIMIT,
          "a head of %d octets to store (expected: up to %d)",
          length,
          options.maxHeadBytes());
    }
    if (head.headers().size() > options.maxFields()) {
      throw ProxyException.internal(
          ErrorKind.OVER_LIMIT,
          "a head of %d fields to store (expected: up to %d)",
          head.headers().size(),
          options.maxFields());
    }
    Context context = contexts.borrow();
    try {
      return context.write(head, length);
    } finally {
      contexts.giveBack(context);
    }
  }

  /// {@return the head that [#serialize] has stored}
  ///
  /// @throws ProxyException [#DAMAGED] or [#UNKNOWN_DICTIONARY]
  public ResponseHeader deserialize(byte[] stored) throws ProxyException {
    return deserialize(stored, 0, stored.length);
  }

  /// Like [#deserialize(byte[])], of a part of an array, which is not kept.
  public ResponseHeader deserialize(byte[] stored, int offset, int length) throws ProxyException {
    checkFromIndexSize(offset, length, stored.length);
    return HeaderText.parse(text(stored, offset, length), options.maxFields());
  }

  private byte[] text(byte[] stored, int offset, int length) throws ProxyException {
    int id = StoredForm.dictionary(stored, offset, length);
    if (length > maxStored) {
      throw damaged("%d octets (expected: up to %d)", length, maxStored);
    }
    Digest dictionary = id == 0 ? null : contexts.digest(id);
    if (id != 0 && dictionary == null) {
      throw ProxyException.internal(
          UNKNOWN_DICTIONARY, "a stored head needs the dictionary %08x", id);
    }
    Context context = contexts.borrow();
    try {
      return context.read(stored, offset, length, dictionary);
    } finally {
      contexts.giveBack(context);
    }
  }

  /// Frees the native memory, once calls that are under way have ended; later ones fail with
  /// `IllegalStateException`.
  @Override
  public void close() {
    contexts.close();
  }

  static ProxyException damaged(String format, @Nullable Object... args) {
    return ProxyException.internal(DAMAGED, "a stored head: " + format, args);
  }
}
