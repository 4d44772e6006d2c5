// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.io.Serial;

/// A value could not be loaded; the cause is what the loader threw. Whoever waited for the same
/// load gets an exception of their own with the same cause.
public final class LoadException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final Throwable reason;

  LoadException(String message, Throwable cause) {
    super(message, cause);
    this.reason = cause;
  }

  /// The cause, which there always is.
  Throwable reason() {
    return reason;
  }
}
