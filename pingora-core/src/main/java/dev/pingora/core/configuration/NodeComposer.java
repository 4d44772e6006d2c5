// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.io.Serial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Builds [ConfigNode]s from the events of the YAML parser.
///
/// The engine's own composer is not used because it recurses as deep as the file nests and counts
/// aliases but not what they stand for; here both have a bound, and both are told with their place.
/// Syntax errors end the reading; all else is told and reading goes on.
///
/// One use, one thread.
final class NodeComposer {
  /// Deepest nesting of lists and maps.
  static final int MAX_DEPTH = 64;

  /// Most values, those that aliases stand for counted each time: bounds a "billion laughs" file.
  static final int MAX_VALUES = 1_000_000;

  private final String file;
  private final String text;
  private final Environment environment;
  private final Problems problems;
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private int values;

  /// How far the parser came: some of its complaints have no place of their own.
  private Optional<Mark> reached = Optional.empty();

  /// What an anchor names, and how many values it holds.
  private record Anchored(ConfigNode node, int size) {}

  /// Ends the reading; the problem has been told.
  private static final class Stopped extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    Stopped() {
      super(null, null, false, false);
    }
  }

  NodeComposer(String file, String text, Environment environment, Problems problems) {
    this.file = file;
    this.text = text;
    this.environment = environment;
    this.problems = problems;
  }

  /// {@return the top of the document: a map, empty when the text is empty or cannot be read}
  ConfigNode.Mapping compose() {
    // One buffer for the whole text: the engine copies what it has not yet used whenever it reads
    // more, which made a 16 MiB comment take 108 s with its own buffer of 1 KiB.
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setBufferSize(text.length() + 1)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    try {
      return top(document(new ParserImpl(settings, new StreamReader(settings, text))));
    } catch (Stopped _) {
      return nothing(); // told where it was thrown
    } catch (YamlEngineException e) {
      tell(e);
      return nothing();
    }
  }

  private ConfigNode.Mapping nothing() {
    return new ConfigNode.Mapping(new Place(file, 0, 0), Map.of());
  }

  private ConfigNode.Mapping top(@Nullable ConfigNode node) {
    return switch (node) {
      case null -> nothing();
      case ConfigNode.Mapping map -> map;
      case ConfigNode.Scalar scalar when scalar.isNull() -> nothing();
      case ConfigNode other -> {
        problems.add(
            other.place(), KeyPath.root(), "is not a map", "expected: lines of key: value");
        yield nothing();
      }
    };
  }

  private @Nullable ConfigNode document(Iterator<Event> events) {
    ConfigNode top = null;
    while (events.hasNext()) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.DocumentStart) {
        if (top != null) {
          throw stop(event, KeyPath.root(), "a second document begins", "expected: one document");
        }
        top = node(events.next(), events, KeyPath.root(), 0);
      }
    }
    return top;
  }

  private ConfigNode node(Event event, Iterator<Event> events, KeyPath at, int depth) {
    if (depth > MAX_DEPTH) {
      throw stop(
          event, KeyPath.root(), "nests too deep", "expected: at most " + MAX_DEPTH + " levels");
    }
    reached = event.getEndMark();
    int before = values;
    count(1, event);
    return switch (event) {
      case AliasEvent alias -> alias(alias, at);
      case ScalarEvent scalar -> {
        refuseTag(scalar.getTag(), scalar, at);
        String value = environment.fill(scalar.getValue(), place(scalar), at);
        var node = new ConfigNode.Scalar(place(scalar), value, scalar.isPlain());
        yield anchored(scalar.getAnchor(), node, before);
      }
      case SequenceStartEvent start -> {
        refuseTag(start.getTag(), start, at);
        yield anchored(start.getAnchor(), list(start, events, at, depth), before);
      }
      case MappingStartEvent start -> {
        refuseTag(start.getTag(), start, at);
        yield anchored(start.getAnchor(), map(start, events, at, depth), before);
      }
      case Event other -> throw new IllegalStateException("not a value: " + other);
    };
  }

  /// An anchor names a value only once the value is complete, so no value can hold itself.
  private ConfigNode anchored(Optional<Anchor> anchor, ConfigNode node, int before) {
    anchor.ifPresent(name -> anchors.put(name, new Anchored(node, values - before)));
    return node;
  }

  private ConfigNode alias(AliasEvent alias, KeyPath at) {
    Anchored target = anchors.get(alias.getAlias());
    if (target == null) {
      String what = "alias " + Quoted.of("*" + alias.getAlias()) + " stands for nothing above";
      problems.add(place(alias), at, what, "expected: the name of an &anchor");
      return new ConfigNode.Scalar(place(alias), "", true);
    }
    count(target.size(), alias);
    return target.node();
  }

  private ConfigNode list(Event start, Iterator<Event> events, KeyPath at, int depth) {
    List<ConfigNode> items = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      items.add(node(event, events, at.index(items.size()), depth + 1));
    }
    return new ConfigNode.Sequence(place(start), items);
  }

  private ConfigNode map(Event start, Iterator<Event> events, KeyPath at, int depth) {
    Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      String key = key(event, at);
      ConfigNode value = node(events.next(), events, at.key(key), depth + 1);
      var entry = new ConfigNode.Entry(place(event), value);
      ConfigNode.Entry first = entries.putIfAbsent(key, entry);
      if (first != null) {
        String what = "is given twice, first in line " + first.keyPlace().line();
        problems.add(place(event), at.key(key), what, "expected: every key once");
      }
    }
    return new ConfigNode.Mapping(place(start), entries);
  }

  /// Keys are words: no variables are filled in, aliases and collections are refused.
  private String key(Event event, KeyPath at) {
    count(1, event);
    if (!(event instanceof ScalarEvent scalar)) {
      throw stop(event, at, "a key is not a word", "expected: key: value");
    }
    refuseTag(scalar.getTag(), scalar, at);
    return scalar.getValue();
  }

  /// Tags choose types, and here the key does.
  private void refuseTag(Optional<String> tag, Event event, KeyPath at) {
    if (tag.isPresent()) {
      problems.add(place(event), at, "has the YAML tag " + Quoted.of(tag.get()), "expected: none");
    }
  }

  private void count(int more, Event event) {
    values += more; // cannot overflow: both are at most MAX_VALUES
    if (values > MAX_VALUES) {
      throw stop(event, KeyPath.root(), "holds too many values", "expected: at most " + MAX_VALUES);
    }
  }

  private Stopped stop(Event event, KeyPath at, String what, String hint) {
    problems.add(place(event), at, what, hint);
    return new Stopped();
  }

  private Place place(Event event) {
    return place(event.getStartMark());
  }

  private Place place(Optional<Mark> mark) {
    return mark.map(m -> new Place(file, m.getLine() + 1, m.getColumn() + 1))
        .orElseGet(() -> new Place(file, 0, 0));
  }

  /// Words a syntax error of the engine for an operator.
  private void tell(YamlEngineException e) {
    switch (e) {
      case MarkedYamlEngineException marked -> {
        Place place = place(marked.getProblemMark());
        String what = marked.getProblem().contains("TAB") ? "a tab begins it" : marked.getProblem();
        problems.add(place, KeyPath.root(), "is not YAML: " + what, hint(place.line()));
      }
      case ReaderException reader -> {
        int end = text.offsetByCodePoints(0, reader.getPosition());
        int line = 1 + (int) text.substring(0, end).chars().filter(c -> c == '\n').count();
        String what = "holds the character U+%04X".formatted(reader.getCodePoint());
        problems.add(new Place(file, line, 0), KeyPath.root(), what, "expected: printable text");
      }
      case YamlEngineException other ->
          problems.add(
              place(reached), KeyPath.root(), "is not YAML behind this: " + other.getMessage());
    }
  }

  /// {@return what mends the usual syntax errors, judged by the line where the engine gave up}
  private String hint(int line) {
    String broken = text.lines().skip(Math.max(0, line - 1)).findFirst().orElse("");
    if (broken.contains("\t")) {
      return "expected: spaces, not tabs";
    }
    return broken.contains("${") ? "expected: quotes around ${NAME} inside { } and [ ]" : "";
  }
}
