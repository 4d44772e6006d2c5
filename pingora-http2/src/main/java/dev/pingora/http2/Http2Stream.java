// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import dev.pingora.http.Fields;
import dev.pingora.http.ResponseHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One request and its response on a connection: what the engine can do with it.
///
/// **Threads.** The connection thread only. A request thread sends the connection thread a message
/// and has it call these methods.
///
/// **Life.** Whoever got a stream owes it one [#release], when the request thread has ended and
/// holds nothing of it any more. Until then it counts against the number of streams, even if the
/// peer has long since reset it: that is what bounds the work a peer can start. Methods of a closed
/// stream do nothing, as the peer can close it at any moment.
public final class Http2Stream {
  private final Http2Connection connection;
  private final int id;

  // Package state, belonging to the classes named.
  // Receiver:
  @Nullable StreamListener listener;
  StreamState state = StreamState.OPEN;
  final ReceiveWindow receiveWindow;
  long expectedContent = -1;
  long receivedContent;
  boolean finalHeaderReceived;
  boolean requestIsHead;
  int informational;

  /// Content passed to the listener that it has not consumed.
  int unconsumed;

  // SendFlow:
  int sendWindow;
  boolean finalHeaderSent;
  boolean wantsToSend;
  boolean queued;
  @Nullable Http2Stream nextReady;
  @Nullable Http2Stream previousReady;

  // Streams:
  boolean released;
  @Nullable Http2Stream nextInBucket;

  Http2Stream(Http2Connection connection, int id, int receiveWindow, int sendWindow) {
    this.connection = connection;
    this.id = id;
    this.receiveWindow = new ReceiveWindow(receiveWindow);
    this.sendWindow = sendWindow;
  }

  /// {@return the stream identifier}
  public int id() {
    return id;
  }

  /// {@return whether nothing can be sent or received any more}
  public boolean isClosed() {
    return state == StreamState.CLOSED;
  }

  /// Sends a response, on a server. Informational ones (1xx) may precede the final one.
  ///
  /// @param endStream whether neither content nor trailers follow
  /// @throws IllegalStateException if the final response has been sent already
  public void sendHeaders(ResponseHeader response, boolean endStream) {
    connection.sender().response(this, response, endStream);
  }

  /// Sends as much of the content as windows, output and the turns of other streams permit now.
  ///
  /// What is left stays in `content`. After false, [StreamListener#writable] says when to call
  /// again, with the rest. Empty content with `endStream` always goes.
  ///
  /// @param content its position moves by what was taken
  /// @param endStream whether the stream ends with these bytes
  /// @return whether everything was taken
  public boolean sendData(ByteBuffer content, boolean endStream) {
    return connection.sender().data(this, content, endStream);
  }

  /// Sends the trailer section, which ends the stream in this direction. To be called when
  /// [#sendData] has taken all content.
  public void sendTrailers(Fields trailers) {
    connection.sender().trailers(this, trailers);
  }

  /// Ends the stream at once in both directions. A server that has answered completely and does not
  /// want the rest of the request uses NO_ERROR (RFC 9113 §8.1).
  public void reset(ErrorCode code) {
    connection.sender().reset(this, code);
  }

  /// Says that the application is done with so many bytes of content, which lets the peer send as
  /// many more.
  ///
  /// @throws IllegalArgumentException if that is more than it was given
  public void consumed(int bytes) {
    if (bytes < 0 || bytes > unconsumed) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: 0.." + unconsumed + ")");
    }
    connection.consumed(this, bytes);
  }

  /// Ends the engine's use of the stream. What it has not consumed counts as consumed. A stream
  /// that is not finished is reset: with NO_ERROR by a server that has answered completely (RFC
  /// 9113 §8.1), else with CANCEL.
  public void release() {
    connection.release(this);
  }

  @Override
  public String toString() {
    return "Http2Stream[" + id + ", " + state + "]";
  }
}
