// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A wire whose octets pass through a [RecordLayer]. Event-loop thread only.
///
/// It holds buffers of the loop only while something is half done: input that the layer does not
/// take yet, output that the socket does not take yet. Output of several small sends leaves in one
/// system call, by [#flush].
final class SecureWire implements Wire {
  /// Most system calls of one [#receive]: a peer that sends records without content cannot keep the
  /// loop for itself.
  private static final int RECEIVES_PER_CALL = 4;

  /// Room for one record more (RFC 8446 §5.2: 2^14 + 256, and its header).
  private static final int RECORD_BYTES = 16 * 1024 + 256 + 5;

  private final Wire wire;
  private final RecordLayer layer;
  private final BufferPool buffers;

  /// Ciphertext from position to limit that the layer did not take.
  private @Nullable Buffer input;

  /// Ciphertext from position to limit that the socket did not take; what is added goes behind it.
  private @Nullable Buffer output;

  /// Plaintext from position to limit that came while the connection was at rest.
  private @Nullable Buffer early;

  /// The socket may have something: an edge has come, and no short read since.
  private boolean readable = true;

  /// The peer's end was announced: a short read does not mean that nothing follows.
  private boolean hungUp;

  private boolean outputEnded;
  private boolean freed;

  /// How the input ended: the application learns it after what came before.
  private boolean ended;

  private @Nullable IOException failure;

  /// @param unread ciphertext that was read before, null for none; ours from here on
  SecureWire(Wire wire, RecordLayer layer, BufferPool buffers, @Nullable Buffer unread) {
    this.wire = wire;
    this.layer = layer;
    this.buffers = buffers;
    this.input = unread;
  }

  // --- input ---

  @Override
  public void noteReadable(boolean peerEnded) {
    readable = true;
    hungUp = peerEnded;
  }

  /// Looks whether a connection at rest has anything for its application, who need not know of
  /// session tickets and new keys.
  @Override
  public boolean hasContent() {
    if (early != null || failure != null || ended) {
      return true;
    }
    Buffer buffer = buffers.takeAlways();
    int n = fill(buffer);
    if (n > 0) {
      buffer.bytes.position(0).limit(n);
      early = buffer;
      return true;
    }
    buffers.release(buffer);
    return failure != null || ended;
  }

  @Override
  public int receive(Buffer into) throws IOException {
    int n = takeEarly(into);
    if (n == 0) {
      n = fill(into);
    }
    if (n > 0) {
      return n;
    }
    IOException why = failure;
    if (why != null) {
      throw why;
    }
    return ended ? END : NOTHING;
  }

  /// Nobody looks at it, so nobody need decrypt it.
  @Override
  public int discard(Buffer scratch) throws IOException {
    return wire.receive(scratch);
  }

  private int takeEarly(Buffer into) {
    Buffer buffer = early;
    if (buffer == null) {
      return 0;
    }
    early = null;
    int n = buffer.bytes.remaining();
    into.bytes.put(0, buffer.bytes, buffer.bytes.position(), n);
    buffers.release(buffer);
    return n;
  }

  /// More may be there without another edge of the socket: in the layer, or the end of it all.
  @Override
  public boolean mayHaveMore(int n, Buffer into) {
    return readable || ended || failure != null || input != null || n == into.capacity();
  }

  /// Decrypts as much as there is and fits.
  private int fill(Buffer into) {
    if (ended || failure != null) {
      return 0;
    }
    int n = 0;
    try {
      n = decrypt(into, n);
      for (int left = RECEIVES_PER_CALL; left > 0 && n == 0 && !ended && feedMore(); left--) {
        n = decrypt(into, n);
      }
    } catch (IOException e) {
      failure = e;
      readable = false;
    }
    if (n == 0 || failure != null) {
      sendOwn();
    }
    return n;
  }

  /// Gives what the layer has; fails only if nothing came before the failure.
  private int decrypt(Buffer into, int from) throws IOException {
    int total = from;
    try {
      while (total < into.capacity() && !ended) {
        int n = layer.read(into.segment, total, into.capacity() - total);
        if (n > 0) {
          total += n;
        } else if (n < 0) {
          ended = true;
        } else if (input == null || !feed(input)) {
          break;
        }
      }
    } catch (IOException e) {
      failure = e;
      readable = false;
    }
    return total;
  }

  /// Reads from the socket once.
  ///
  /// @return whether the layer has got something new
  private boolean feedMore() throws IOException {
    if (failure != null || !readable) {
      return false;
    }
    Buffer buffer = buffers.takeAlways();
    int n;
    try {
      n = wire.receive(buffer);
    } catch (IOException e) {
      buffers.release(buffer);
      throw e;
    }
    if (n <= 0) {
      buffers.release(buffer);
      readable = false;
      if (n == END) {
        layer.endOfInput();
      }
      return n == END;
    }
    readable = hungUp || wire.mayHaveMore(n, buffer);
    buffer.bytes.position(0).limit(n);
    input = buffer;
    return feed(buffer);
  }

  /// {@return whether the layer has taken some}
  private boolean feed(Buffer buffer) throws IOException {
    ByteBuffer bytes = buffer.bytes;
    int n = layer.feed(buffer.segment, bytes.position(), bytes.remaining());
    bytes.position(bytes.position() + n);
    if (!bytes.hasRemaining()) {
      input = null;
      buffers.release(buffer);
    }
    return n > 0;
  }

  // --- output ---

  @Override
  public int send(Buffer from) throws IOException {
    if (!flushIfFull()) {
      return 0;
    }
    ByteBuffer bytes = from.bytes;
    int before = bytes.position();
    while (bytes.hasRemaining()) {
      int n = layer.write(from.segment, bytes.position(), Math.min(bytes.remaining(), 16 * 1024));
      bytes.position(bytes.position() + n);
      if (!collect() && n == 0) {
        throw new IOException("the record layer takes no more");
      }
      if (!flushIfFull()) {
        break;
      }
    }
    return bytes.position() - before;
  }

  /// Makes room for one more record.
  private boolean flushIfFull() throws IOException {
    Buffer buffer = output;
    return buffer == null || buffer.capacity() - buffer.bytes.limit() >= RECORD_BYTES || flush();
  }

  /// Takes what the layer has to send, as much as fits.
  ///
  /// @return whether there was something
  private boolean collect() {
    Buffer buffer = output;
    if (buffer == null) {
      buffer = buffers.takeAlways();
      buffer.bytes.position(0).limit(0);
      output = buffer;
    }
    int begin = buffer.bytes.limit();
    int end = begin;
    while (end < buffer.capacity()) {
      int n = layer.drain(buffer.segment, end, buffer.capacity() - end);
      if (n == 0) {
        break;
      }
      end += n;
    }
    buffer.bytes.limit(end);
    return end > begin;
  }

  @Override
  public boolean flush() throws IOException {
    for (Buffer buffer = output; buffer != null; buffer = output) {
      while (buffer.bytes.hasRemaining()) {
        if (wire.send(buffer) == 0) {
          return false;
        }
      }
      output = null;
      boolean full = buffer.bytes.limit() == buffer.capacity();
      buffers.release(buffer);
      if (full) {
        collect(); // more than one buffer holds
      }
    }
    return true;
  }

  @Override
  public boolean holdsOutput() {
    return output != null;
  }

  /// Sends what the layer says by itself: answers to new keys, alerts, what ends a handshake. Not
  /// when the application has got something: its answer will take this along in one system call, or
  /// its next look, which finds nothing.
  private void sendOwn() {
    try {
      if (flushIfFull()) {
        collect();
      }
      if (!flush()) {
        wire.awaitWritable();
      }
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      }
    }
  }

  @Override
  public void awaitWritable() {
    wire.awaitWritable();
  }

  // --- the end ---

  @Override
  public void endOutput() {
    if (!outputEnded && failure == null) {
      outputEnded = true;
      layer.endOfOutput();
      collect();
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    wire.shutdownOutput();
  }

  /// Whoever closes without having said so still says it, if the socket takes it at once.
  @Override
  public void close() {
    if (freed) {
      return;
    }
    try {
      if (wire.isOpen() && flush()) {
        endOutput();
        flush();
      }
    } catch (IOException e) {
      // It is over anyway.
    }
    free();
    wire.close();
  }

  @Override
  public void reset() {
    free();
    wire.reset();
  }

  private void free() {
    if (freed) {
      return;
    }
    freed = true;
    layer.close();
    release(input);
    release(output);
    release(early);
    input = null;
    output = null;
    early = null;
  }

  private void release(@Nullable Buffer buffer) {
    if (buffer != null) {
      buffers.release(buffer);
    }
  }

  @Override
  public boolean isOpen() {
    return wire.isOpen();
  }

  @Override
  public @Nullable SocketFacts facts() {
    return wire.facts();
  }
}
