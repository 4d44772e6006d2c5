// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.error.ProxyException;
import dev.pingora.http1.ContentReader;
import dev.pingora.http1.ContentWriter;
import dev.pingora.http1.Http1Limits;
import dev.pingora.http1.MessageFraming;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// 64 KiB of chunked content: the cost is per chunk, since content is stepped over in place.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class Http1Content {
  private static final int CONTENT_BYTES = 64 * 1024;

  /// 16 bytes is what a hostile peer sends, 8 KiB what servers send.
  @Param({"16", "1024", "8192"})
  public int chunkBytes;

  private ByteBuffer in = ByteBuffer.allocateDirect(0);
  private final ByteBuffer out = ByteBuffer.allocateDirect(2 * CONTENT_BYTES);

  @Setup
  public void prepare() {
    in = Samples.chunked(CONTENT_BYTES, chunkBytes);
  }

  @Benchmark
  public long readChunks() throws ProxyException {
    ContentReader content =
        ContentReader.ofResponse(MessageFraming.Chunked.INSTANCE, Http1Limits.RESPONSE);
    in.rewind();
    while (!content.ended()) {
      content.read(in);
    }
    return content.contentBytes();
  }

  /// Only the framing: the content itself goes to the socket from where it came.
  @Benchmark
  public long writeChunks() throws ProxyException {
    ContentWriter content = ContentWriter.of(MessageFraming.Chunked.INSTANCE);
    out.clear();
    for (int sent = 0; sent < CONTENT_BYTES; sent += chunkBytes) {
      content.writePrefix(chunkBytes, out);
      content.writeSuffix(out);
    }
    content.writeEnd(null, out);
    return content.contentBytes();
  }
}
