// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.server;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.core.configuration.ConfigNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every default of the library's configuration records, as literals.
final class DefaultsTest {

  @Test
  void limitsHaveTheDocumentedDefaults() {
    assertThat(Limits.defaults())
        .isEqualTo(
            new Limits(
                8192,
                65536,
                100,
                16384,
                8192,
                0,
                ofSeconds(15),
                ofSeconds(60),
                ofSeconds(60),
                ofSeconds(60),
                65536,
                ofSeconds(1),
                0,
                268435456));
    assertThat(Limits.RESPONSE_HEADER_FIELDS).isEqualTo(256);
  }

  @Test
  void socketOptionsHaveTheDocumentedDefaults() {
    assertThat(SocketOptions.defaults())
        .isEqualTo(new SocketOptions(4096, 0, null, null, 0, 0, true, null));
  }

  @Test
  void serverConfHasTheDocumentedDefaults() {
    assertThat(ServerConf.defaults())
        .isEqualTo(
            new ServerConf(
                1,
                false,
                null,
                null,
                Path.of("/tmp/pingora_upgrade.sock"),
                null,
                null,
                null,
                0,
                1,
                false,
                ServerConf.Transport.AUTO,
                null,
                10,
                ofSeconds(300),
                ofSeconds(5),
                List.of(),
                List.of(),
                128,
                0,
                0,
                false,
                2,
                0,
                5,
                512,
                ofSeconds(10),
                false,
                ofSeconds(600),
                ofSeconds(60),
                new LogConf(System.Logger.Level.INFO, LogConf.Format.TEXT),
                new ResolverConf(List.of(), ofSeconds(1), ofMinutes(5), ofSeconds(5)),
                ConfigNode.Mapping.empty()));
  }

  @Test
  void buildersStartFromWhatTheyAreMadeOf() {
    Limits limits = Limits.builder().headerFields(7).bufferedBytes(9 << 20).build();
    assertThat(limits.toBuilder().build()).isEqualTo(limits);
    SocketOptions socket = SocketOptions.builder().dscp(10).ipv6Only(true).build();
    assertThat(socket.toBuilder().build()).isEqualTo(socket);
    ServerConf conf = ServerConf.builder().threads(3).user("nobody").build();
    assertThat(conf.toBuilder().build()).isEqualTo(conf);
  }
}
