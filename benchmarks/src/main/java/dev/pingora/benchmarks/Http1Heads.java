// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import dev.pingora.error.ProxyException;
import dev.pingora.http.RequestHeader;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HeadReader;
import dev.pingora.http1.HeadWriter;
import dev.pingora.http1.HopByHop;
import dev.pingora.http1.Http1Limits;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Heads of HTTP/1.1: read and parse, and write again.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class Http1Heads {
  private final ByteBuffer shortRequest = Samples.direct(Samples.SHORT_REQUEST);
  private final ByteBuffer browserRequest = Samples.direct(Samples.BROWSER_REQUEST);
  private final ByteBuffer response = Samples.direct(Samples.RESPONSE);
  private final ByteBuffer out = ByteBuffer.allocateDirect(4096);
  private final HeadReader requests = HeadReader.forRequests(Http1Limits.REQUEST);
  private final HeadReader responses = HeadReader.forResponses(Http1Limits.RESPONSE);

  @Benchmark
  public RequestHeader readShortRequest() throws ProxyException {
    return request(shortRequest);
  }

  @Benchmark
  public RequestHeader readBrowserRequest() throws ProxyException {
    return request(browserRequest);
  }

  @Benchmark
  public ResponseHeader readResponse() throws ProxyException {
    byte[] head = Objects.requireNonNull(responses.read(response.rewind()));
    return responses.parseResponse(head);
  }

  /// What a proxy does to each request: hop-by-hop fields out, one of its own in.
  @Benchmark
  public boolean forwardShortRequest() throws ProxyException {
    return forward(request(shortRequest));
  }

  @Benchmark
  public boolean forwardBrowserRequest() throws ProxyException {
    return forward(request(browserRequest));
  }

  private RequestHeader request(ByteBuffer in) throws ProxyException {
    byte[] head = Objects.requireNonNull(requests.read(in.rewind()));
    return requests.parseRequest(head);
  }

  private boolean forward(RequestHeader request) throws ProxyException {
    HopByHop.strip(request, HopByHop.Keep.NOTHING);
    request.set("X-Forwarded-Proto", "http");
    return HeadWriter.write(request, out.clear());
  }
}
