// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.security.SecureRandom;
import java.util.List;

/// The keys that session tickets are sealed with (RFC 5077, RFC 8446 §4.6.1). Shared by all
/// contexts of a listener, and by all processes that serve the same names.
///
/// Thread-safe: [#rotate] and [#replace] change what later handshakes use; contexts ask at each.
/// Secret: never printed.
public final class TicketKeys {
  /// Octets of one key: 16 of name, 32 for the cipher, 32 for the MAC.
  public static final int KEY_BYTES = 80;

  /// Keys kept to open older tickets, the current one included.
  public static final int MAX_KEYS = 4;

  private volatile List<Key> keys;
  private volatile int version;

  private TicketKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  /// One key.
  ///
  /// @param octets [#KEY_BYTES] of them: name, cipher key, MAC key
  public record Key(byte[] octets) {
    public Key {
      if (octets.length != KEY_BYTES) {
        throw new IllegalArgumentException(
            "ticket key: " + octets.length + " octets (expected: " + KEY_BYTES + ")");
      }
      octets = octets.clone();
    }

    @Override
    public byte[] octets() {
      return octets.clone();
    }

    @Override
    public String toString() {
      return "ticket key";
    }
  }

  /// {@return keys of this process: one, random}
  public static TicketKeys random() {
    return new TicketKeys(List.of(fresh()));
  }

  /// {@return these keys: the first seals, all open}
  public static TicketKeys of(List<Key> keys) {
    return new TicketKeys(checked(keys));
  }

  private static List<Key> checked(List<Key> keys) {
    if (keys.isEmpty() || keys.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "ticket keys: " + keys.size() + " (expected: 1 to " + MAX_KEYS + ")");
    }
    return keys;
  }

  private static Key fresh() {
    byte[] octets = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(octets);
    return new Key(octets);
  }

  /// {@return the keys: the first seals, all open}
  public List<Key> keys() {
    return keys;
  }

  /// {@return a number that changes with the keys}
  public int version() {
    return version;
  }

  /// Puts a new random key first; the oldest may go.
  public synchronized void rotate() {
    List<Key> old = keys;
    var next = new java.util.ArrayList<Key>();
    next.add(fresh());
    next.addAll(old.subList(0, Math.min(old.size(), MAX_KEYS - 1)));
    replace(next);
  }

  /// Takes these keys instead, unless they are the same.
  public synchronized void replaceIfOther(List<Key> own) {
    boolean same = own.size() == keys.size();
    for (int i = 0; same && i < own.size(); i++) {
      same = java.security.MessageDigest.isEqual(own.get(i).octets, keys.get(i).octets);
    }
    if (!same) {
      replace(own);
    }
  }

  /// Takes these keys instead.
  public synchronized void replace(List<Key> own) {
    keys = List.copyOf(checked(own));
    version++;
  }
}
