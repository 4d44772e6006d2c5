// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Header types that keep name case, order, duplicates and bytes.
package dev.pingora.http;
