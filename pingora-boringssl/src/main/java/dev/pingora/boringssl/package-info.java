// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// TLS by BoringSSL, called by the JDK's foreign function interface.
///
/// BoringSSL descends from OpenSSL, so all of the Java side is that of `dev.pingora.openssl`. What
/// BoringSSL lacks or does otherwise is put right by `src/main/c/dialect.c`, which is linked with
/// it into one library when this module is built.
@org.jspecify.annotations.NullMarked
package dev.pingora.boringssl;
