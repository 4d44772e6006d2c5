// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Compact storage of header sections: zstd with a trained dictionary.
package dev.pingora.headerserde;
