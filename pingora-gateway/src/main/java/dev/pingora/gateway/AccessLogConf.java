// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where and how requests are logged: the `access_log:` block.
///
/// @param path the file, appended to; null = stdout, written `-`
/// @param format how a line looks
/// @param sample share of the requests that are logged, 0.0 to 1.0
record AccessLogConf(@Nullable Path path, AccessLogFormat format, double sample) {

  static Builder builder() {
    return new Builder();
  }

  /// Collects an [AccessLogConf]; confined to one thread.
  static final class Builder {
    @Nullable Path path;
    AccessLogFormat format = AccessLogFormat.combined();
    double sample = 1.0;

    AccessLogConf build() {
      return new AccessLogConf(path, format, sample);
    }
  }
}
