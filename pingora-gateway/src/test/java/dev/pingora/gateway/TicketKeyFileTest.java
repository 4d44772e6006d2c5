// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pingora.tls.TicketKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ticket keys in a file that others write while the gateway runs.
class TicketKeyFileTest {
  @TempDir private Path folder;

  private final List<String> told = new ArrayList<>();

  private static byte[] key(int filling) {
    byte[] octets = new byte[TicketKeys.KEY_BYTES];
    Arrays.fill(octets, (byte) filling);
    return octets;
  }

  @Test
  void tellsEachReasonOnceAndKeepsTheOldKeys() throws Exception {
    Path file = Files.write(folder.resolve("keys"), key(1));
    TicketKeys keys = TicketKeys.of(TlsFiles.ticketKeys(file));
    List<TicketKeys.Key> old = keys.keys();
    TicketKeyFile watched =
        new TicketKeyFile("tickets", file, keys, (level, line) -> told.add(level + " " + line));
    watched.look();
    assertThat(told).isEmpty();

    Files.write(file, new byte[79]);
    watched.look();
    watched.look();
    assertThat(told)
        .containsExactly(
            "WARNING tickets: the old keys stay: "
                + file
                + ": 79 octets (expected: 1 to 4 keys of 80)");
    Files.delete(file);
    watched.look();
    watched.look();
    assertThat(told)
        .hasSize(2)
        .last()
        .isEqualTo("WARNING tickets: the old keys stay: cannot read " + file + ": no such file");
    assertThat(keys.keys()).isEqualTo(old);

    Files.write(file, key(2));
    watched.look();
    watched.look();
    assertThat(told).hasSize(3).last().isEqualTo("INFO tickets: " + file + " can be used again");
    assertThat(keys.keys()).isNotEqualTo(old);
  }
}
