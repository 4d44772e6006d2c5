// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.protocols;

import dev.pingora.http.ResponseHeader;
import org.jspecify.annotations.Nullable;

/// Facts about the proxy that a connection goes through.
///
/// @param response what it answered to CONNECT
/// @param kept what the peer's options made of that
public record ProxyDigest(ResponseHeader response, @Nullable Object kept) {}
