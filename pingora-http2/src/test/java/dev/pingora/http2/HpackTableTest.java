// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The dynamic table against a list that does the same the slow way.
final class HpackTableTest {
  private record Entry(String name, String value) {
    int size() {
      return name.length() + value.length() + 32;
    }
  }

  /// Newest first, as RFC 7541 §2.3.3 numbers entries.
  private final List<Entry> model = new ArrayList<>();

  private int modelSize;
  private int modelMax = 4_096;
  private final HpackTable table = new HpackTable(4_096);

  @Test
  void behavesLikeAList() {
    Random random = new Random(42);
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(50) == 0) {
        modelMax = random.nextInt(3) == 0 ? 0 : random.nextInt(4_097);
        table.maxSize(modelMax);
        evict(modelMax);
      } else {
        insert(new Entry(text(random, 40), text(random, step % 100 == 0 ? 5_000 : 80)));
      }
      assertSame();
    }
  }

  @Test
  void anEntryLargerThanTheTableEmptiesIt() {
    insert(new Entry("a", "b"));
    insert(new Entry("name", "x".repeat(4_096)));

    assertThat(table.count()).isZero();
    assertSame();
  }

  @Test
  void anEntryOfExactlyTheSizeFits() {
    insert(new Entry("a", "b"));
    insert(new Entry("name", "x".repeat(4_096 - 32 - 4)));

    assertThat(table.count()).isEqualTo(1);
    assertThat(table.size()).isEqualTo(4_096);
    assertSame();
  }

  @Test
  void isEmptyAtTheStart() {
    assertThat(table.count()).isZero();
    assertThat(table.data()).isEmpty();
  }

  private void insert(Entry entry) {
    byte[] bytes = (entry.name + "#" + entry.value).getBytes(StandardCharsets.ISO_8859_1);
    int valueFrom = entry.name.length() + 1;
    boolean fits = table.insert(bytes, 0, entry.name.length(), valueFrom, bytes.length - valueFrom);
    assertThat(fits).isEqualTo(entry.size() <= modelMax);
    if (entry.size() > modelMax) {
      evict(0);
    } else {
      evict(modelMax - entry.size());
      model.addFirst(entry);
      modelSize += entry.size();
    }
  }

  private void evict(int size) {
    while (modelSize > size) {
      modelSize -= model.removeLast().size();
    }
  }

  private void assertSame() {
    assertThat(table.count()).isEqualTo(model.size());
    assertThat(table.size()).isEqualTo(modelSize);
    for (int i = 0; i < model.size(); i++) {
      int number = table.nextNumber() - 1 - i;
      if (!read(number).equals(model.get(i)) || !table.holds(number)) {
        assertThat(read(number)).as("entry %d", i).isEqualTo(model.get(i));
      }
    }
    assertThat(table.holds(table.nextNumber())).isFalse();
    assertThat(table.holds(table.nextNumber() - 1 - model.size())).isFalse();
  }

  private Entry read(int number) {
    int from = table.nameFrom(number);
    int value = from + table.nameLength(number);
    return new Entry(text(from, table.nameLength(number)), text(value, table.valueLength(number)));
  }

  private String text(int from, int length) {
    return new String(table.data(), from, length, StandardCharsets.ISO_8859_1);
  }

  private static String text(Random random, int most) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(most + 1);
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }
}
