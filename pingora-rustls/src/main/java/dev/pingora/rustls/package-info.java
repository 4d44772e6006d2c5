// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// TLS by rustls and AWS-LC. The native half is the crate in `src/main/rust`: a C ABI of about
/// twenty functions straight on rustls, without callbacks.
///
/// ```
///   RustlsTls ──► RustlsContext ──► RustlsSession ──► Native ──► libtlsrustls.so (abi.rs)
///                 Configuration (encoded, one call)   bare downcalls
/// ```
///
/// Ownership: a context's native half is freed by a cleaner, a session's by
/// [dev.pingora.tls.TlsSession#close]; a native session keeps alive what it needs of its context.
/// Java holds both as addresses and hands out neither.
@org.jspecify.annotations.NullMarked
package dev.pingora.rustls;
