// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.services;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// The file of a Unix socket whose server has gone. Called at start and stop only.
final class StaleSocket {
  private StaleSocket() {}

  /// Removes it, unless somebody still listens there: then the address is in use. What is no socket
  /// is somebody's file, which binding would remove (Netty unlinks the path first), so it is
  /// refused.
  static void remove(SocketAddress address) throws ProxyException {
    if (!(address instanceof UnixDomainSocketAddress unix) || !Files.exists(unix.getPath())) {
      return;
    }
    if (answers(unix)) {
      throw ProxyException.of(
          ErrorKind.BIND_ERROR,
          "cannot listen on unix:%s: address in use",
          unix.getPath().toString());
    }
    try {
      if (!isSocket(unix.getPath())) {
        throw ProxyException.of(
            ErrorKind.BIND_ERROR,
            "cannot listen on unix:%s: a file that is no socket is there",
            unix.getPath().toString());
      }
      Files.delete(unix.getPath());
    } catch (ProxyException e) {
      throw e;
    } catch (IOException e) {
      throw ProxyException.explain(
          ErrorKind.BIND_ERROR, e, "cannot replace unix:%s", unix.getPath().toString());
    }
  }

  static void removeQuietly(SocketAddress address) {
    if (address instanceof UnixDomainSocketAddress unix) {
      try {
        if (isSocket(unix.getPath())) {
          Files.deleteIfExists(unix.getPath());
        }
      } catch (IOException e) {
        // The next start replaces it.
      }
    }
  }

  /// S_IFMT and S_IFSOCK: Java knows of sockets only that they are something else than a file.
  private static boolean isSocket(Path path) throws IOException {
    return Files.exists(path) && ((int) Files.getAttribute(path, "unix:mode") & 0170000) == 0140000;
  }

  private static boolean answers(UnixDomainSocketAddress address) {
    try (SocketChannel probe = SocketChannel.open(address)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
