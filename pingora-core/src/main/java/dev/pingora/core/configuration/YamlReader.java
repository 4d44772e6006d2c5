// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/// Reads YAML into [ConfigNode]s: one document, UTF-8, at most 16 MiB, nothing run or resolved.
///
/// What is wrong goes to a [Problems]; the map returned is then what could be read, so that the
/// caller goes on looking for more.
public final class YamlReader {
  /// Largest file, in bytes.
  public static final int MAX_BYTES = 16 << 20;

  private YamlReader() {}

  /// Reads a file.
  ///
  /// @param environment the variables that `${NAME}` stands for
  public static ConfigNode.Mapping read(
      Path file, Map<String, String> environment, Problems problems) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      var whole = new Place(file.toString(), 0, 0);
      problems.add(whole, KeyPath.root(), "cannot be read: " + reason(file, e));
      return new ConfigNode.Mapping(whole, Map.of());
    }
    return parse(bytes, file.toString(), environment, problems);
  }

  /// Reads a text that stands for the file `name`.
  public static ConfigNode.Mapping parse(
      String text, String name, Map<String, String> environment, Problems problems) {
    return parse(text.getBytes(StandardCharsets.UTF_8), name, environment, problems);
  }

  /// Reads the bytes of the file `name`.
  public static ConfigNode.Mapping parse(
      byte[] bytes, String name, Map<String, String> environment, Problems problems) {
    var whole = new Place(name, 0, 0);
    var nothing = new ConfigNode.Mapping(whole, Map.of());
    if (bytes.length > MAX_BYTES) {
      problems.add(whole, KeyPath.root(), "is too large", "expected: at most 16 MiB");
      return nothing;
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (StandardCharsets.UTF_8.newDecoder().decode(in, text, true).isError()) {
      // The decoder stops before the first byte that it cannot read.
      var place = new Place(name, 1 + lineFeeds(bytes, in.position()), 0);
      problems.add(place, KeyPath.root(), "is not UTF-8", "expected: UTF-8");
      return nothing;
    }
    String content = text.flip().toString();
    String unmarked = content.startsWith("\uFEFF") ? content.substring(1) : content;
    var filled = new Environment(environment, problems);
    return new NodeComposer(name, unmarked, filled, problems).compose();
  }

  private static int lineFeeds(byte[] bytes, int end) {
    int count = 0;
    for (int i = 0; i < end; i++) {
      count += bytes[i] == '\n' ? 1 : 0;
    }
    return count;
  }

  /// {@return why a file cannot be read, without the file's name, which the place tells}
  private static String reason(Path file, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case IOException _ when Files.isDirectory(file) -> "it is a directory";
      case IOException other when other.getMessage() != null -> other.getMessage();
      case IOException other -> other.getClass().getSimpleName();
    };
  }
}
