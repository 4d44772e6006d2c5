// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.ConfigNode;
import dev.pingora.core.configuration.KeyPath;
import dev.pingora.core.configuration.Problems;
import dev.pingora.core.configuration.ValueType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A period, or `ttl`, which is read as zero.
record EveryType(ValueType<Duration> period) implements ValueType<Duration> {
  private static final String TTL = "ttl";

  @Override
  public @Nullable Duration read(ConfigNode node, KeyPath at, Problems problems) {
    return node instanceof ConfigNode.Scalar scalar && scalar.text().equals(TTL)
        ? Duration.ZERO
        : period.read(node, at, problems);
  }

  @Override
  public String form() {
    return TTL + " or " + period.form();
  }

  @Override
  public Object plain(Duration value) {
    return value.isZero() ? TTL : period.plain(value);
  }

  @Override
  public Map<String, Object> schema() {
    return Map.of("anyOf", List.of(Map.of("const", TTL), period.schema()));
  }
}
