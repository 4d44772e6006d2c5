// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/// An engine driven by a script: what each call said is written down.
final class EngineEnd {
  static final int ROOM = 40_000;

  private static final int HEADER = 5;
  private static final int MAX_STEPS = 10_000;

  final SSLEngine engine;

  /// What each call said.
  final List<String> story = new ArrayList<>();

  EngineEnd(SSLEngine engine) {
    this.engine = engine;
  }

  /// Has both shake hands, each doing what its status asks for.
  static void shakeHands(EngineEnd client, EngineEnd server) throws SSLException {
    ByteBuffer up = ByteBuffer.allocate(ROOM);
    ByteBuffer down = ByteBuffer.allocate(ROOM);
    client.engine.beginHandshake();
    server.engine.beginHandshake();
    for (int i = 0; i < MAX_STEPS; i++) {
      boolean moved = client.step(down, up);
      moved |= server.step(up, down);
      if (!moved) {
        return;
      }
    }
    throw new AssertionError("no end: " + client.story + server.story);
  }

  /// Does what the status asks for; without a handshake, takes what has come.
  ///
  /// @return whether something happened
  private boolean step(ByteBuffer in, ByteBuffer out) throws SSLException {
    HandshakeStatus status = engine.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_WRAP) {
      tell("wrap", engine.wrap(ByteBuffer.allocate(0), out));
      return true;
    }
    if (in.position() == 0) {
      return false;
    }
    in.flip();
    SSLEngineResult result = engine.unwrap(in, ByteBuffer.allocate(ROOM));
    in.compact();
    runTasks();
    HandshakeStatus after = result.getHandshakeStatus();
    if (after == HandshakeStatus.NEED_TASK) {
      after = engine.getHandshakeStatus(); // who runs how many tasks is each engine's own business
    }
    tell("unwrap", new SSLEngineResult(result.getStatus(), after, 0, 0));
    return result.bytesConsumed() > 0;
  }

  void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /// Writes down the statuses, but not twice the same: records are cut differently.
  private void tell(String call, SSLEngineResult result) {
    String line = call + " " + result.getStatus() + " " + result.getHandshakeStatus();
    if (story.isEmpty() || !story.getLast().equals(line)) {
      story.add(line);
    }
  }

  /// Wraps, and writes down all that is said.
  ///
  /// @return what was produced
  byte[] wrap(byte[] content, int room) {
    ByteBuffer out = ByteBuffer.allocate(room);
    try {
      SSLEngineResult result = engine.wrap(ByteBuffer.wrap(content), out);
      tellAll("wrap", result, content.length);
    } catch (SSLException | RuntimeException e) {
      story.add("wrap " + e.getClass().getSimpleName());
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  byte[] wrap(byte[] content) {
    return wrap(content, ROOM);
  }

  /// Unwraps, and writes down all that is said.
  ///
  /// @return what was produced
  byte[] unwrap(byte[] record, int room) {
    ByteBuffer out = ByteBuffer.allocate(room);
    try {
      SSLEngineResult result = engine.unwrap(ByteBuffer.wrap(record), out);
      tellAll("unwrap", result, record.length);
    } catch (SSLException | RuntimeException e) {
      boolean ssl = e instanceof SSLException;
      story.add("unwrap " + (ssl ? "SSLException" : e.getClass().getSimpleName()));
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  byte[] unwrap(byte[] record) {
    return unwrap(record, ROOM);
  }

  /// How much is in a record, and how long it is then, depends on its padding (RFC 8446 §5.4),
  /// which is each library's choice.
  private void tellAll(String call, SSLEngineResult result, int given) {
    String produced =
        call.equals("unwrap")
            ? " " + result.bytesProduced()
            : result.bytesProduced() > 0 ? " +" : "";
    int taken = result.bytesConsumed();
    boolean part = call.equals("wrap") && taken > 0 && taken < given;
    story.add(
        call
            + " "
            + result.getStatus()
            + " "
            + result.getHandshakeStatus()
            + " "
            + (part ? "a part" : taken)
            + produced);
  }

  void tellState() {
    story.add(
        engine.getHandshakeStatus()
            + (engine.isInboundDone() ? " in done" : "")
            + (engine.isOutboundDone() ? " out done" : ""));
  }

  void closeOutbound() {
    engine.closeOutbound();
    story.add("closeOutbound");
    tellState();
  }

  void closeInbound() {
    try {
      engine.closeInbound();
      story.add("closeInbound");
    } catch (SSLException e) {
      story.add("closeInbound " + e.getMessage());
    }
    tellState();
  }

  /// {@return all records of `content`, with whatever waits before and after it}
  byte[] wrapAll(byte[] content) {
    byte[] all = {};
    while (needsWrap()) {
      all = join(all, wrap(new byte[0]));
    }
    all = join(all, wrap(content));
    while (needsWrap()) {
      all = join(all, wrap(new byte[0]));
    }
    return all;
  }

  private boolean needsWrap() {
    return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
  }

  /// Unwraps records until there are no more.
  void unwrapAll(byte[] records) {
    byte[] left = records;
    while (left.length > 0) {
      int length = HEADER + ((left[3] & 0xff) << 8 | left[4] & 0xff);
      unwrap(Arrays.copyOf(left, length));
      left = Arrays.copyOfRange(left, length, left.length);
    }
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /// Calls that no engine takes.
  void tellMisuse() {
    ByteBuffer some = ByteBuffer.allocate(ROOM);
    misuse(() -> engine.wrap(some, some.asReadOnlyBuffer()));
    misuse(() -> engine.unwrap(some, some.asReadOnlyBuffer()));
    misuse(() -> engine.wrap(new ByteBuffer[] {null}, some));
    misuse(() -> engine.unwrap(some, new ByteBuffer[] {null}));
    misuse(() -> engine.wrap(new ByteBuffer[] {some}, 1, 1, some));
    misuse(() -> engine.setUseClientMode(engine.getUseClientMode()));
    misuse(() -> engine.setEnabledProtocols(new String[] {"TLSv9"}));
    misuse(() -> engine.setEnabledCipherSuites(new String[] {"TLS_NULL"}));
  }

  private interface Call {
    void run() throws SSLException;
  }

  private void misuse(Call call) {
    try {
      call.run();
      story.add("taken");
    } catch (SSLException | RuntimeException e) {
      story.add(e.getClass().getSimpleName());
    }
  }
}
