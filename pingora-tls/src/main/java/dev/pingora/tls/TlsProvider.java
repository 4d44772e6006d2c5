// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A TLS library. Found by [java.util.ServiceLoader]; see [TlsProviders].
///
/// Several providers, and several contexts of each, live in one process. Thread-safe. Loading a
/// provider's class must load no native library: that is done by the first call of [#availability].
public interface TlsProvider {
  /// {@return the name in configurations: `openssl`, `boringssl`, `s2n`, `rustls`, `jsse`}
  String id();

  /// {@return whether it can be used here; the same at every call} Never throws.
  Availability availability();

  /// Takes the native library from `file` (or that folder) instead of where it is looked for.
  /// Before the first use of the provider in this process.
  ///
  /// @throws IllegalStateException when it is too late
  default void library(@Nullable Path file) {
    if (file != null) {
      throw new IllegalStateException(id() + " loads no library");
    }
  }

  /// {@return a context for a server}
  ///
  /// @throws TlsException CONFIGURATION, naming what this provider cannot do or which file is bad
  TlsContext server(ServerTls config) throws TlsException;

  /// {@return a context for clients}
  ///
  /// @throws TlsException as [#server]
  TlsContext client(ClientTls config) throws TlsException;
}
