// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// What stands between the socket of a connection and its application once [Connection#secure] was
/// called: the record protocol of TLS, say.
///
/// Called on the event-loop thread of the connection only. Nothing blocks. Segments are native, and
/// used during the call only.
public interface RecordLayer {
  /// Takes octets that came from the socket.
  ///
  /// @return how many were taken; fewer than `length` only until [#read] has given some
  int feed(MemorySegment from, long offset, int length) throws IOException;

  /// Nothing more will come from the socket.
  void endOfInput();

  /// Gives octets for the socket.
  ///
  /// @return how many, 0 when there are none
  int drain(MemorySegment into, long offset, int capacity);

  /// Gives octets for the application.
  ///
  /// @return how many; 0 when more input is needed; -1 at the proper end
  int read(MemorySegment into, long offset, int capacity) throws IOException;

  /// Takes octets from the application.
  ///
  /// @return how many were taken; fewer than `length` while output waits for [#drain]
  int write(MemorySegment from, long offset, int length) throws IOException;

  /// Makes the octets that end our direction properly; see [#drain]. Idempotent.
  void endOfOutput();

  /// Frees everything. Nothing is called afterwards.
  void close();
}
