// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.util.List;
import java.util.Locale;

/// When a request is tried again.
///
/// @param attempts further attempts after the first; the server's `max_retries` is above it
/// @param on what is tried again
record RetryConf(int attempts, List<Cause> on) {

  /// What a further attempt may follow.
  sealed interface Cause {
    String FORM = "connect, reset_before_response or a status 500..599";

    static Cause parse(String text) {
      for (Fault fault : Fault.values()) {
        if (fault.text().equals(text)) {
          return fault;
        }
      }
      if (text.matches("5[0-9][0-9]")) {
        return new Status(Integer.parseInt(text));
      }
      throw new IllegalArgumentException("is \"" + text + "\"");
    }

    /// {@return the text form}
    String text();
  }

  /// A failed exchange.
  enum Fault implements Cause {
    /// No connection was made, so nothing was sent.
    CONNECT,
    /// The upstream closed or reset before the first byte of its response.
    RESET_BEFORE_RESPONSE;

    @Override
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// An answered exchange.
  ///
  /// @param code 500 to 599
  record Status(int code) implements Cause {
    @Override
    public String text() {
      return Integer.toString(code);
    }
  }

  RetryConf {
    on = List.copyOf(on);
  }

  static RetryConf defaults() {
    return new Builder().build();
  }

  /// {@return whether an exchange that failed so is tried again}
  boolean follows(Fault fault) {
    return on.contains(fault);
  }

  /// {@return whether an exchange answered so is tried again}
  boolean follows(int status) {
    for (Cause cause : on) {
      if (cause instanceof Status s && s.code() == status) {
        return true;
      }
    }
    return false;
  }

  /// Collects a [RetryConf]; confined to one thread.
  static final class Builder {
    int attempts = 2;
    List<Cause> on = List.of(Fault.CONNECT, Fault.RESET_BEFORE_RESPONSE, new Status(503));

    RetryConf build() {
      return new RetryConf(attempts, on);
    }
  }
}
