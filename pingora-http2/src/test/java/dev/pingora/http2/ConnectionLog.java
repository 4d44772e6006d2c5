// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps what a connection's listener is told.
final class ConnectionLog implements Http2Listener {
  final List<Long> pongs = new ArrayList<>();
  final List<Http2Settings> settings = new ArrayList<>();
  final List<Http2Error.StreamError> rejected = new ArrayList<>();
  final List<String> goAways = new ArrayList<>();
  Http2Error.@Nullable ConnectionError failure;

  @Override
  public void goAway(int lastStreamId, ErrorCode code, String debug) {
    goAways.add(lastStreamId + " " + code + " " + debug);
  }

  @Override
  public void pong(long opaque) {
    pongs.add(opaque);
  }

  @Override
  public void settings(Http2Settings latest) {
    settings.add(latest);
  }

  @Override
  public void rejected(Http2Error.StreamError error) {
    rejected.add(error);
  }

  @Override
  public void failed(Http2Error.ConnectionError error) {
    assert failure == null : "failed twice";
    failure = error;
  }

  Http2Error.ConnectionError failure() {
    if (failure == null) {
      throw new AssertionError("the connection has not failed");
    }
    return failure;
  }
}
