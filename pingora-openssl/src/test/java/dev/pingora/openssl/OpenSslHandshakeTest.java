// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.openssl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.testkit.tls.TestCertificates;
import dev.pingora.testkit.tls.TlsPair;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsDigest;
import dev.pingora.tls.Verify;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenSslHandshakeTest {
  private final OpenSslProvider provider = new OpenSslProvider();

  @Test
  void agreesWithItself() throws Exception {
    ServerTls server =
        ServerTls.of(TestCertificates.server()).withAlpn(List.of("h2", "http/1.1"), false);
    ClientTls client =
        ClientTls.standard()
            .withVerify(Verify.CHAIN_AND_NAME, TestCertificates.roots())
            .withAlpn(List.of("http/1.1", "h2"));
    byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
    try (TlsPair pair = TlsPair.of(provider, client, provider, server, TestCertificates.NAME)) {
      pair.handshake();
      assertThat(pair.toServer(hello)).isEqualTo(hello);
      assertThat(pair.toClient(hello)).isEqualTo(hello);
      TlsDigest digest = pair.server().session().digest();
      assertThat(digest.alpn()).isEqualTo("h2");
      assertThat(digest.serverName()).isEqualTo(TestCertificates.NAME);
      assertThat(pair.client().session().digest().peerChain()).hasSize(2);
    }
  }
}
