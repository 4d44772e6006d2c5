// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Error kinds, source and retry decision of every failure.
package dev.pingora.error;
