// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

/// What a [Wire] tells its connection, on the event-loop thread.
interface WireEvents {
  /// Bytes, an end or an error may be there to [Wire#receive].
  void onReadable();

  /// The socket takes bytes again.
  void onWritable();

  /// The peer has closed its direction, or the connection broke. More bytes may still be readable.
  void onHangup();
}
