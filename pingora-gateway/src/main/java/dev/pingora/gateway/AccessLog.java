// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The access log: entries from any thread, lines by one platform thread of its own.
///
/// [#log] never waits: what finds no room is counted and dropped, and the drop is told in the
/// server's log. The writer sleeps while there is nothing to write, so an idle gateway uses no CPU;
/// the first entry after a pause wakes it, and it then gathers entries for [#GATHER_NANOS] before
/// it writes, so a busy gateway pays few wake-ups and few writes.
///
/// *Cost* for the loop, per request: the [AccessLogEntry] and its texts (some 100 bytes and what
/// the request's fields hold), four atomic operations, and at most one `unpark` per [#GATHER_NANOS]
/// for all loops together. Formatting (some microseconds) and writing happen on the writer's
/// thread, which competes for the cores: on one core the whole log costs about what its bytes cost
/// to format.
///
/// *Bounds*: [#CAPACITY] entries, [#MAX_BYTES] bytes of them; a line is cut by [LogText].
final class AccessLog implements AutoCloseable {
  /// Entries that may wait.
  static final int CAPACITY = 16_384;

  /// Bytes of entries that may wait.
  static final long MAX_BYTES = 16 << 20;

  /// How long entries are gathered before they are written.
  static final long GATHER_NANOS = 50_000_000;

  private static final int BUFFER_BYTES = 64 << 10;
  private static final long REPORT_NANOS = 10_000_000_000L;
  private static final long CLOSE_MILLIS = 5_000;
  private static final System.Logger LOGGER = System.getLogger(AccessLog.class.getName());

  private final AccessLogFormat format;
  private final @Nullable Path path;
  private final EntryQueue queue = new EntryQueue(CAPACITY, MAX_BYTES);
  private final long threshold;
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicBoolean sleeping = new AtomicBoolean();
  private final AtomicBoolean reopen = new AtomicBoolean();
  private final Thread writer;
  private volatile boolean closed;

  // Confined to the writer after the constructor.
  private final StringBuilder line = new StringBuilder(512);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private FileChannel channel;
  private int buffered;
  private String failure = "";
  private long reported;
  private long lastReport;

  private AccessLog(AccessLogConf conf) throws IOException {
    this.format = conf.format();
    this.path = conf.path();
    // Of 2^53 equally likely numbers, those below are logged; 1.0 is all of them.
    this.threshold = (long) (conf.sample() * (1L << 53));
    this.channel = openChannel(path);
    this.lastReport = System.nanoTime() - REPORT_NANOS;
    this.writer = Thread.ofPlatform().name("access-log").daemon().unstarted(this::write);
  }

  /// Opens the file and starts the writer.
  ///
  /// @throws IOException when the file cannot be opened for appending
  static AccessLog open(AccessLogConf conf) throws IOException {
    var log = new AccessLog(conf);
    log.writer.start();
    return log;
  }

  private static FileChannel openChannel(@Nullable Path path) throws IOException {
    if (path == null) {
      return new FileOutputStream(FileDescriptor.out).getChannel();
    }
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// {@return whether the next request is of the sample; asked first, an entry need not be made for
  /// those that are not}
  ///
  /// A fixed sequence spread by a mixing function: as many as asked for, without a pattern, and
  /// alike in every run.
  boolean takes() {
    if (threshold == 1L << 53) {
      return true;
    }
    long z = sequence.getAndAdd(0x9e3779b97f4a7c15L);
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L; // SplitMix64's finaliser
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return ((z ^ (z >>> 31)) >>> 11) < threshold;
  }

  /// Logs a request, or counts it as dropped when there is no room or the log is closed. Never
  /// waits; any thread.
  void log(AccessLogEntry entry) {
    if (closed || !queue.offer(entry)) {
      dropped.incrementAndGet();
      return;
    }
    // The flag is set before the writer looks at the queue a last time, so one of both sees the
    // other. Read first: the usual case is a writer that is awake.
    if (sleeping.get() && sleeping.compareAndSet(true, false)) {
      LockSupport.unpark(writer);
    }
  }

  /// Opens the file anew before the next line: what log rotation asks for after it has renamed the
  /// file. When that fails, the old file is kept and the failure told.
  void reopen() {
    reopen.set(true);
    wake();
  }

  /// {@return entries that were not written: no room, closed, or a write that failed}
  long dropped() {
    return dropped.get();
  }

  /// {@return lines written}
  long written() {
    return written.get();
  }

  /// Writes what waits, then closes the file. Waits for the writer at most five seconds.
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the writer ends by itself
      return;
    }
    // Offered between the writer's last look and now.
    while (!writer.isAlive() && queue.poll() != null) {
      dropped.incrementAndGet();
    }
  }

  private void wake() {
    sleeping.set(false);
    LockSupport.unpark(writer);
  }

  /// The writer's life. Its order of reads matters: `closed` before the queue, so that what was
  /// offered before the close is written.
  private void write() {
    boolean last;
    do {
      last = closed;
      if (reopen.getAndSet(false)) {
        reopenFile();
      }
      int count = drain();
      report(last);
      if (!last) {
        pause(count);
      }
    } while (!last);
    closeFile();
  }

  private void pause(int count) {
    if (count > CAPACITY / 4) {
      return; // too busy to gather
    }
    if (count > 0) {
      LockSupport.parkNanos(GATHER_NANOS);
      return;
    }
    sleeping.set(true);
    if (queue.isEmpty() && !closed && !reopen.get()) {
      LockSupport.park();
    }
    // Woken by an entry: others of the same moment are on their way.
    if (!sleeping.getAndSet(false) && !closed) {
      LockSupport.parkNanos(GATHER_NANOS);
    }
  }

  private int drain() {
    int count = 0;
    for (AccessLogEntry entry = queue.poll(); entry != null; entry = queue.poll()) {
      line.setLength(0);
      format.append(entry, line);
      line.append('\n');
      put(line.toString().getBytes(StandardCharsets.ISO_8859_1));
      count++;
    }
    flush();
    return count;
  }

  private void put(byte[] bytes) {
    int done = 0;
    while (done < bytes.length) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int part = Math.min(buffer.remaining(), bytes.length - done);
      buffer.put(bytes, done, part);
      done += part;
    }
    buffered++;
  }

  private void flush() {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      written.addAndGet(buffered);
    } catch (IOException e) {
      dropped.addAndGet(buffered);
      failure = ", last because of: " + e.getMessage();
    }
    buffered = 0;
    buffer.clear();
  }

  private void reopenFile() {
    if (path == null) {
      return;
    }
    try {
      FileChannel fresh = openChannel(path);
      closeFile();
      channel = fresh;
    } catch (IOException e) {
      tell("cannot reopen the access log, keeping the old file: " + e.getMessage());
    }
  }

  private void closeFile() {
    if (path == null) {
      return; // stdout is not ours
    }
    try {
      channel.close();
    } catch (IOException e) {
      tell("cannot close the access log: " + e.getMessage());
    }
  }

  /// Tells of drops, at most once in ten seconds and at the end.
  private void report(boolean last) {
    long now = dropped.get();
    if (now > reported && (last || System.nanoTime() - lastReport >= REPORT_NANOS)) {
      lastReport = System.nanoTime();
      tell("access log: %d entries lost, %d in all%s".formatted(now - reported, now, failure));
      reported = now;
    }
  }

  private static void tell(String message) {
    LOGGER.log(System.Logger.Level.WARNING, message);
  }
}
