// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.configuration.Block;
import dev.pingora.core.configuration.Key;
import dev.pingora.core.configuration.Values;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where operators ask how the gateway is, see [Admin].
///
/// @param address nobody is asked who they are there: one that strangers do not reach
record AdminConf(Address address) {
  static final Block<Builder, AdminConf> BLOCK =
      Block.withRequired(
          Builder::new,
          Builder::build,
          () -> new AdminConf(new Address.Tcp("127.0.0.1", 6189)),
          List.of(
              Key.required(
                  "address",
                  Values.listenAddress(),
                  AdminConf::address,
                  (b, v) -> b.address = v,
                  "Where to listen; whoever reaches it may ask")));

  /// Collects an [AdminConf]; confined to one thread.
  static final class Builder {
    @Nullable Address address;

    AdminConf build() {
      return new AdminConf(Objects.requireNonNull(address, "address"));
    }
  }
}
