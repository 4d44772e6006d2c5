// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What heads have in common, as zstd wants to know it: entropy tables and a content of frequent
/// pieces of text. Made by [DictionaryTraining]; immutable.
///
/// **Identity.** The [number][#id] is a hash of the content, made by the trainer, and is written
/// into everything that is compressed: what was stored with another dictionary is recognised, and
/// read if the other one is [at hand][SerdeOptions#alsoReads].
public final class HeaderDictionary {
  /// The largest dictionary. The shipped one has 32 KiB; beyond 100 KiB nothing is gained and the
  /// processor's caches suffer.
  public static final int MAX_BYTES = 1 << 20;

  /// The shipped dictionaries, newest first. One that was released stays in this list for ever:
  /// somebody's disk holds heads that need it.
  private static final List<String> SHIPPED = List.of("heads-1.dict");

  /// RFC 8878 §5: magic number, then the number of the dictionary, both little endian.
  private static final int MAGIC = 0xEC30A437;

  private static final int HEADER_BYTES = 8;

  private final byte[] content;
  private final int id;

  private HeaderDictionary(byte[] content) {
    this.content = content;
    this.id = littleEndian(content, 4);
  }

  /// {@return the dictionary that comes with this module}
  public static HeaderDictionary standard() {
    return shipped().getFirst();
  }

  /// {@return all dictionaries that ever came with this module, the newest first}
  public static List<HeaderDictionary> shipped() {
    return SHIPPED.stream().map(HeaderDictionary::resource).toList();
  }

  private static HeaderDictionary resource(String name) {
    try (InputStream in = HeaderDictionary.class.getResourceAsStream(name)) {
      return of(requireNonNull(in, name).readAllBytes());
    } catch (IOException e) {
      throw new IllegalStateException(name + " cannot be read from the module", e);
    }
  }

  /// {@return the dictionary with this content, which is copied}
  ///
  /// @throws IllegalArgumentException if it is no dictionary of zstd (RFC 8878 §5), has no number,
  ///   or is larger than [#MAX_BYTES]
  public static HeaderDictionary of(byte[] content) {
    if (content.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "dictionary: " + content.length + " octets (expected: up to " + MAX_BYTES + ")");
    }
    if (content.length <= HEADER_BYTES || littleEndian(content, 0) != MAGIC) {
      throw new IllegalArgumentException(
          "dictionary: " + content.length + " octets of something else (expected: RFC 8878 §5)");
    }
    if (littleEndian(content, 4) == 0) {
      throw new IllegalArgumentException("dictionary: number 0 (expected: another)");
    }
    HeaderDictionary dictionary = new HeaderDictionary(content.clone());
    Digest.check(dictionary);
    return dictionary;
  }

  /// {@return the dictionary in a file}
  ///
  /// @throws IOException if the file cannot be read, is too large or is no dictionary
  public static HeaderDictionary load(Path file) throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES + 1);
    }
    try {
      return of(content);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static int littleEndian(byte[] octets, int at) {
    return (octets[at] & 0xFF)
        | (octets[at + 1] & 0xFF) << 8
        | (octets[at + 2] & 0xFF) << 16
        | (octets[at + 3] & 0xFF) << 24;
  }

  /// {@return the number that tells dictionaries apart; never 0}
  public int id() {
    return id;
  }

  /// {@return a copy of the content, to be kept in a file}
  public byte[] toBytes() {
    return content.clone();
  }

  /// {@return octets of content}
  public int size() {
    return content.length;
  }

  /// The content itself; not to be written.
  byte[] content() {
    return content;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeaderDictionary that
        && id == that.id
        && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return id;
  }

  /// {@return the number in hexadecimal and the size}
  @Override
  public String toString() {
    return "HeaderDictionary[%08x, %d octets]".formatted(id, content.length);
  }
}
