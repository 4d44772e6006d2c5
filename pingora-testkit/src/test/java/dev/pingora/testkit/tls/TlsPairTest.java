// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsSession;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TlsPairTest {
  private final PlainSession client = new PlainSession(false);
  private final PlainSession server = new PlainSession(false);

  /// A context of one session.
  private record Fixed(TlsSession only) implements TlsContext {
    @Override
    public String provider() {
      return "plain";
    }

    @Override
    public TlsSession session(ServerId server) {
      return only;
    }
  }

  private static TlsPair pair(TlsSession client, TlsSession server) throws TlsException {
    return TlsPair.of(new Fixed(client), new Fixed(server), "a.example");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 20_000})
  void carriesContentBothWays(int limit) throws Exception {
    byte[] content = "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
    try (TlsPair pair = pair(client, server).limit(limit).handshake()) {
      assertThat(pair.toServer(content)).isEqualTo(content);
      assertThat(pair.toClient(content)).isEqualTo(content);
      assertThat(pair.client().received()).isEmpty();
    }
    assertThat(client.closed).isTrue();
    assertThat(server.closed).isTrue();
  }

  @Test
  void tellsTheFirstFailureAndKeepsBoth() throws Exception {
    PlainSession rude = new PlainSession(true);
    assertThatThrownBy(() -> pair(client, rude).handshake())
        .isInstanceOfSatisfying(
            TlsException.class,
            e -> assertThat(e.reason()).isEqualTo(TlsException.Reason.HANDSHAKE));

    TlsPair pair = pair(new PlainSession(false), new PlainSession(true)).pump();

    assertThat(requireNonNull(pair.server().failure()).reason())
        .isEqualTo(TlsException.Reason.HANDSHAKE);
    assertThat(requireNonNull(pair.client().failure()).reason())
        .isEqualTo(TlsException.Reason.ALERTED);
    pair.close();
  }

  @Test
  void saysWhenAHandshakeStandsStill() throws Exception {
    TlsPair pair = pair(client, server);
    pair.client().step();
    pair.client().take();

    assertThatThrownBy(pair::handshake)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("stands still")
        .hasMessageContaining("plain server in handshake");
  }

  @Test
  void endsAreFedByHand() throws Exception {
    try (TlsPair pair = pair(client, server).handshake()) {
      pair.client().send(new byte[] {'a', 'b'});
      byte[] octets = pair.client().take();

      pair.server().deliver(new byte[] {octets[0]});
      assertThat(pair.server().received()).isEmpty();
      pair.server().deliver(new byte[] {octets[1], octets[2], octets[3]});
      assertThat(pair.server().received()).containsExactly('a', 'b');

      pair.client().closeNotify();
      pair.pump();
      assertThat(pair.server().isEnded()).isTrue();
      assertThat(pair.failure()).isNull();
    }
  }

  @Test
  void aCutTransportIsAFailure() throws Exception {
    try (TlsPair pair = pair(client, server).handshake()) {
      pair.server().endOfInput();
      assertThat(requireNonNull(pair.server().failure()).reason())
          .isEqualTo(TlsException.Reason.TRUNCATED);
      assertThat(pair.server()).hasToString("plain server complete, failed: cut");
    }
  }
}
