// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Compact storage of header sections: zstd with a trained dictionary.
@NullMarked
module dev.pingora.headerserde {
  requires static org.jspecify;
}
