// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Small programs that use the library, each run by a test.
@NullMarked
module dev.pingora.examples {
  requires static org.jspecify;
  requires dev.pingora;
  requires dev.pingora.limits;
  requires java.net.http;
}
