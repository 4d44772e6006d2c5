// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

/// What a look at a source found, without waiting.
public enum Progress {
  /// Something is there.
  READY,
  /// Nothing yet; the request thread is signalled when that changes.
  PENDING,
  /// Nothing more will come: the message ended properly.
  ENDED
}
