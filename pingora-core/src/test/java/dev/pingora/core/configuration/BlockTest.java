// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tables of keys: what they accept, tell, write and describe.
final class BlockTest {

  private record Point(String name, int x, int y, @Nullable String note) {
    Point {
      if (y > x * 10) {
        throw new KeyFault("x", "is too small for y", "expected: y / 10");
      }
      if (x + y > 100) {
        throw new IllegalArgumentException("x and y together are above 100");
      }
    }
  }

  private static final class Maker {
    private String name = "";
    private int x = 1;
    private int y = 2;
    private @Nullable String note;

    static Maker of(Point point) {
      var maker = new Maker();
      maker.name = point.name;
      maker.x = point.x;
      maker.y = point.y;
      maker.note = point.note;
      return maker;
    }

    Point make() {
      return new Point(name, x, y, note);
    }
  }

  private static final ValueType<Integer> NUMBER = Values.integer(0, 99);

  private static final Block<Maker, Point> BLOCK =
      Block.withRequired(
          Maker::new,
          Maker::make,
          () -> new Point("example", 1, 2, null),
          List.of(
              Key.required("name", Values.word("name"), Point::name, (m, v) -> m.name = v, "Name"),
              Key.of("x", NUMBER, Point::x, (m, v) -> m.x = v, "Across"),
              Key.group(
                  "down",
                  Block.of(
                      Maker::new,
                      Maker::make,
                      List.of(Key.of("y", NUMBER, Point::y, (m, v) -> m.y = v, "Down"))),
                  "Group"),
              Key.optional("note", Values.text(), Point::note, (m, v) -> m.note = v, "Note"),
              Key.<Maker, Point>later("colour", "Colour")));

  private final Problems problems = new Problems();

  private ConfigNode.Mapping parse(String yaml) {
    return YamlReader.parse(yaml, "f", Map.of(), problems);
  }

  private @Nullable Point read(String yaml) {
    return BLOCK.read(parse(yaml), KeyPath.root(), problems);
  }

  private List<String> told() {
    return problems.list().stream().map(Problem::toString).toList();
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    assertThat(read("name: a\n")).isEqualTo(new Point("a", 1, 2, null));
    assertThat(read("name: a\nx: 5\ndown: {y: 6}\nnote: n\n")).isEqualTo(new Point("a", 5, 6, "n"));
    assertThat(read("name: a\nnote: null\n")).isEqualTo(new Point("a", 1, 2, null));
    assertThat(told()).isEmpty();
  }

  @Test
  void everyProblemOfABlockIsTold() {
    assertThat(read("x: 100\ndown:\n  y: z\nnaem: b\ncolour: red\nnote: [1]\n")).isNull();
    assertThat(told())
        .containsExactly(
            "f:1: name: is missing (expected: name)",
            "f:1: x: is 100 (expected: 0..99)",
            "f:3: down.y: \"z\" is not a whole number (expected: 0..99)",
            "f:4: naem: unknown key (did you mean: name)",
            "f:5: colour: not yet supported",
            "f:6: note: is a list (expected: text)");
  }

  @Test
  void aPlannedKeyIsNotSuggested() {
    read("name: a\ncolor: red\n");
    assertThat(told()).containsExactly("f:2: color: unknown key (did you mean: down)");
  }

  @Test
  void aKeyTooLongToBeAMistakeGetsTheWholeList() {
    read("name: a\n" + "k".repeat(70) + ": 1\n");
    assertThat(told())
        .containsExactly(
            "f:2: " + "k".repeat(70) + ": unknown key (expected: {name, x, down, note})");
  }

  @Test
  void nullIsAValueOnlyWhereItMayBe() {
    assertThat(read("name: a\nx:\ndown: null\n")).isNull();
    assertThat(told())
        .containsExactly(
            "f:2: x: has no value (expected: 0..99)", "f:3: down: has no value (expected: {y})");
  }

  @Test
  void aListInPlaceOfABlockIsTold() {
    read("name: a\ndown: [1]\n");
    assertThat(told()).containsExactly("f:2: down: is not a map (expected: {y})");
  }

  @Test
  void rulesOverSeveralKeysAreToldWithTheBlock() {
    assertThat(read("name: a\nx: 60\ndown: {y: 60}\n")).isNull();
    assertThat(told()).containsExactly("f:1: x and y together are above 100");
  }

  @Test
  void aRuleThatNamesItsKeyIsToldThere() {
    assertThat(read("name: a\nx: 2\ndown: {y: 60}\n")).isNull();
    assertThat(read("name: a\ndown: {y: 60}\n")).isNull(); // x stands nowhere: the block's place
    assertThat(told())
        .containsExactly(
            "f:1: x: is too small for y (expected: y / 10)",
            "f:2: x: is too small for y (expected: y / 10)");
    assertThatThrownBy(() -> new Point("a", 0, 1, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x: is too small for y (expected: y / 10)");
  }

  @Test
  void anOpenBlockHandsOverWhatItDoesNotKnow() {
    var extra = new AtomicReference<>(ConfigNode.Mapping.empty());
    ConfigNode.Mapping top = parse("mine: {a: 1}\nname: a\nyours: 2\ncolour: red\n");
    assertThat(BLOCK.readOpen(top, KeyPath.root(), problems, extra::set)).isNull();
    assertThat(told()).containsExactly("f:4: colour: not yet supported");
    assertThat(extra.get().entries()).containsOnlyKeys("mine", "yours");
  }

  @Test
  void overridesChangeOnlyWhatTheySay() {
    ValueType<UnaryOperator<Point>> type = BLOCK.without("name").overrides(Maker::of);
    UnaryOperator<Point> change = type.read(parse("down: {y: 7}\n"), KeyPath.root(), problems);
    assertThat(change).isNotNull();
    assertThat(change.apply(new Point("b", 3, 4, "n"))).isEqualTo(new Point("b", 3, 7, "n"));
    assertThat(type.read(parse("name: c\n"), KeyPath.root(), problems)).isNull();
    assertThat(type.read(parse("x: 99\ndown: {y: 98}\n"), KeyPath.root(), problems)).isNull();
    assertThat(told())
        .containsExactly(
            "f:1: name: unknown key (did you mean: note)", "f:1: x and y together are above 100");
  }

  @Test
  void keysOfAnInnerRecordStandBesideTheOuterOnes() {
    record Outer(Point point, int more) {}
    final class OuterMaker {
      final Maker point = new Maker();
      int more = 9;
    }
    List<Key<OuterMaker, Outer>> keys =
        new java.util.ArrayList<>(BLOCK.keysWithin(m -> m.point, Outer::point));
    keys.add(Key.of("more", NUMBER, Outer::more, (m, v) -> m.more = v, "More"));
    Block<OuterMaker, Outer> outer =
        Block.withRequired(
            OuterMaker::new,
            m -> new Outer(m.point.make(), m.more),
            () -> new Outer(new Point("example", 1, 2, null), 9),
            keys);
    Outer read = outer.read(parse("more: 3\nname: a\nx: 8\n"), KeyPath.root(), problems);
    assertThat(told()).isEmpty();
    assertThat(read).isEqualTo(new Outer(new Point("a", 8, 2, null), 3));
    assertThat(outer.plain(new Outer(new Point("a", 8, 2, "n"), 3)))
        .isEqualTo(Map.of("name", "a", "x", 8L, "down", Map.of("y", 2L), "note", "n", "more", 3L));
  }

  @Test
  void twoKeysOfOneNameAreAMistakeOfTheProgram() {
    Key<Maker, Point> x = Key.of("x", NUMBER, Point::x, (m, v) -> m.x = v, "Across");
    assertThatThrownBy(() -> Block.of(Maker::new, Maker::make, List.of(x, x)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two keys x");
  }

  @Test
  void theSchemaSaysWhatTheTableSays() {
    assertThat(JsonText.of(BLOCK.schema()).replaceAll("\\s+", " "))
        .contains("\"required\": [ \"name\" ]")
        .contains("\"additionalProperties\": false")
        .contains("\"colour\": { \"description\": \"Colour (not yet supported)\", \"not\": {} }")
        .contains("\"minimum\": 0, \"maximum\": 99")
        .contains("\"default\": 1, \"x-since\": \"0.1\"")
        .contains("\"type\": \"null\"");
  }

  @Test
  void theVersionThatBroughtAKeyIsInTheSchema() {
    Key<Maker, Point> x = Key.of("x", NUMBER, Point::x, (m, v) -> m.x = v, "Across");
    Block<Maker, Point> block = Block.of(Maker::new, Maker::make, List.of(x.since("0.7")));
    assertThat(JsonText.of(block.schema())).contains("\"x-since\": \"0.7\"");
  }
}
