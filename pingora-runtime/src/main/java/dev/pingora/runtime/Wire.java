// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// One connected socket as the event loop sees it: the small interface behind which every transport
/// hides. All methods are called on the event-loop thread of the wire's loop, and none blocks.
///
/// A wire reports through [WireEvents]: edge-triggered, that is once per change.
interface Wire {
  /// Reads once into the buffer from index 0.
  ///
  /// @return bytes read (> 0), [#NOTHING] when nothing is there, [#END] when the peer has ended its
  ///   direction
  int receive(Buffer into) throws IOException;

  /// Reads once what nobody wants any more, as [#receive].
  default int discard(Buffer scratch) throws IOException {
    return receive(scratch);
  }

  /// Writes once from the buffer's position, and advances it.
  ///
  /// @return bytes written, 0 when the socket takes none now ([WireEvents#onWritable] follows)
  int send(Buffer from) throws IOException;

  /// Asks for [WireEvents#onWritable]: the last send took less than it was given.
  void awaitWritable();

  /// Ends our direction (FIN) after what was sent.
  void shutdownOutput() throws IOException;

  /// {@return whether more may be there without another [WireEvents#onReadable], after a [#receive]
  /// that brought `n` bytes}
  default boolean mayHaveMore(int n, Buffer into) {
    return n == into.capacity();
  }

  /// The socket has told that it has something.
  ///
  /// @param hungUp and that the peer's end is among it
  default void noteReadable(boolean hungUp) {}

  /// {@return whether what has come concerns the application: bytes, an end, a failure} Asked while
  /// a connection is at rest.
  default boolean hasContent() {
    return true;
  }

  /// Sends what [#send] took and kept.
  ///
  /// @return whether nothing is left; if not, as when [#send] took less
  default boolean flush() throws IOException {
    return true;
  }

  /// {@return whether something waits for [#flush]}
  default boolean holdsOutput() {
    return false;
  }

  /// Nothing more will be sent: makes what there is to say about that, for [#flush].
  default void endOutput() {}

  /// Closes the descriptor; nothing is reported afterwards. Idempotent.
  void close();

  /// Closes with RST: unsent bytes are dropped. Idempotent.
  void reset();

  boolean isOpen();

  /// {@return what the kernel knows of the socket; null where this kind of wire cannot ask}
  default @Nullable SocketFacts facts() {
    return null;
  }

  int NOTHING = 0;
  int END = -1;
}
