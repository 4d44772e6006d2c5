// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A native session and its only owner.
final class RustlsSession implements TlsSession {
  /// Results of native calls, see `session.rs`.
  static final int END = -1;

  static final int FAILED = -2;
  static final int CANNOT = -3;

  /// Octets of a digest with a chain of usual length.
  private static final int DIGEST = 8192;

  /// Octets of key log lines: a handshake tells about 1 KiB.
  private static final int KEY_LINES = 4096;

  /// 0 once freed.
  private long address;

  /// Whom a client talks to; empty for servers.
  private final String name;

  private final @Nullable KeyLog keyLog;

  /// The key that [#handshake] signs with, if it is kept elsewhere: known for as long as this is.
  private final @Nullable RemoteKey remote;

  RustlsSession(long address, String name, @Nullable KeyLog keyLog, @Nullable RemoteKey remote) {
    this.address = address;
    this.name = name;
    this.keyLog = keyLog;
    this.remote = remote;
  }

  private long live() {
    long current = address;
    if (current == 0) {
      throw new IllegalStateException("the TLS session is closed");
    }
    return current;
  }

  /// {@return where the octets are; they are checked to be there}
  private static long checked(MemorySegment segment, long offset, int length) {
    Objects.checkFromIndexSize(offset, length, segment.byteSize());
    if (!segment.isNative()) {
      throw new IllegalArgumentException("segment: on the heap (expected: native)");
    }
    return segment.address() + offset;
  }

  @Override
  public boolean handshake() throws TlsException {
    long result;
    try {
      result = Native.handshake(live());
    } finally {
      Reference.reachabilityFence(remote);
    }
    if (remote != null) {
      logKeys(); // what was fed is looked at only now
    }
    if (result == FAILED) {
      throw Failures.of(address);
    }
    return result == 1;
  }

  @Override
  public int feed(MemorySegment from, long offset, int length) {
    long taken;
    try {
      taken = Native.feed(live(), checked(from, offset, length), length);
    } finally {
      Reference.reachabilityFence(from);
    }
    logKeys();
    return (int) taken;
  }

  @Override
  public void endOfInput() {
    Native.endOfInput(live());
  }

  @Override
  public int drain(MemorySegment into, long offset, int capacity) {
    long given;
    try {
      given = Native.drain(live(), checked(into, offset, capacity), capacity);
    } finally {
      Reference.reachabilityFence(into);
    }
    return (int) given;
  }

  @Override
  public int read(MemorySegment into, long offset, int capacity) throws TlsException {
    long given;
    try {
      given = Native.read(live(), checked(into, offset, capacity), capacity);
    } finally {
      Reference.reachabilityFence(into);
    }
    if (given == FAILED) {
      throw Failures.of(address);
    }
    return (int) given; // END is the interface's -1
  }

  @Override
  public int write(MemorySegment from, long offset, int length) throws TlsException {
    long taken;
    try {
      taken = Native.write(live(), checked(from, offset, length), length);
    } finally {
      Reference.reachabilityFence(from);
    }
    if (taken == FAILED) {
      throw Failures.of(address);
    }
    if (taken == CANNOT) {
      throw TlsException.of(TlsException.Reason.INTERNAL, "written after close_notify");
    }
    return (int) taken;
  }

  @Override
  public void closeNotify() {
    Native.closeNotify(live());
  }

  /// rustls asks the peer in any case.
  @Override
  public void keyUpdate(boolean both) throws TlsException {
    long result = Native.keyUpdate(live());
    logKeys();
    if (result == FAILED) {
      throw Failures.of(address);
    }
    if (result == CANNOT) {
      throw new UnsupportedOperationException("TLS 1.2 has no key update");
    }
  }

  @Override
  public byte[] export(String label, byte[] context, int length) throws TlsException {
    byte[] text = label.getBytes(StandardCharsets.US_ASCII);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment material = arena.allocate(Math.max(1, length));
      long result =
          Native.export(
              live(),
              arena.allocateFrom(ValueLayout.JAVA_BYTE, text).address(),
              text.length,
              arena.allocateFrom(ValueLayout.JAVA_BYTE, context).address(),
              context.length,
              material.address(),
              length);
      if (result != 0) {
        throw TlsException.of(
            TlsException.Reason.INTERNAL,
            "rustls exports no " + length + " octets of " + label + " now");
      }
      byte[] exported = material.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      material.fill((byte) 0);
      return exported;
    }
  }

  @Override
  public TlsDigest digest() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(DIGEST);
      long length = Native.digest(live(), room.address(), room.byteSize());
      if (length > room.byteSize()) {
        room = arena.allocate(length);
        length = Native.digest(live(), room.address(), room.byteSize());
      }
      return Digests.read(room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), name);
    }
  }

  /// Passes on what the native half has collected since the last call.
  private void logKeys() {
    KeyLog log = keyLog;
    if (log == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(KEY_LINES);
      long length = Native.keyLines(live(), room.address(), KEY_LINES);
      byte[] lines = room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      new String(lines, StandardCharsets.US_ASCII).lines().forEach(log::log);
    }
  }

  @Override
  public void close() {
    long last = address;
    address = 0; // first: whatever happens, nobody uses it again
    if (last != 0) {
      Native.sessionFree(last);
    }
  }
}
