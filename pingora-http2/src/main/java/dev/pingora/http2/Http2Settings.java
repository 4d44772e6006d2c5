// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import static dev.pingora.http2.Wire.DEFAULT_TABLE;
import static dev.pingora.http2.Wire.DEFAULT_WINDOW;
import static dev.pingora.http2.Wire.MAX_MAX_FRAME;
import static dev.pingora.http2.Wire.MIN_MAX_FRAME;
import static dev.pingora.http2.Wire.SETTING;

import java.nio.ByteBuffer;

/// The SETTINGS of one side (RFC 9113 §6.5.2). Push is always off and therefore no component.
///
/// @param headerTableSize bytes of the dynamic table that the decoder of this side keeps
/// @param maxConcurrentStreams streams the other side may have open; `Integer.MAX_VALUE` for any
/// @param initialWindowSize bytes the other side may send on a new stream
/// @param maxFrameSize bytes of the largest payload this side accepts, 16384..16777215
/// @param maxHeaderListSize bytes of the largest field section this side accepts, uncompressed,
///   each field line counting 32 more; `Integer.MAX_VALUE` for any
public record Http2Settings(
    int headerTableSize,
    int maxConcurrentStreams,
    int initialWindowSize,
    int maxFrameSize,
    int maxHeaderListSize) {

  /// What holds before a side has said anything.
  public static final Http2Settings INITIAL =
      new Http2Settings(
          DEFAULT_TABLE, Integer.MAX_VALUE, DEFAULT_WINDOW, MIN_MAX_FRAME, Integer.MAX_VALUE);

  /// What we announce unless configured otherwise. A stream's window is larger than most content;
  /// what a connection holds in all is bounded by [Http2Limits#connectionWindow].
  public static final Http2Settings OURS =
      new Http2Settings(DEFAULT_TABLE, 128, 1 << 20, MIN_MAX_FRAME, 64 << 10);

  public Http2Settings {
    requireRange("headerTableSize", headerTableSize, 0, Integer.MAX_VALUE);
    requireRange("maxConcurrentStreams", maxConcurrentStreams, 0, Integer.MAX_VALUE);
    requireRange("initialWindowSize", initialWindowSize, 0, Wire.MAX_WINDOW);
    requireRange("maxFrameSize", maxFrameSize, MIN_MAX_FRAME, MAX_MAX_FRAME);
    requireRange("maxHeaderListSize", maxHeaderListSize, 0, Integer.MAX_VALUE);
  }

  public Http2Settings withHeaderTableSize(int bytes) {
    return new Http2Settings(
        bytes, maxConcurrentStreams, initialWindowSize, maxFrameSize, maxHeaderListSize);
  }

  public Http2Settings withMaxConcurrentStreams(int streams) {
    return new Http2Settings(
        headerTableSize, streams, initialWindowSize, maxFrameSize, maxHeaderListSize);
  }

  public Http2Settings withInitialWindowSize(int bytes) {
    return new Http2Settings(
        headerTableSize, maxConcurrentStreams, bytes, maxFrameSize, maxHeaderListSize);
  }

  public Http2Settings withMaxFrameSize(int bytes) {
    return new Http2Settings(
        headerTableSize, maxConcurrentStreams, initialWindowSize, bytes, maxHeaderListSize);
  }

  public Http2Settings withMaxHeaderListSize(int bytes) {
    return new Http2Settings(
        headerTableSize, maxConcurrentStreams, initialWindowSize, maxFrameSize, bytes);
  }

  /// {@return these settings after one received setting (RFC 9113 §6.5.2)}
  ///
  /// Unknown identifiers change nothing (§6.5.2: MUST be ignored); values beyond `int` where there
  /// is no upper bound count as the largest `int`.
  ///
  /// @param fromServer whether the sender is a server, which may only switch push off
  Http2Settings with(int id, int value, boolean fromServer) throws ConnectionException {
    int bounded = value < 0 ? Integer.MAX_VALUE : value;
    return switch (id) {
      case Wire.HEADER_TABLE_SIZE -> withHeaderTableSize(bounded);
      case Wire.ENABLE_PUSH -> {
        if (value < 0 || value > (fromServer ? 0 : 1)) {
          throw ConnectionException.protocol("invalid SETTINGS_ENABLE_PUSH");
        }
        yield this;
      }
      case Wire.MAX_CONCURRENT_STREAMS -> withMaxConcurrentStreams(bounded);
      case Wire.INITIAL_WINDOW_SIZE -> {
        if (value < 0) {
          throw new ConnectionException(
              ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1");
        }
        yield withInitialWindowSize(value);
      }
      case Wire.MAX_FRAME_SIZE -> {
        if (value < MIN_MAX_FRAME || value > MAX_MAX_FRAME) {
          throw ConnectionException.protocol("invalid SETTINGS_MAX_FRAME_SIZE");
        }
        yield withMaxFrameSize(value);
      }
      case Wire.MAX_HEADER_LIST_SIZE -> withMaxHeaderListSize(bounded);
      default -> this;
    };
  }

  /// {@return the payload bytes that [#writeTo] writes}
  int encodedLength(boolean client) {
    return SETTING
        * ((client ? 1 : 0)
            + (headerTableSize != INITIAL.headerTableSize ? 1 : 0)
            + (maxConcurrentStreams != INITIAL.maxConcurrentStreams && !client ? 1 : 0)
            + (initialWindowSize != INITIAL.initialWindowSize ? 1 : 0)
            + (maxFrameSize != INITIAL.maxFrameSize ? 1 : 0)
            + (maxHeaderListSize != INITIAL.maxHeaderListSize ? 1 : 0));
  }

  /// Writes what differs from [#INITIAL]; a client also switches push off and leaves out the number
  /// of streams, which would concern pushed ones only.
  void writeTo(ByteBuffer out, boolean client) {
    if (client) {
      put(out, Wire.ENABLE_PUSH, 0, 1);
    } else {
      put(out, Wire.MAX_CONCURRENT_STREAMS, maxConcurrentStreams, INITIAL.maxConcurrentStreams);
    }
    put(out, Wire.HEADER_TABLE_SIZE, headerTableSize, INITIAL.headerTableSize);
    put(out, Wire.INITIAL_WINDOW_SIZE, initialWindowSize, INITIAL.initialWindowSize);
    put(out, Wire.MAX_FRAME_SIZE, maxFrameSize, INITIAL.maxFrameSize);
    put(out, Wire.MAX_HEADER_LIST_SIZE, maxHeaderListSize, INITIAL.maxHeaderListSize);
  }

  /// One setting, unless it is what holds anyway (RFC 9113 §6.5.1).
  private static void put(ByteBuffer out, int id, int value, int initial) {
    if (value != initial) {
      out.putShort((short) id).putInt(value);
    }
  }

  private static void requireRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + ".." + most + ")");
    }
  }
}
