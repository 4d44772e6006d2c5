// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The kernel's account of a TCP connection: Linux's `struct tcp_info`, without what only kernel
/// developers read. Fields that the kernel does not have are 0. Times are in microseconds unless
/// named otherwise; counts and sizes never wrap below zero.
///
/// @param state TCP_ESTABLISHED = 1, … as in `<netinet/tcp.h>`
/// @param retransmits of the segment now at the head of the queue
/// @param rtoMicros retransmission timeout
/// @param sendMss largest segment sent
/// @param receiveMss largest segment received
/// @param unacknowledged segments in flight
/// @param lost segments thought lost
/// @param lastDataSentMillis since data was last sent
/// @param lastDataReceivedMillis since data last came
/// @param pathMtu of the path
/// @param rttMicros smoothed round trip
/// @param rttVarianceMicros its variance
/// @param congestionWindow in segments
/// @param totalRetransmits segments sent again so far
/// @param bytesAcknowledged by the peer
/// @param bytesReceived in order
/// @param notSentBytes that wait in the send buffer
/// @param minRttMicros least round trip seen
/// @param deliveryRate bytes a second that arrived lately
/// @param busyMicros with data to send
/// @param delivered segments the peer has
/// @param bytesSent with those sent again
/// @param bytesRetransmitted sent again
/// @param reorderings seen
public record TcpFacts(
    int state,
    int retransmits,
    long rtoMicros,
    long sendMss,
    long receiveMss,
    long unacknowledged,
    long lost,
    long lastDataSentMillis,
    long lastDataReceivedMillis,
    long pathMtu,
    long rttMicros,
    long rttVarianceMicros,
    long congestionWindow,
    long totalRetransmits,
    long bytesAcknowledged,
    long bytesReceived,
    long notSentBytes,
    long minRttMicros,
    long deliveryRate,
    long busyMicros,
    long delivered,
    long bytesSent,
    long bytesRetransmitted,
    long reorderings) {
  /// What we read of the structure; a shorter answer of an older kernel leaves zeros.
  static final int LENGTH = 224;

  /// {@return the structure's fields, by their offsets in `<linux/tcp.h>`}
  static TcpFacts read(ByteBuffer in) {
    ByteBuffer info = in.duplicate().order(ByteOrder.nativeOrder());
    return new TcpFacts(
        info.get(0) & 0xff,
        info.get(2) & 0xff,
        word(info, 8),
        word(info, 16),
        word(info, 20),
        word(info, 24),
        word(info, 32),
        word(info, 44),
        word(info, 52),
        word(info, 60),
        word(info, 68),
        word(info, 72),
        word(info, 80),
        word(info, 100),
        info.getLong(120),
        info.getLong(128),
        word(info, 144),
        word(info, 148),
        info.getLong(160),
        info.getLong(168),
        word(info, 192),
        info.getLong(200),
        info.getLong(208),
        word(info, 220));
  }

  private static long word(ByteBuffer info, int offset) {
    return Integer.toUnsignedLong(info.getInt(offset));
  }
}
