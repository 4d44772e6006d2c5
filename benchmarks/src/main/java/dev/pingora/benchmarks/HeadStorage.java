// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.pingora.headerserde.HeaderSerde;
import dev.pingora.headerserde.SerdeOptions;
import dev.pingora.http.HttpVersion;
import dev.pingora.http.ResponseHeader;
import dev.pingora.http1.HeadReader;
import dev.pingora.http1.HeadWriter;
import dev.pingora.http1.Http1Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// What a cache pays to keep the head of a response: as text, by zstd alone, and with the shipped
/// dictionary. The twenty heads of `heads.txt` were written by hand, in styles of their own, after
/// the dictionary was trained. [#main] tells what they shrink to.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(HeadStorage.HEADS)
@State(Scope.Thread)
public class HeadStorage {
  static final int HEADS = 20;

  /// How heads are kept: as text, or by zstd of a level with or without the dictionary.
  public enum Form {
    TEXT,
    ZSTD,
    DICTIONARY,
    DICTIONARY_9
  }

  @Param public Form form = Form.TEXT;

  private final List<ResponseHeader> heads = new ArrayList<>();
  private final List<byte[]> stored = new ArrayList<>();
  private HeaderSerde serde = HeaderSerde.open(SerdeOptions.PLAIN);

  @Setup
  public void fill() throws IOException {
    serde.close();
    serde =
        HeaderSerde.open(
            switch (form) {
              case TEXT, ZSTD -> SerdeOptions.PLAIN;
              case DICTIONARY -> SerdeOptions.standard();
              case DICTIONARY_9 -> SerdeOptions.standard().withLevel(9);
            });
    heads.addAll(read());
    for (ResponseHeader head : heads) {
      stored.add(store(head));
    }
  }

  @TearDown
  public void close() {
    serde.close();
    heads.clear();
    stored.clear();
  }

  @Benchmark
  public void write(Blackhole sink) throws IOException {
    for (ResponseHeader head : heads) {
      sink.consume(store(head));
    }
  }

  @Benchmark
  public void read(Blackhole sink) throws IOException {
    for (byte[] octets : stored) {
      sink.consume(load(octets));
    }
  }

  private byte[] store(ResponseHeader head) throws IOException {
    if (form != Form.TEXT) {
      return serde.serialize(head);
    }
    ByteBuffer text = ByteBuffer.allocate(HeadWriter.encodedLength(head));
    HeadWriter.write(head, text);
    return text.array();
  }

  private ResponseHeader load(byte[] octets) throws IOException {
    return form == Form.TEXT ? parse(ByteBuffer.wrap(octets)) : serde.deserialize(octets);
  }

  private static ResponseHeader parse(ByteBuffer text) throws IOException {
    HeadReader reader = HeadReader.forResponses(Http1Limits.RESPONSE);
    return reader.parseResponse(requireNonNull(reader.read(text), "an incomplete head"));
  }

  private static List<ResponseHeader> read() throws IOException {
    String text;
    try (InputStream in = HeadStorage.class.getResourceAsStream("heads.txt")) {
      text = new String(requireNonNull(in, "heads.txt").readAllBytes(), StandardCharsets.US_ASCII);
    }
    List<ResponseHeader> heads = new ArrayList<>();
    for (String one : text.strip().split("\n\n", -1)) {
      // As curl shows a head of HTTP/2, which has no reason.
      boolean second = one.startsWith("HTTP/2 ");
      String lines = second ? one.replaceFirst("HTTP/2 (\\d+)", "HTTP/1.1 $1 OK") : one;
      ResponseHeader head = parse(Samples.direct(lines.replace("\n", "\r\n") + "\r\n\r\n"));
      heads.add(second ? head.version(HttpVersion.HTTP_2) : head);
    }
    return heads;
  }

  /// Prints the octets of each form.
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    for (Form form : Form.values()) {
      HeadStorage storage = new HeadStorage();
      storage.form = form;
      storage.fill();
      int octets = storage.stored.stream().mapToInt(head -> head.length).sum();
      out.printf("%-12s %5d octets, %3d a head%n", form, octets, octets / HEADS);
      storage.close();
    }
  }
}
