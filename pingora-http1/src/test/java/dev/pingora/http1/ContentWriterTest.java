// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http1;

import static dev.pingora.http1.Wire.buffer;
import static dev.pingora.http1.Wire.bytes;
import static dev.pingora.http1.Wire.drain;
import static dev.pingora.http1.Wire.fields;
import static dev.pingora.http1.Wire.lines;
import static dev.pingora.http1.Wire.present;
import static dev.pingora.http1.Wire.refusal;
import static dev.pingora.http1.Wire.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ErrorSource;
import dev.pingora.error.ProxyException;
import dev.pingora.http.Fields;
import dev.pingora.http1.MessageFraming.Chunked;
import dev.pingora.http1.MessageFraming.ContentLength;
import dev.pingora.http1.MessageFraming.None;
import dev.pingora.http1.MessageFraming.Tunnel;
import dev.pingora.http1.MessageFraming.UntilClose;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ContentWriterTest {
  private final ByteBuffer out = ByteBuffer.allocate(256);

  private void write(ContentWriter writer, String content) throws ProxyException {
    writer.writePrefix(content.length(), out);
    out.put(bytes(content));
    writer.writeSuffix(out);
  }

  @Test
  void writesChunksWithUpperCaseSizes() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    write(writer, "abcdefghij");
    write(writer, "k");
    writer.writeEnd(null, out);
    assertThat(written(out)).isEqualTo("A\r\nabcdefghij\r\n1\r\nk\r\n0\r\n\r\n");
    assertThat(writer.ended()).isTrue();
    assertThat(writer.contentBytes()).isEqualTo(11);
  }

  @Test
  void writesNoEmptyChunkBecauseItWouldEndTheContent() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    write(writer, "");
    assertThat(written(out)).isEmpty();
    assertThat(writer.ended()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 255, 256, 4095, 4096, 65535, 65536, 1 << 20, Integer.MAX_VALUE})
  void writesEverySize(int length) throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    writer.writePrefix(length, out);
    assertThat(written(out))
        .isEqualTo(Integer.toHexString(length).toUpperCase(java.util.Locale.ROOT) + "\r\n");
    assertThat(out.position()).isLessThanOrEqualTo(ContentWriter.MAX_PREFIX);
  }

  @Test
  void writesTrailersBehindTheLastChunk() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    Fields trailers = fields("X-Sum: 1", "x-b: 2");
    assertThat(writer.endLength(trailers)).isEqualTo("0\r\nX-Sum: 1\r\nx-b: 2\r\n\r\n".length());
    writer.writeEnd(trailers, out);
    assertThat(written(out)).isEqualTo("0\r\nX-Sum: 1\r\nx-b: 2\r\n\r\n");
  }

  @Test
  void readsBackWhatItWrites() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    for (int i = 1; i < 12; i++) {
      write(writer, "x".repeat(i));
    }
    writer.writeEnd(fields("A: b"), out);
    ContentReader reader = ContentReader.ofResponse(new Chunked(), Http1Limits.RESPONSE);
    assertThat(drain(reader, List.of(buffer(written(out))))).isEqualTo("x".repeat(66));
    assertThat(lines(present(reader.trailers()))).containsExactly("A: b");
  }

  @Test
  void addsNothingToOtherFramings() throws ProxyException {
    for (MessageFraming framing : List.of(new ContentLength(5), new UntilClose(), new Tunnel())) {
      out.clear();
      ContentWriter writer = ContentWriter.of(framing);
      write(writer, "abc");
      write(writer, "de");
      assertThat(writer.endLength(fields("A: b"))).isZero();
      writer.writeEnd(fields("A: b"), out);
      assertThat(written(out)).isEqualTo("abcde");
    }
  }

  @Test
  void refusesMoreThanAnnounced() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new ContentLength(3));
    writer.writePrefix(2, out);
    ProxyException error = refusal(() -> writer.writePrefix(2, out));
    assertThat(error.kind()).isEqualTo(ErrorKind.WRITE_ERROR);
    assertThat(error.source()).isEqualTo(ErrorSource.INTERNAL);
    assertThat(writer.contentBytes()).isEqualTo(2);
    writer.writePrefix(1, out);
    assertThat(writer.satisfied()).isTrue();
    writer.writeEnd(null, out);
  }

  @Test
  void refusesContentWhereThereIsNone() {
    ContentWriter writer = ContentWriter.of(new None());
    assertThat(refusal(() -> writer.writePrefix(1, out)).kind()).isEqualTo(ErrorKind.WRITE_ERROR);
    assertThat(writer.satisfied()).isTrue();
  }

  @Test
  void refusesLessThanAnnounced() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new ContentLength(3));
    writer.writePrefix(2, out);
    assertThat(writer.satisfied()).isFalse();
    ProxyException error = refusal(() -> writer.writeEnd(null, out));
    assertThat(error.kind()).isEqualTo(ErrorKind.WRITE_ERROR);
    assertThat(error).hasMessageContaining("2 octets, 3 announced");
    assertThat(writer.ended()).isFalse();
  }

  @Test
  void cannotOverflowItsCount() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new ContentLength(Long.MAX_VALUE));
    writer.writePrefix(Integer.MAX_VALUE, out);
    writer.writePrefix(Integer.MAX_VALUE, out);
    assertThat(writer.contentBytes()).isEqualTo(2L * Integer.MAX_VALUE);
  }

  @Test
  void writesNothingWhereThereIsNoRoom() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    ByteBuffer small = ByteBuffer.allocate(3);
    assertThatExceptionOfType(BufferOverflowException.class)
        .isThrownBy(() -> writer.writePrefix(16, small));
    assertThat(small.position()).isZero();
    assertThat(writer.contentBytes()).isZero();
    writer.writePrefix(15, small);
    assertThatExceptionOfType(BufferOverflowException.class)
        .isThrownBy(() -> writer.writeSuffix(small));
    writer.writeSuffix(small.clear());
    assertThatExceptionOfType(BufferOverflowException.class)
        .isThrownBy(() -> writer.writeEnd(null, small));
    assertThat(writer.ended()).isFalse();
    writer.writeEnd(null, ByteBuffer.allocateDirect(5));
  }

  @Test
  void refusesMisuse() throws ProxyException {
    ContentWriter writer = ContentWriter.of(new Chunked());
    assertThatIllegalArgumentException().isThrownBy(() -> writer.writePrefix(-1, out));
    writer.writePrefix(1, out);
    assertThatIllegalStateException().isThrownBy(() -> writer.writePrefix(1, out));
    assertThatIllegalStateException().isThrownBy(() -> writer.writeEnd(null, out));
    writer.writeSuffix(out);
    writer.writeEnd(null, out);
    assertThatIllegalStateException().isThrownBy(() -> writer.writePrefix(1, out));
    assertThatIllegalStateException().isThrownBy(() -> writer.writeEnd(null, out));
  }
}
