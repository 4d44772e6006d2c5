// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One end of a TCP or Unix connection in the hands of a test: says and expects exact bytes.
///
/// Text is ISO 8859-1, one byte per character. Every wait ends after [Gate#PATIENCE] (or [#within])
/// with an [AssertionError] that names what was awaited and what had come. All bytes read are
/// recorded, the first [#MAX_RECORDED] of them.
///
/// Used by one thread at a time; only [#close] may come from another, and ends its wait.
public final class Wire implements AutoCloseable {
  /// Most bytes that [#received] remembers, so that a test may stream gigabytes.
  public static final int MAX_RECORDED = 16 << 20;

  /// Most bytes that a [#readUntil] looks through.
  static final int MAX_SEARCHED = 16 << 20;

  private static final int BUFFER_BYTES = 64 << 10;

  /// What a read found.
  enum Found {
    BYTES,
    END,
    RESET
  }

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /// Bytes read from the socket and not yet asked for: between position and limit.
  private ByteBuffer unread = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

  private Duration patience = Gate.PATIENCE;
  private int mayRecord = MAX_RECORDED;
  private @Nullable IOException resetCause;

  Wire(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.selector = Selector.open();
    channel.configureBlocking(false);
    if (isTcp()) {
      // Pieces of one message leave when they are sent.
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    this.key = channel.register(selector, 0);
  }

  private boolean isTcp() throws IOException {
    return !(channel.getLocalAddress() instanceof UnixDomainSocketAddress);
  }

  /// Sets how long each later step waits.
  public Wire within(Duration patience) {
    this.patience = patience;
    return this;
  }

  /// Stops recording: for connections that live long.
  Wire unrecorded() {
    mayRecord = received.size();
    return this;
  }

  /// {@return the own end's address}
  public SocketAddress localAddress() {
    try {
      return channel.getLocalAddress();
    } catch (IOException e) {
      throw new AssertionError("no local address", e);
    }
  }

  /// {@return the other end's address}
  public SocketAddress remoteAddress() {
    try {
      return channel.getRemoteAddress();
    } catch (IOException e) {
      throw new AssertionError("no remote address", e);
    }
  }

  // ---- saying -----------------------------------------------------------------------------

  /// Sends text, one byte per character.
  public Wire send(String latin1) {
    return send(latin1.getBytes(ISO_8859_1));
  }

  /// Sends bytes.
  public Wire send(byte[] bytes) {
    return write(ByteBuffer.wrap(bytes));
  }

  /// Sends text in pieces of `pieceBytes`, each in a system call (and, on TCP, mostly a segment) of
  /// its own. The receiver may still find several at once.
  public Wire sendInPieces(String latin1, int pieceBytes) {
    byte[] bytes = latin1.getBytes(ISO_8859_1);
    for (int from = 0; from < bytes.length; from += pieceBytes) {
      write(ByteBuffer.wrap(bytes, from, Math.min(pieceBytes, bytes.length - from)));
    }
    return this;
  }

  /// Sends the first `count` bytes of [TestContent], however many.
  public Wire sendContent(long count) {
    byte[] part = new byte[TestContent.MAX_PART];
    for (long sent = 0; sent < count; ) {
      int n = (int) Math.min(part.length, count - sent);
      TestContent.fill(part, n, sent);
      write(ByteBuffer.wrap(part, 0, n));
      sent += n;
    }
    return this;
  }

  private Wire write(ByteBuffer bytes) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (true) {
        channel.write(bytes);
        if (!bytes.hasRemaining()) {
          return this;
        }
        awaitReady(SelectionKey.OP_WRITE, deadline, "to send " + bytes.remaining() + " bytes");
      }
    } catch (IOException e) {
      throw failure("cannot send " + bytes.remaining() + " bytes: " + e.getMessage(), e);
    }
  }

  /// Ends our direction (FIN); the other may go on.
  public Wire halfClose() {
    try {
      channel.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw failure("cannot half-close", e);
    }
  }

  /// Breaks the connection: RST instead of FIN. TCP only.
  public void reset() {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      throw failure("cannot reset", e);
    }
    close();
  }

  /// Closes the connection; on TCP that is a FIN if all that came was read, else a RST.
  @Override
  public void close() {
    try {
      // The selector first: a registered channel is not really closed before it is deregistered.
      selector.close();
      channel.close();
    } catch (IOException e) {
      throw new AssertionError("cannot close", e);
    }
  }

  // ---- expecting --------------------------------------------------------------------------

  /// Reads exactly the text, one byte per character.
  public Wire expect(String latin1) {
    return expect(latin1.getBytes(ISO_8859_1));
  }

  /// Reads exactly these bytes; fails as soon as one differs.
  public Wire expect(byte[] expected) {
    byte[] came = new byte[expected.length];
    int count = 0;
    while (count < expected.length) {
      if (!unread.hasRemaining()) {
        need("'" + Escaped.of(expected, count, expected.length) + "'");
      }
      int n = Math.min(unread.remaining(), expected.length - count);
      unread.get(came, count, n);
      boolean differs = !Arrays.equals(expected, count, count + n, came, count, count + n);
      count += n;
      if (differs) {
        throw new AssertionError(Escaped.difference(expected, withPending(came, count)));
      }
    }
    return this;
  }

  /// {@return text up to and including `delimiter`}
  public String readUntil(String delimiter) {
    StringBuilder text = new StringBuilder();
    while (text.length() < MAX_SEARCHED) {
      if (!unread.hasRemaining()) {
        need("'" + Escaped.of(delimiter) + "' after '" + Escaped.of(text.toString()) + "'");
      }
      text.append((char) (unread.get() & 0xff));
      if (endsWith(text, delimiter)) {
        return text.toString();
      }
    }
    throw failure("no '" + Escaped.of(delimiter) + "' in " + MAX_SEARCHED + " bytes", null);
  }

  private static boolean endsWith(StringBuilder text, String end) {
    int from = text.length() - end.length();
    for (int i = end.length() - 1; i >= 0; i--) {
      if (from < 0 || text.charAt(from + i) != end.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Reads a message head, with its empty line, that matches a regular expression as a whole.
  public Matcher expectHead(String regex) {
    String head = readHead();
    Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(head);
    if (!matcher.matches()) {
      throw new AssertionError("'" + Escaped.of(head) + "' does not match '" + regex + "'");
    }
    return matcher;
  }

  /// {@return a message head with its empty line, as text}
  public String readHead() {
    return readUntil("\r\n\r\n");
  }

  /// {@return the next line, without CRLF}
  public String readLine() {
    String line = readUntil("\r\n");
    return line.substring(0, line.length() - 2);
  }

  /// {@return the response to a request of the method GET, POST, …, its 1xx responses included}
  ///
  /// A response to HEAD or CONNECT needs [#readResponse(String)].
  public RawResponse readResponse() {
    return readResponse("GET");
  }

  /// {@return the response to a request of the given method}
  public RawResponse readResponse(String method) {
    return RawResponse.read(this, method);
  }

  /// {@return a whole request}
  public RawRequest readRequest() {
    return RawRequest.read(this);
  }

  /// {@return exactly `count` bytes}
  public byte[] read(int count) {
    byte[] bytes = new byte[count];
    for (int from = 0; from < count; ) {
      from += readSome(bytes, from, count - from);
    }
    return bytes;
  }

  /// Reads and forgets `count` bytes.
  public Wire skip(long count) {
    byte[] scratch = new byte[BUFFER_BYTES];
    for (long left = count; left > 0; ) {
      left -= readSome(scratch, 0, (int) Math.min(left, scratch.length));
    }
    return this;
  }

  /// Reads the first `count` bytes of [TestContent], however many.
  public Wire expectContent(long count) {
    byte[] part = new byte[TestContent.MAX_PART];
    for (long position = 0; position < count; ) {
      int n = readSome(part, 0, (int) Math.min(part.length, count - position));
      TestContent.check(part, n, position);
      position += n;
    }
    return this;
  }

  /// Reads 1 to `most` bytes.
  int readSome(byte[] into, int from, int most) {
    if (!unread.hasRemaining()) {
      need(most + " bytes");
    }
    int n = Math.min(unread.remaining(), most);
    unread.get(into, from, n);
    return n;
  }

  /// {@return all bytes up to the orderly end of the other side}
  public byte[] readToEnd() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    do {
      all.write(unread.array(), unread.position(), unread.remaining());
      unread.position(unread.limit());
    } while (poll("the end") == Found.BYTES);
    if (resetCause != null) {
      throw failure(
          "reset instead of an orderly end after '" + Escaped.of(all.toByteArray()) + "'",
          resetCause);
    }
    return all.toByteArray();
  }

  /// Waits until the other side has ended its direction orderly and has sent nothing more.
  public Wire expectClosed() {
    if (expectNoMoreBytes("an orderly end") == Found.RESET) {
      throw failure("reset instead of an orderly end", resetCause);
    }
    return this;
  }

  /// Waits until the other side has reset the connection; bytes before that are skipped, since a
  /// RST may overtake them.
  public Wire expectReset() {
    Found found = Found.BYTES;
    while (found == Found.BYTES) {
      unread.position(unread.limit());
      found = poll("a reset");
    }
    if (found == Found.END) {
      throw failure("orderly end instead of a reset", null);
    }
    return this;
  }

  /// Waits until the other side is gone, orderly or not, and has sent nothing more.
  public Wire expectGone() {
    expectNoMoreBytes("the end or a reset");
    return this;
  }

  /// Reads and forgets whatever comes until the other side is gone, orderly or not.
  public Wire skipToGone() {
    do {
      unread.position(unread.limit());
    } while (poll("the end or a reset") == Found.BYTES);
    return this;
  }

  private Found expectNoMoreBytes(String awaited) {
    Found found = unread.hasRemaining() ? Found.BYTES : poll(awaited);
    if (found == Found.BYTES) {
      throw failure("expected " + awaited + ", got '" + Escaped.of(pending()) + "'", null);
    }
    return found;
  }

  /// Fails if there is anything to read by now. Proves nothing about a moment later: order it after
  /// an event that happens after what must not be sent.
  public Wire expectNothingYet() {
    try {
      if (unread.hasRemaining() || fill() != null) {
        throw failure("expected nothing, got '" + Escaped.of(pending()) + "' or an end", null);
      }
      return this;
    } catch (IOException e) {
      throw failure("expected nothing, got a reset", e);
    }
  }

  /// {@return everything read from the socket so far, as text}
  public String received() {
    return received.toString(ISO_8859_1);
  }

  private byte[] pending() {
    return Arrays.copyOfRange(unread.array(), unread.position(), unread.limit());
  }

  private byte[] withPending(byte[] read, int count) {
    byte[] all = Arrays.copyOf(read, count + unread.remaining());
    unread.get(unread.position(), all, count, unread.remaining());
    return all;
  }

  /// Whether what comes next begins with `prefix`; consumes nothing.
  boolean startsWith(String prefix) {
    byte[] bytes = prefix.getBytes(ISO_8859_1);
    while (true) {
      int n = Math.min(unread.remaining(), bytes.length);
      if (!Arrays.equals(pending(), 0, n, bytes, 0, n)) {
        return false;
      }
      if (n == bytes.length) {
        return true;
      }
      need("'" + Escaped.of(prefix) + "'");
    }
  }

  // ---- reading ----------------------------------------------------------------------------

  /// Whether another byte comes before the end of the other side.
  boolean hasMore(String awaited) {
    return unread.hasRemaining() || poll(awaited) == Found.BYTES;
  }

  private void need(String awaited) {
    Found found = poll(awaited);
    if (found != Found.BYTES) {
      String what = found == Found.END ? "connection closed" : "connection reset";
      throw failure(what + " while waiting for " + awaited, resetCause);
    }
  }

  /// Waits for bytes, the end or a reset.
  private Found poll(String awaited) {
    if (resetCause != null) {
      return Found.RESET;
    }
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      Found found = fill();
      while (found == null) {
        awaitReady(SelectionKey.OP_READ, deadline, "for " + awaited);
        found = fill();
      }
      return found;
    } catch (ClosedChannelException e) {
      throw failure("closed by the test while waiting for " + awaited, e);
    } catch (IOException e) {
      resetCause = e;
      return Found.RESET;
    }
  }

  /// Reads what is there, behind what is unread; null if nothing is.
  private @Nullable Found fill() throws IOException {
    if (!unread.hasRemaining()) {
      unread.position(0).limit(0);
    } else if (unread.limit() == unread.capacity()) {
      int room =
          unread.remaining() > unread.capacity() / 2 ? 2 * unread.capacity() : unread.capacity();
      unread = ByteBuffer.allocate(room).put(unread).flip();
    }
    int from = unread.limit();
    int position = unread.position();
    unread.limit(unread.capacity()).position(from);
    int count;
    try {
      count = channel.read(unread);
    } finally {
      unread.limit(unread.position()).position(position);
    }
    if (count > 0) {
      received.write(unread.array(), from, Math.min(count, mayRecord - received.size()));
    }
    return count > 0 ? Found.BYTES : count < 0 ? Found.END : null;
  }

  private void awaitReady(int operation, long deadline, String what) throws IOException {
    try {
      key.interestOps(operation);
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw failure("waited " + patience + " " + what, null);
      }
      selector.select(Math.ceilDiv(left, 1_000_000));
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw failure("closed by the test while waiting " + what, e);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw failure("interrupted while waiting " + what, null);
    }
  }

  private AssertionError failure(String what, @Nullable Throwable cause) {
    return new AssertionError(
        what + "\n  received so far: '" + Escaped.of(received.toByteArray()) + "'", cause);
  }
}
