// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The ring as simply as it can be said: all points in a list, sorted, the first of equal ones
/// kept, searched from the start. What [Continuum] does quickly is compared with this.
final class SimpleRing {
  private final List<Point> points = new ArrayList<>();

  /// A point and its bucket's index.
  record Point(long hash, int bucket) {}

  SimpleRing(List<Bucket> buckets, int multiple, boolean anyOrder) {
    List<Point> all = new ArrayList<>();
    for (int bucket = 0; bucket < buckets.size(); bucket++) {
      addPoints(all, bucket, buckets.get(bucket), multiple);
    }
    Comparator<Point> order = Comparator.comparingLong(Point::hash);
    if (anyOrder) {
      order = order.thenComparing(point -> buckets.get(point.bucket()).address());
    }
    all.sort(order);
    for (Point point : all) {
      if (points.isEmpty() || points.getLast().hash() != point.hash()) {
        points.add(point);
      }
    }
  }

  private static void addPoints(List<Point> all, int index, Bucket bucket, int multiple) {
    int previous = 0;
    for (int i = 0; i < bucket.weight() * multiple; i++) {
      previous = hash(bucket.address(), previous);
      all.add(new Point(Integer.toUnsignedLong(previous), index));
    }
  }

  private static int hash(String address, int previous) {
    String host = address;
    String port = "";
    if (address.startsWith("unix:")) {
      host = address.substring(5);
    } else if (address.matches("(?s).*:[0-9]*")) {
      host = address.substring(0, address.lastIndexOf(':'));
      port = address.substring(address.lastIndexOf(':') + 1);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(host.getBytes(StandardCharsets.UTF_8));
    bytes.write(0);
    bytes.writeBytes(port.getBytes(StandardCharsets.UTF_8));
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.write(previous >>> shift);
    }
    return Crc32Test.jdk(bytes.toByteArray());
  }

  List<Point> points() {
    return points;
  }

  int find(String key) {
    long hash = Integer.toUnsignedLong(Crc32Test.jdk(key.getBytes(StandardCharsets.UTF_8)));
    for (int i = 0; i < points.size(); i++) {
      if (points.get(i).hash() >= hash) {
        return i;
      }
    }
    return points.isEmpty() ? -1 : 0;
  }
}
