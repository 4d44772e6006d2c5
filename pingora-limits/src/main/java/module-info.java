// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

import org.jspecify.annotations.NullMarked;

/// Counting many keys in constant memory: estimates, in-flight counts, rates, token buckets.
@NullMarked
module dev.pingora.limits {
  requires static org.jspecify;

  exports dev.pingora.limits;
}
