// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.net.SocketAddress;
import java.util.List;
import java.util.Map;

/// The backends of a moment, and the selection built for them. Readers take it by one read of a
/// field, so that they never see a selection with other backends. Immutable.
///
/// @param selection over these backends
/// @param backends in the order of discovery, as users get them
/// @param entries of these, in the same order
/// @param byAddress the same entries
record BackendSet<S extends Selection>(
    S selection, List<Backend> backends, List<Entry> entries, Map<SocketAddress, Entry> byAddress) {

  /// A backend.
  ///
  /// @param found as discovery told it
  /// @param bound as users get it
  record Entry(Backend found, Backend bound) {}
}
