// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// HTTP/1.1 codec without sockets, both sides, strict by RFC 9112.
///
/// The engine owns connections, threads and clocks; this package turns octets into messages and
/// back.
///
/// - In: [HeadReader], then [RequestParser] or [ResponseParser], then [MessageFraming], then
///   [ContentReader].
/// - Out: [MessageFraming#announceIn], then [HeadWriter], then [ContentWriter].
///
/// Between the two stands what an intermediary must do to a message: [HopByHop], [Via],
/// [Persistence], [Expectation], [Upgrade]. [H2Preface] tells HTTP/2 from HTTP/1 before anything
/// else is read.
///
/// ```java
/// byte[] head = heads.read(in);                              // null: wait for more input
/// RequestHeader request = heads.parseRequest(head);
/// MessageFraming framing = MessageFraming.ofRequest(request); // the one decision
/// ContentReader content = ContentReader.ofRequest(framing, limits);
/// int length = content.read(in);          // content stays in place, before in.position()
/// ```
///
/// **Bad input** leaves as a [dev.pingora.error.ProxyException] and in no other way: from a client
/// with the status to answer, from an upstream as a fault that becomes 502. Either way the
/// connection ends, because where the next message begins is unknown.
///
/// **Bounds.** Everything that is stored is bounded by [Http1Limits]. **Threads.** Readers and
/// writers have one owner, everything else is pure.
package dev.pingora.http1;
