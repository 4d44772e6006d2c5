// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// TLS by OpenSSL's own shared libraries, called by the JDK's foreign function interface.
///
/// Who owns what (OpenSSL counts uses; "takes" means the count is given away):
///
/// | object | held by | freed |
/// |---|---|---|
/// | SSL_CTX | the context, each SSL of it | by the context's cleaner and the last SSL |
/// | SSL | the session | by its `close` |
/// | BIO | the SSL, which takes both | with the SSL, or when it gets another |
/// | SSL_SESSION | the SSL; the store of sessions | with the SSL; when used, evicted, or cleaned |
/// | X509, EVP_PKEY | the SSL_CTX, which counts | the maker's use at once, then with the SSL_CTX |
/// | X509_STORE | the SSL_CTX, which takes one use | with the SSL_CTX; the system's never |
@org.jspecify.annotations.NullMarked
package dev.pingora.openssl;
