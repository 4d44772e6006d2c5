// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Compact storage of header sections: zstd with a trained dictionary.
@NullMarked
module dev.pingora.headerserde {
  requires static org.jspecify;
  requires com.github.luben.zstd_jni;
  requires transitive dev.pingora.error;
  requires transitive dev.pingora.http;

  exports dev.pingora.headerserde;
}
