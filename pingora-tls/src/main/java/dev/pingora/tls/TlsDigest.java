// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a handshake agreed on.
///
/// @param version spoken
/// @param cipher IANA's name of the suite
/// @param group IANA's name of the key exchange group; null when it is not known, or a resumed
///   session exchanged no keys
/// @param alpn protocol agreed on; null for none
/// @param serverName what the client asked for in SNI; null for none
/// @param resumed the session went on from an earlier one
/// @param peerChain the peer's certificates, DER, its own first; empty when it showed none. Those
///   of the earlier session when it is resumed, where the library keeps them
public record TlsDigest(
    TlsVersion version,
    String cipher,
    @Nullable String group,
    @Nullable String alpn,
    @Nullable String serverName,
    boolean resumed,
    List<byte[]> peerChain) {
  public TlsDigest {
    peerChain = List.copyOf(peerChain);
  }
}
