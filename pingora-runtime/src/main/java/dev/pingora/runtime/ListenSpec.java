// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.runtime;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where and how to listen.
///
/// @param address a resolved `InetSocketAddress` (port 0 = any free port) or a
///   `UnixDomainSocketAddress`
/// @param backlog connections that may wait in the kernel
/// @param reusePort one socket per loop on the same address (SO_REUSEPORT)
/// @param ipv6Only null = the system's default
/// @param unixMode permissions of a Unix socket's file, such as `0660`
public record ListenSpec(
    SocketAddress address,
    int backlog,
    boolean reusePort,
    @Nullable Boolean ipv6Only,
    int unixMode,
    SocketTuning tuning) {
  public static final int BACKLOG = 4096;
  public static final int UNIX_MODE = 0666;

  public static ListenSpec of(SocketAddress address) {
    return new ListenSpec(address, BACKLOG, true, null, UNIX_MODE, SocketTuning.NONE);
  }

  /// Gives the file of a Unix socket its permissions, once it is bound.
  void setUnixMode() throws IOException {
    if (address instanceof UnixDomainSocketAddress unix) {
      Files.setPosixFilePermissions(unix.getPath(), permissions(unixMode));
    }
  }

  /// {@return the permissions of a mode such as `0660`}
  static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values(); // owner r, w, x, group …, others …
    for (int i = 0; i < all.length; i++) {
      if ((mode >> (all.length - 1 - i) & 1) != 0) {
        set.add(all[i]);
      }
    }
    return set;
  }

  public ListenSpec withAddress(SocketAddress other) {
    return new ListenSpec(other, backlog, reusePort, ipv6Only, unixMode, tuning);
  }
}
