// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Random sequences of changes, done to a [Fields] and to a plain list of lines, which must agree
/// after each step: in lookups, in order, in the octets written, and in every copy taken on the
/// way.
final class FieldsModelTest {
  private static final long SEED = 0x9110_9112L;
  private static final int SEQUENCES = 300;
  private static final int STEPS = 40;

  private static final String LONG_NAME = "x-" + "l".repeat(4000);

  // Case variants, known and unknown names, names of equal length, one longer than a slot can tell.
  private static final List<String> NAMES =
      List.of(
          "Host",
          "host",
          "hOST",
          "Content-Length",
          "content-length",
          "Cookie",
          "X-A",
          "x-a",
          "X-B",
          "X-C",
          "Via",
          "Accept",
          "ACCEPT",
          "If-Range",
          "Alt-Svc",
          LONG_NAME,
          "a",
          "A",
          "!#$%");

  private static final FieldNames SOME =
      FieldNames.of(
          FieldName.HOST, FieldName.of("x-a"), FieldName.ALT_SVC, FieldName.of(LONG_NAME));

  /// One line of the model; `wire` is what must be written.
  private record Line(String name, String value, String wire) {
    static Line added(String name, String value) {
      return new Line(name, value, name + ": " + value + "\r\n");
    }

    boolean named(String other) {
      return name.toLowerCase(Locale.ROOT).equals(other.toLowerCase(Locale.ROOT));
    }
  }

  /// A [Fields] beside its model.
  private record Pair(Fields fields, List<Line> model) {
    Pair copy() {
      return new Pair(fields.copy(), new ArrayList<>(model));
    }
  }

  private final Random random = new Random(SEED);

  @Test
  void behavesLikeAListOfLines() {
    for (int i = 0; i < SEQUENCES; i++) {
      List<Pair> pairs = new ArrayList<>();
      pairs.add(received(random.nextInt(8)));
      for (int step = 0; step < STEPS; step++) {
        Pair pair = pairs.get(random.nextInt(pairs.size()));
        change(pair, pairs);
        check(pair);
      }
      // Copies, and what they were copied from, must not have seen each other's changes.
      pairs.forEach(FieldsModelTest::check);
    }
  }

  private Pair received(int lines) {
    StringBuilder section = new StringBuilder("GET / HTTP/1.1\r\n");
    List<Line> model = new ArrayList<>();
    List<int[]> places = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      String name = name();
      String value = value();
      String before = " \t".repeat(random.nextInt(4)).substring(random.nextInt(1));
      String after = " ".repeat(random.nextInt(6));
      int start = section.length();
      section.append(name).append(':').append(before).append(value).append(after).append("\r\n");
      int valueStart = start + name.length() + 1 + before.length();
      places.add(new int[] {start, name.length(), valueStart, value.length(), section.length()});
      boolean odd = before.length() > 3 || after.length() > 3;
      String wire = section.substring(start);
      model.add(odd ? Line.added(name, value) : new Line(name, value, wire));
    }
    Fields fields =
        Fields.ofSection(
            section.toString().getBytes(StandardCharsets.ISO_8859_1), random.nextInt(lines + 1));
    places.forEach(p -> fields.addLine(p[0], p[1], p[2], p[3], p[4]));
    return new Pair(fields, model);
  }

  private void change(Pair pair, List<Pair> pairs) {
    String name = name();
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> add(pair, name, value());
      case 4, 5, 6, 7 -> set(pair, name, value());
      case 8 -> setNumber(pair, name, random.nextLong() >> random.nextInt(64));
      case 9 -> remove(pair, name);
      case 10 -> removeAt(pair);
      case 11 -> pairs.add(pair.copy());
      case 12 -> addFrom(pair, pairs.get(random.nextInt(pairs.size())), name);
      default -> removeMany(pair.fields(), pair.model());
    }
  }

  private void add(Pair pair, String name, String value) {
    Fields fields = pair.fields();
    FieldName typed = FieldName.of(name);
    byte[] octets = (" " + value).getBytes(StandardCharsets.ISO_8859_1);
    int way = random.nextInt(4);
    switch (way) {
      case 0 -> fields.add(name, "  " + value + "\t");
      case 1 -> fields.add(FieldLine.of(typed, value + " "));
      case 2 -> fields.add(typed, value);
      default -> fields.add(typed, octets);
    }
    pair.model().add(Line.added(way == 0 ? name : typed.text(), value));
  }

  private void set(Pair pair, String name, String value) {
    Fields fields = pair.fields();
    FieldName typed = FieldName.of(name);
    byte[] octets = (value + "\t").getBytes(StandardCharsets.ISO_8859_1);
    int way = random.nextInt(4);
    switch (way) {
      case 0 -> fields.set(name, value);
      case 1 -> fields.set(FieldLine.of(typed, " " + value));
      case 2 -> fields.set(typed, value + " ");
      default -> fields.set(typed, octets);
    }
    modelSet(pair.model(), Line.added(way == 0 ? name : typed.text(), value));
  }

  private void setNumber(Pair pair, String name, long number) {
    FieldName typed = FieldName.of(name);
    boolean asText = random.nextBoolean();
    if (asText) {
      pair.fields().set(name, number);
    } else {
      pair.fields().set(typed, number);
    }
    modelSet(pair.model(), Line.added(asText ? name : typed.text(), Long.toString(number)));
  }

  private void remove(Pair pair, String name) {
    boolean removed =
        random.nextBoolean()
            ? pair.fields().remove(name)
            : pair.fields().remove(FieldName.of(name));
    assertThat(removed).isEqualTo(pair.model().removeIf(l -> l.named(name)));
  }

  private void removeAt(Pair pair) {
    if (!pair.model().isEmpty()) {
      int index = random.nextInt(pair.model().size());
      pair.fields().removeAt(index);
      pair.model().remove(index);
    }
  }

  private void addFrom(Pair pair, Pair other, String name) {
    List<Line> lines = List.copyOf(other.model());
    if (random.nextBoolean()) {
      int end = lines.size();
      int i = other.fields().indexOf(name, 0);
      for (; i >= 0 && i < end; i = other.fields().nextSame(i)) {
        pair.fields().addFrom(other.fields(), i);
      }
      lines.stream()
          .filter(l -> l.named(name))
          .map(FieldsModelTest::copied)
          .forEach(pair.model()::add);
    } else if (lines.size() < 12) {
      pair.fields().addFrom(other.fields());
      lines.stream().map(FieldsModelTest::copied).forEach(pair.model()::add);
    }
  }

  private void removeMany(Fields fields, List<Line> model) {
    if (random.nextInt(8) == 0) {
      fields.clear();
      model.clear();
      return;
    }
    boolean removed = fields.remove(SOME);
    assertThat(removed)
        .isEqualTo(model.removeIf(l -> SOME.names().stream().anyMatch(n -> n.matches(l.name()))));
  }

  private static Line copied(Line line) {
    return Line.added(line.name(), line.value());
  }

  private static void modelSet(List<Line> model, Line line) {
    int first = -1;
    for (int i = 0; i < model.size() && first < 0; i++) {
      first = model.get(i).named(line.name()) ? i : -1;
    }
    if (first < 0) {
      model.add(line);
      return;
    }
    model.set(first, line);
    for (int i = model.size() - 1; i > first; i--) {
      if (model.get(i).named(line.name())) {
        model.remove(i);
      }
    }
  }

  private static void check(Pair pair) {
    Fields fields = pair.fields();
    List<Line> model = pair.model();
    List<Line> read = new ArrayList<>();
    StringBuilder wire = new StringBuilder();
    for (int i = 0; i < fields.size(); i++) {
      read.add(Line.added(fields.name(i), fields.value(i)));
    }
    model.forEach(l -> wire.append(l.wire()));
    assertThat(read).isEqualTo(model.stream().map(FieldsModelTest::copied).toList());
    assertThat(fields.encodedLength()).isEqualTo(wire.length());
    assertThat(written(fields, wire.length())).isEqualTo(wire.toString());
    if (!wire.isEmpty()) {
      ByteBuffer small = ByteBuffer.allocateDirect(wire.length() - 1);
      assertThat(fields.writeTo(small)).isFalse();
      assertThat(small.position()).isZero();
    }
    for (String name : NAMES) {
      checkLookups(fields, model, name);
    }
  }

  private static void checkLookups(Fields fields, List<Line> model, String name) {
    List<String> values = model.stream().filter(l -> l.named(name)).map(Line::value).toList();
    FieldName typed = FieldName.of(name);
    String first = values.isEmpty() ? null : values.getFirst();
    boolean present = !values.isEmpty();
    assertThat(fields.all(name)).isEqualTo(values);
    assertThat(fields.all(typed)).isEqualTo(values);
    assertThat(fields.first(name)).isEqualTo(first);
    assertThat(fields.first(typed)).isEqualTo(first);
    assertThat(fields.contains(name)).isEqualTo(present);
    assertThat(fields.contains(typed)).isEqualTo(present);
    if (present && SOME.contains(typed)) {
      assertThat(fields.mayContain(SOME)).isTrue();
    }
    for (int i = 0; i < fields.size(); i++) {
      boolean same = model.get(i).named(name);
      if (same != fields.nameEquals(i, name) || same != fields.nameEquals(i, typed)) {
        throw new AssertionError("line " + i + " against " + name);
      }
    }
  }

  private static String written(Fields fields, int length) {
    ByteBuffer out = ByteBuffer.allocate(length);
    assertThat(fields.writeTo(out)).isTrue();
    return new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1);
  }

  private String name() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private String value() {
    StringBuilder value = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      value.append("ab, \tz\u00e9\u00ff:;\"".charAt(random.nextInt(11)));
    }
    return value.toString().strip();
  }
}
