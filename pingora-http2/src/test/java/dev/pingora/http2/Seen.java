// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A frame as it is on the wire, read by code that shares nothing with the main code.
sealed interface Seen {
  int stream();

  record Data(int stream, byte[] content, boolean end) implements Seen {
    String text() {
      return new String(content, StandardCharsets.ISO_8859_1);
    }
  }

  record Headers(int stream, byte[] block, boolean end) implements Seen {}

  record Reset(int stream, ErrorCode code) implements Seen {}

  record Settings(int stream, boolean ack, byte[] payload) implements Seen {
    /// {@return the value of a setting, -1 if it is not there}
    int value(int id) {
      ByteBuffer in = ByteBuffer.wrap(payload);
      while (in.hasRemaining()) {
        int found = in.getShort();
        int value = in.getInt();
        if (found == id) {
          return value;
        }
      }
      return -1;
    }
  }

  record Ping(int stream, boolean ack, long opaque) implements Seen {}

  record GoAway(int stream, int last, ErrorCode code, String debug) implements Seen {}

  record WindowUpdate(int stream, int increment) implements Seen {}

  /// {@return all frames of these bytes, which must be whole}
  static List<Seen> parse(byte[] bytes) {
    List<Seen> frames = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int lengthAndType = in.getInt();
      int flags = in.get();
      int stream = in.getInt();
      byte[] payload = new byte[lengthAndType >>> 8];
      in.get(payload);
      switch (lengthAndType & 0xff) {
        case 0 -> frames.add(new Data(stream, payload, (flags & 1) != 0));
        case 1 -> frames.add(new Headers(stream, payload, (flags & 1) != 0));
        case 9 -> frames.add(continued((Headers) frames.removeLast(), payload));
        default -> frames.add(other(lengthAndType & 0xff, flags, stream, payload));
      }
    }
    return frames;
  }

  private static Headers continued(Headers before, byte[] more) {
    byte[] block = Arrays.copyOf(before.block, before.block.length + more.length);
    System.arraycopy(more, 0, block, before.block.length, more.length);
    return new Headers(before.stream, block, before.end);
  }

  private static Seen other(int type, int flags, int stream, byte[] payload) {
    ByteBuffer in = ByteBuffer.wrap(payload);
    return switch (type) {
      case 3 -> new Reset(stream, ErrorCode.of(in.getInt()));
      case 4 -> new Settings(stream, (flags & 1) != 0, payload);
      case 6 -> new Ping(stream, (flags & 1) != 0, in.getLong());
      case 7 ->
          new GoAway(
              stream,
              in.getInt(),
              ErrorCode.of(in.getInt()),
              new String(payload, 8, payload.length - 8, StandardCharsets.US_ASCII));
      case 8 -> new WindowUpdate(stream, in.getInt());
      default -> throw new AssertionError("we never send frames of type " + type);
    };
  }
}
