// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// What the native providers share: loading a library, and objects that native code may name.
///
/// All restricted calls are here, so that one module needs `--enable-native-access`.
@org.jspecify.annotations.NullMarked
package dev.pingora.tls.ffm;
