// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.pingora.http.ResponseHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainDictionaryTest {
  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path samples;
  private Path output;

  @BeforeEach
  void paths() throws IOException {
    samples = Files.createDirectory(folder.resolve("samples"));
    output = folder.resolve("made.dict");
  }

  private static PrintStream stream(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream written) {
    return written.toString(StandardCharsets.UTF_8);
  }

  private int run(Object... args) {
    out.reset();
    err.reset();
    String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
    return TrainDictionary.run(words, stream(out), stream(err));
  }

  private void writeSamples(int files, int headsEach) throws IOException {
    List<ResponseHeader> heads = Heads.make(61, files * headsEach);
    for (int i = 0; i < files; i++) {
      StringBuilder content = new StringBuilder();
      heads
          .subList(i * headsEach, (i + 1) * headsEach)
          .forEach(h -> content.append(HeadAssert.text(h)));
      Files.writeString(
          samples.resolve("sample-%03d.txt".formatted(i)), content, StandardCharsets.ISO_8859_1);
    }
  }

  @Test
  void makesADictionaryOfAFolder() throws IOException {
    writeSamples(100, 10);
    Files.createDirectory(samples.resolve("a folder is passed over"));

    assertThat(run(samples, output, 8192)).as(text(err)).isZero();

    HeaderDictionary made = HeaderDictionary.load(output);
    assertThat(made.size()).isBetween(4096, 8192);
    assertThat(text(out))
        .matches(
            "(?s)900 heads, \\d+ octets; dictionary %08x, %d octets\\R"
                    .formatted(made.id(), made.size())
                + "of 100 other heads it leaves [34]\\d\\.\\d %, zstd alone \\d\\d\\.\\d %\\R");
    assertThat(text(err)).isEmpty();
  }

  @Test
  void makesTheSameOfTheSame() throws IOException {
    writeSamples(60, 10);
    assertThat(run(samples, output)).isZero();
    Path second = folder.resolve("second.dict");
    assertThat(run(samples, second)).isZero();

    assertThat(second).hasSameBinaryContentAs(output);
  }

  @Test
  void overwritesNothing() throws IOException {
    writeSamples(60, 10);
    Files.writeString(output, "precious");

    assertThat(run(samples, output)).isEqualTo(2);
    assertThat(text(err)).contains("made.dict: exists already");
    assertThat(output).hasContent("precious");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThat(run(samples)).isEqualTo(2);
    assertThat(text(err)).startsWith("usage: TrainDictionary FOLDER OUTPUT [OCTETS]");

    assertThat(run(samples, output, "many")).isEqualTo(2);
    assertThat(text(err)).contains("OCTETS: many (expected: a number)");

    assertThat(run(samples, output, 12)).isEqualTo(2);
    assertThat(text(err)).contains("maxBytes: 12 (expected: 1024..1048576)");

    assertThat(run(folder.resolve("none"), output)).isEqualTo(2);
    assertThat(text(err)).contains("none: no such file");

    assertThat(run(samples, output)).isEqualTo(2);
    assertThat(text(err)).contains("0 samples of 0 octets make no dictionary: ");
    assertThat(output).doesNotExist();
  }

  @Test
  void namesFileAndLineOfWhatIsNoHead() throws IOException {
    Path file = samples.resolve("a.txt");
    Files.writeString(file, "HTTP/1.1 200 OK\nA: b\n\n\nHTTP/1.1 200 OK\nno field\n\n");

    assertThat(run(samples, output)).isEqualTo(2);
    assertThat(text(err)).contains(file + ":5: no response head: ").contains("no field name at 17");
  }

  @Test
  void readsHeadsAsCurlWritesThem() throws IOException {
    Path file = samples.resolve("a.txt");
    Files.writeString(
        file, "HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\nHTTP/2 200 \r\na: b\n\nHTTP/3 204\nc: d");

    assertThat(HeadFile.read(file).stream().map(HeadAssert::text))
        .containsExactly(
            "HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\n",
            "HTTP/2.0 200 \r\na: b\r\n\r\n",
            "HTTP/3.0 204 \r\nc: d\r\n\r\n");
  }

  @Test
  void refusesAFileWithoutEnd() throws IOException {
    Files.write(samples.resolve("a.txt"), new byte[HeadFile.MAX_BYTES + 1]);

    assertThat(run(samples, output)).isEqualTo(2);
    assertThat(text(err)).contains("a.txt: more than 4194304 octets (expected: fewer)");
  }

  @Test
  void refusesSamplesThatMakeNothing() {
    DictionaryTraining few = new DictionaryTraining(3).add(ResponseHeader.of(200));
    assertThatIllegalStateException()
        .isThrownBy(() -> few.train(4096))
        .withMessageContaining("1 samples of 19 octets make no dictionary: ")
        .withMessageContaining("(expected: more, and different, samples)");
    assertThatIllegalArgumentException().isThrownBy(() -> few.train(1 << 21));
  }
}
