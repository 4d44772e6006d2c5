// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.proxy;

import dev.pingora.core.server.Limits;
import dev.pingora.testkit.Eventually;
import dev.pingora.testkit.RawHttp;
import dev.pingora.testkit.TestOrigin;
import dev.pingora.testkit.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `limits: buffered_bytes`: slow readers cannot take more memory than there is to give, and
/// whoever comes meanwhile is told so.
final class BufferBudgetTest {
  private static final int READERS = 8;
  private static final long CONTENT = 64L << 20;

  @ParameterizedTest
  @EnumSource
  void answers503WhileAllBuffersAreInUse(ProxyRig.Flavour flavour) throws Exception {
    Limits limits = Limits.defaults().toBuilder().bufferedBytes(1 << 20).build();
    try (TestOrigin origin = TestOrigin.start();
        ProxyRig rig = ProxyRig.start(flavour, new ToPeer(origin.port()), limits)) {
      List<Wire> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        Wire reader = rig.connect();
        reader.send(RawHttp.get("/bytes/" + CONTENT));
        readers.add(reader);
      }
      Eventually.holds("a late client gets 503", () -> rig.status(RawHttp.get("/")) == 503);
      readers.forEach(Wire::reset);
      Eventually.holds("buffers are free again", () -> rig.status(RawHttp.get("/")) == 200);
    }
  }
}
