// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.configuration;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The way from the top of a configuration to one of its values: `listeners[0].socket.backlog`.
/// Immutable; a child shares its parent.
public final class KeyPath {
  private static final KeyPath ROOT = new KeyPath(null, "", -1);

  private final @Nullable KeyPath parent;
  private final String key;
  private final int index;

  private KeyPath(@Nullable KeyPath parent, String key, int index) {
    this.parent = parent;
    this.key = key;
    this.index = index;
  }

  /// {@return the path of the whole configuration}
  public static KeyPath root() {
    return ROOT;
  }

  /// {@return the path of the value that `name` maps to}
  public KeyPath key(String name) {
    return new KeyPath(this, name, -1);
  }

  /// {@return the path of an element of the list here, from 0}
  public KeyPath index(int element) {
    return new KeyPath(this, "", element);
  }

  /// {@return where the value of this path, or else the nearest one above it, stands}
  public Place placeIn(ConfigNode top) {
    ConfigNode node = top;
    Place best = top.place();
    for (KeyPath step : steps()) {
      ConfigNode next = step.follow(node);
      if (next == null) {
        return best;
      }
      best = next.place();
      node = next;
    }
    return best;
  }

  private @Nullable ConfigNode follow(ConfigNode node) {
    return switch (node) {
      case ConfigNode.Mapping map -> index < 0 ? map.get(key) : null;
      case ConfigNode.Sequence list ->
          index >= 0 && index < list.items().size() ? list.items().get(index) : null;
      case ConfigNode.Scalar _ -> null;
    };
  }

  private Iterable<KeyPath> steps() {
    var steps = new ArrayDeque<KeyPath>();
    for (KeyPath at = this; at.parent != null; at = at.parent) {
      steps.addFirst(at);
    }
    return steps;
  }

  /// {@return the path as text; empty for the whole configuration}
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (KeyPath step : steps()) {
      if (step.index >= 0) {
        text.append('[').append(step.index).append(']');
      } else {
        text.append(text.isEmpty() ? "" : ".").append(step.key);
      }
    }
    return text.toString();
  }
}
