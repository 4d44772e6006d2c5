// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.ketama;

import static java.util.Objects.requireNonNull;

/// A server on the ring and its share.
///
/// @param address the text that decides the bucket's places, letter by letter as nginx would be
///   told it: `10.0.0.1:80`, `[2001:db8::1]:80`, `10.0.0.1`, `unix:/run/app.sock`
/// @param weight the bucket's share of the keys; 0 takes it off the ring while it stays in the list
public record Bucket(String address, int weight) {

  /// Refuses an empty address and a negative weight.
  public Bucket {
    requireNonNull(address, "address");
    if (address.isEmpty()) {
      throw new IllegalArgumentException("address: empty (expected: host:port or unix:path)");
    }
    if (weight < 0) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: 0 or more)");
    }
  }

  /// {@return a bucket of weight 1}
  public static Bucket of(String address) {
    return new Bucket(address, 1);
  }
}
