// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.lang.foreign.MemorySegment;

/// TLS for one connection: octets go in and come out, the session never touches a socket.
///
/// ```
///   transport ──feed──►          ──read──►  application
///                       session
///   transport ◄─drain──          ◄─write──  application
/// ```
///
/// One thread at a time; handed to another only with a happens-before between. Nothing blocks, and
/// nothing here parks a virtual thread. Segments are native (off-heap), only used during the call,
/// and never kept. No method allocates on the heap per record in the native providers.
///
/// **Order of work.** After anything that may have made output ([#handshake], [#read], [#write],
/// [#closeNotify], [#keyUpdate], also when it throws) call [#drain] until it says 0. After [#feed],
/// call [#handshake] until it is done, then [#read] until it says 0.
public interface TlsSession extends AutoCloseable {
  /// Goes on with the handshake.
  ///
  /// @return whether it is complete; if not, the peer has the word: drain, then feed
  /// @throws TlsException when it fails; the alert to send is then in [#drain]
  boolean handshake() throws TlsException;

  /// Takes octets that came from the peer.
  ///
  /// @return how many were taken: fewer than `length` while the session holds as much as it may,
  ///   until [#handshake] or [#read] have used some
  /// @throws TlsException when they are found to be no TLS at once; may as well be told later
  int feed(MemorySegment from, long offset, int length) throws TlsException;

  /// The peer's direction of the transport has ended.
  void endOfInput();

  /// Gives octets to send to the peer.
  ///
  /// @return how many, 0 when there are none
  int drain(MemorySegment into, long offset, int capacity);

  /// Gives decrypted octets; after the handshake.
  ///
  /// @return how many; 0 when more input is needed; -1 once the peer has said close_notify
  /// @throws TlsException on a bad record or an alert; TRUNCATED after [#endOfInput] without
  ///   close_notify
  int read(MemorySegment into, long offset, int capacity) throws TlsException;

  /// Encrypts octets; after the handshake.
  ///
  /// @return how many were taken: fewer than `length` while too much waits for [#drain]
  /// @throws TlsException INTERNAL, or when the session is over
  int write(MemorySegment from, long offset, int length) throws TlsException;

  /// Says that we send no more (RFC 8446 §6.1). Idempotent; also during a handshake.
  void closeNotify();

  /// Makes new keys for our direction (RFC 8446 §4.6.3).
  ///
  /// @param both asks the peer to do so as well
  /// @throws UnsupportedOperationException without [Capability#KEY_UPDATE], or in TLS 1.2
  /// @throws TlsException when the session is over
  default void keyUpdate(boolean both) throws TlsException {
    throw new UnsupportedOperationException("key update");
  }

  /// Keying material for another protocol (RFC 5705, RFC 8446 §7.5); after the handshake.
  ///
  /// @param label ASCII
  /// @throws UnsupportedOperationException without [Capability#EXPORTER]
  /// @throws TlsException INTERNAL
  default byte[] export(String label, byte[] context, int length) throws TlsException {
    throw new UnsupportedOperationException("exporter");
  }

  /// {@return what was agreed on; after the handshake} A new record at each call.
  TlsDigest digest();

  /// Frees what the session holds. Idempotent; no other method may be called afterwards.
  @Override
  void close();
}
