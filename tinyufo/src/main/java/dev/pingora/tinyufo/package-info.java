// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// A weighted cache: S3-FIFO eviction with TinyLFU admission.
package dev.pingora.tinyufo;
