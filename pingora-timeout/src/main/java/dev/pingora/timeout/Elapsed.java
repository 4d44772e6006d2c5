// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A time limit has passed before the work was done.
public final class Elapsed extends TimeoutException {
  private static final long serialVersionUID = 1;

  /// A limit that has passed.
  ///
  /// @param cause what the work threw when it was interrupted
  public Elapsed(Duration limit, @Nullable Throwable cause) {
    super("timeout elapsed after " + limit);
    initCause(cause);
  }
}
