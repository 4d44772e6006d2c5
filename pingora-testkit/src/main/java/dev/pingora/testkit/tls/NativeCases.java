// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.testkit.tls;

import static dev.pingora.testkit.tls.Both.clientConfig;
import static dev.pingora.testkit.tls.Both.refused;
import static dev.pingora.testkit.tls.Both.same;
import static dev.pingora.testkit.tls.Both.serverConfig;
import static dev.pingora.testkit.tls.Both.talks;
import static dev.pingora.testkit.tls.Both.that;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProfile;
import dev.pingora.tls.TlsVersion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Settings made on the library's own object.
record NativeCases(Both both) {
  private static final long SSL_OP_NO_TLS_1_3 = 0x2000_0000L;

  /// A policy of s2n-tls from before TLS 1.3.
  private static final String OLD_POLICY = "20190214";

  List<TlsCase> cases() {
    return List.of(
        new TlsCase("native settings of servers count", this::ofServers),
        new TlsCase("native settings of clients count", this::ofClients),
        new TlsCase("native settings that cannot be made are told", this::failing));
  }

  private void ofServers() throws Exception {
    ServerTls config =
        serverConfig(TlsVersion.TLS_1_3)
            .withProfile(TlsProfile.INTERMEDIATE)
            .withNativeSettings(NativeCases::withoutTls13);
    ClientTls asking = clientConfig(TlsVersion.TLS_1_3).withProfile(TlsProfile.INTERMEDIATE);
    if (both.serverCan(Capability.NATIVE_SETTINGS)) {
      isTls12(asking, config);
    } else {
      refused(both.server(), () -> both.server().server(config));
    }
  }

  private void ofClients() throws Exception {
    ClientTls config =
        clientConfig(TlsVersion.TLS_1_3)
            .withProfile(TlsProfile.INTERMEDIATE)
            .withNativeSettings(NativeCases::withoutTls13);
    ServerTls serving = serverConfig(TlsVersion.TLS_1_3).withProfile(TlsProfile.INTERMEDIATE);
    if (both.clientCan(Capability.NATIVE_SETTINGS)) {
      isTls12(config, serving);
    } else {
      refused(both.client(), () -> both.client().client(config));
    }
  }

  private void isTls12(ClientTls asking, ServerTls serving) throws Exception {
    try (TlsPair pair = both.connected(asking, serving)) {
      talks(pair);
      same("version", pair.client().session().digest().version(), TlsVersion.TLS_1_2);
    }
  }

  private void failing() {
    IOException cause = new IOException("out of order");
    NativeSettings broken =
        _ -> {
          throw cause;
        };
    refused(
        both.server(),
        () -> {
          ServerTls config = serverConfig(TlsVersion.TLS_1_3).withNativeSettings(broken);
          try {
            both.server().server(config);
          } catch (TlsException e) {
            that(
                "the cause is told",
                isTold(e, cause) || !both.serverCan(Capability.NATIVE_SETTINGS));
            throw e;
          }
        });
  }

  private static boolean isTold(TlsException e, IOException cause) {
    return cause.equals(e.getCause()) && String.valueOf(e.getMessage()).contains("out of order");
  }

  @SuppressWarnings("restricted") // as users of such settings do
  private static void withoutTls13(NativeSettings.Context context) throws Throwable {
    Linker linker = Linker.nativeLinker();
    if (context.provider().equals("s2n")) {
      var set =
          linker.downcallHandle(
              context.symbols().findOrThrow("s2n_config_set_cipher_preferences"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(OLD_POLICY);
        same("result", (int) set.invokeExact(context.pointer(), name), 0);
      }
      return;
    }
    var set =
        linker.downcallHandle(
            context.symbols().findOrThrow("SSL_CTX_set_options"),
            FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG));
    long options = (long) set.invokeExact(context.pointer(), SSL_OP_NO_TLS_1_3);
    that("the option is set", (options & SSL_OP_NO_TLS_1_3) != 0);
  }
}
