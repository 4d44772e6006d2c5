// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes ClientHellos, good and bad.
final class Hello {
  int legacyVersion = 0x0303;
  List<Integer> suites = List.of(0x1301, 0x1302, 0x1303);
  private byte[] compression = {0};
  private byte[] sessionId = new byte[32];
  private final List<byte[]> extensions = new ArrayList<>();

  Hello extension(int type, byte[] content) {
    extensions.add(join(two(type), vector(2, content)));
    return this;
  }

  Hello serverName(String name) {
    byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
    return extension(0, vector(2, join(new byte[] {0}, vector(2, octets))));
  }

  Hello alpn(String... names) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (String name : names) {
      list.writeBytes(vector(1, name.getBytes(StandardCharsets.ISO_8859_1)));
    }
    return extension(16, vector(2, list.toByteArray()));
  }

  Hello groups(int... numbers) {
    return extension(10, vector(2, twos(numbers)));
  }

  Hello schemes(int... numbers) {
    return extension(13, vector(2, twos(numbers)));
  }

  Hello versions(int... numbers) {
    return extension(43, vector(1, twos(numbers)));
  }

  Hello compression(int... methods) {
    compression = new byte[methods.length];
    for (int i = 0; i < methods.length; i++) {
      compression[i] = (byte) methods[i];
    }
    return this;
  }

  Hello sessionId(int octets) {
    sessionId = new byte[octets];
    return this;
  }

  /// {@return with a key of so many octets}
  Hello keyShare(int group, int octets) {
    return extension(51, vector(2, join(two(group), vector(2, new byte[octets]))));
  }

  Hello with(int... otherSuites) {
    suites = java.util.Arrays.stream(otherSuites).boxed().toList();
    return this;
  }

  /// {@return the handshake message}
  byte[] message() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    extensions.forEach(all::writeBytes);
    byte[] body =
        join(
            two(legacyVersion),
            new byte[32],
            vector(1, sessionId),
            vector(2, twos(suites.stream().mapToInt(Integer::intValue).toArray())),
            vector(1, compression),
            extensions.isEmpty() ? new byte[0] : vector(2, all.toByteArray()));
    return join(new byte[] {1}, vector(3, body));
  }

  /// {@return the message in one record}
  byte[] record() {
    return record(message());
  }

  static byte[] record(byte[] fragment) {
    return join(new byte[] {22, 3, 1}, vector(2, fragment));
  }

  static byte[] vector(int lengthOctets, byte[] content) {
    byte[] all = new byte[lengthOctets + content.length];
    for (int i = 0; i < lengthOctets; i++) {
      all[i] = (byte) (content.length >>> (8 * (lengthOctets - 1 - i)));
    }
    System.arraycopy(content, 0, all, lengthOctets, content.length);
    return all;
  }

  static byte[] twos(int... numbers) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int number : numbers) {
      all.writeBytes(two(number));
    }
    return all.toByteArray();
  }

  static byte[] two(int number) {
    return new byte[] {(byte) (number >>> 8), (byte) number};
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
