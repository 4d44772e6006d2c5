// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.Values;
import java.util.List;

/// Where operators ask how the gateway is, see [Admin].
///
/// @param address nobody is asked who they are there: one that strangers do not reach
record AdminConf(Address address) {
  static final Block<Builder, AdminConf> BLOCK =
      Block.withRequired(
          Builder::new,
          Builder::build,
          () -> new Builder().build(),
          List.of(
              Key.required(
                  "address",
                  Values.listenAddress(),
                  AdminConf::address,
                  (b, v) -> b.address = v,
                  "Where to listen; whoever reaches it may ask")));

  /// Collects an [AdminConf]; confined to one thread.
  static final class Builder {
    Address address = new Address.Tcp("127.0.0.1", 6189); // for the schema: it has to be given

    AdminConf build() {
      return new AdminConf(address);
    }
  }
}
