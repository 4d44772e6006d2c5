// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.headerserde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pingora.error.ProxyException;
import dev.pingora.http.ResponseHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HeaderDictionaryTest {
  /// Written into every head that is stored with it: a change of this number is a new dictionary,
  /// which needs a new file beside the old one.
  private static final int FIRST = 0x23db7533;

  @TempDir private Path folder;

  @Test
  void theShippedOneIsTheFirst() {
    assertThat(HeaderDictionary.standard().id()).isEqualTo(FIRST);
    assertThat(HeaderDictionary.standard().size()).isEqualTo(32_768);
    assertThat(HeaderDictionary.shipped()).containsExactly(HeaderDictionary.standard());
  }

  /// If this fails because zstd's trainer has changed, the shipped file stays and this test goes.
  @Test
  void theShippedOneIsMadeFromOurCorpus() {
    DictionaryTraining training = new DictionaryTraining(SerdeOptions.PLAIN.level());
    Heads.corpus().forEach(training::add);

    assertThat(training.samples()).isEqualTo(Heads.CORPUS_HEADS);
    assertThat(training.train(DictionaryTraining.USUAL_BYTES))
        .isEqualTo(HeaderDictionary.standard());
  }

  @Test
  void theShippedOneLeavesAThirdOfHeadsThatItWasNotTrainedOn() throws ProxyException {
    long text = 0;
    long stored = 0;
    long alone = 0;
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());
        HeaderSerde plain = HeaderSerde.open(SerdeOptions.PLAIN)) {
      for (ResponseHeader head : Heads.make(99, 1000)) {
        text += HeaderText.length(head);
        stored += serde.serialize(head).length;
        alone += plain.serialize(head).length;
      }
    }
    assertThat((double) stored / text).isLessThan(0.34);
    assertThat((double) alone / text).isGreaterThan(0.7);
  }

  /// A head of a style that the corpus does not have.
  @Test
  void theShippedOneHelpsStrangers() throws ProxyException {
    ResponseHeader stranger =
        ResponseHeader.of(200)
            .add("x-powered-by", "a teapot")
            .add("Content-Type", "application/ld+json; profile=\"https://schema.example/v2\"")
            .add("Digest", "sha-256=4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=")
            .add("Date", "Sat, 21 Nov 2026 09:08:07 GMT")
            .add("Cache-Control", "max-age=77, must-understand")
            .add("Content-Length", "4711");
    try (HeaderSerde serde = HeaderSerde.open(SerdeOptions.standard());
        HeaderSerde plain = HeaderSerde.open(SerdeOptions.PLAIN)) {
      assertThat(serde.serialize(stranger).length)
          .isLessThan(plain.serialize(stranger).length * 3 / 4);
    }
  }

  @Test
  void comesFromAFile() throws IOException {
    Path file = folder.resolve("a.dict");
    Files.write(file, HeaderDictionary.standard().toBytes());

    assertThat(HeaderDictionary.load(file)).isEqualTo(HeaderDictionary.standard());
    assertThat(HeaderDictionary.load(file)).hasToString("HeaderDictionary[23db7533, 32768 octets]");
  }

  @Test
  void namesTheFileThatHoldsNone() throws IOException {
    Path file = folder.resolve("a.dict");
    assertThatIOException()
        .isThrownBy(() -> HeaderDictionary.load(file))
        .withMessageContaining("a.dict");

    Files.writeString(file, "no dictionary");
    assertThatIOException()
        .isThrownBy(() -> HeaderDictionary.load(file))
        .withMessage(file + ": dictionary: 13 octets of something else (expected: RFC 8878 §5)");

    Files.write(file, new byte[HeaderDictionary.MAX_BYTES + 1]);
    assertThatIOException()
        .isThrownBy(() -> HeaderDictionary.load(file))
        .withMessage(file + ": dictionary: 1048577 octets (expected: up to 1048576)");
  }

  @Test
  void refusesDamagedTables() {
    byte[] content = HeaderDictionary.standard().toBytes();
    Arrays.fill(content, 8, 200, (byte) 0xFF);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HeaderDictionary.of(content))
        .withMessage("dictionary: its tables are damaged");
  }

  @Test
  void refusesAnEmptyOneAndOneWithoutNumber() {
    for (byte[] few : List.of(new byte[0], new byte[8], new byte[100])) {
      assertThatIllegalArgumentException().isThrownBy(() -> HeaderDictionary.of(few));
    }
    byte[] content = HeaderDictionary.standard().toBytes();
    Arrays.fill(content, 4, 8, (byte) 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HeaderDictionary.of(content))
        .withMessage("dictionary: number 0 (expected: another)");
  }

  @Test
  void keepsItsContentToItself() {
    byte[] content = HeaderDictionary.standard().toBytes();
    HeaderDictionary dictionary = HeaderDictionary.of(content);
    content[100] ^= 1;
    dictionary.toBytes()[100] ^= 1;

    assertThat(dictionary)
        .isEqualTo(HeaderDictionary.standard())
        .hasSameHashCodeAs(HeaderDictionary.standard())
        .isNotEqualTo("a text");
  }
}
