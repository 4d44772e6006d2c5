// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.net.SocketAddress;
import java.util.List;

/// A listening address and its sockets, one per accepting loop. Thread-safe; on loops that have
/// ended, which closes their sockets, nothing happens.
public final class Listening implements AutoCloseable {
  private final List<Part> parts;

  Listening(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  record Part(Loop loop, Transport.Acceptor acceptor) {}

  /// {@return the address, with the port that was taken when port 0 was asked for}
  public SocketAddress address() {
    return parts.getFirst().acceptor().localAddress();
  }

  /// Stops accepting, at once on the loop that calls this and soon on the others: new connections
  /// wait in the kernel's queue, up to the backlog.
  public void pause() {
    for (Part part : parts) {
      if (part.loop().inEventLoop()) {
        part.acceptor().pause();
      }
      part.loop().post(part.acceptor()::pause); // a message too: it follows a resume under way
    }
  }

  public void resume() {
    parts.forEach(part -> part.loop().post(part.acceptor()::resume));
  }

  /// Closes the sockets, soon. Connections that were accepted live on.
  @Override
  public void close() {
    parts.forEach(part -> part.loop().post(part.acceptor()::close));
  }
}
