// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// The ready-made gateway: configuration, command line, demo.
@NullMarked
module dev.pingora.gateway {
  requires java.logging;
  requires static org.jspecify;
  requires dev.pingora;
  requires dev.pingora.http1;
  requires dev.pingora.limits;
  requires info.picocli;
  requires org.snakeyaml.engine;
}
