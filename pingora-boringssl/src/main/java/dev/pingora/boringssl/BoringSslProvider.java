// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.boringssl;

import dev.pingora.openssl.Dialect;
import dev.pingora.openssl.OpenSslProvider;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.ffm.PackedLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// TLS by BoringSSL: the one packed into this module, or one that was built the same way.
///
/// As with OpenSSL, session tickets of servers hold nothing back, and clients remember sessions per
/// context. Keys of type RSASSA-PSS are not supported by BoringSSL. Private keys of the other types
/// may be kept elsewhere ([dev.pingora.tls.CertKey#isRemote]).
public final class BoringSslProvider implements TlsProvider {
  private static final String NAME = "BoringSSL";
  private static final String LIBRARY = "pingora-boringssl";

  private static final String FIPS =
      "no (parts of BoringSSL, BoringCrypto, are validated in builds of their own)";

  private static final Dialect DIALECT =
      new Dialect(
          "boringssl",
          NAME,
          "pingora_",
          Set.of(
              Capability.KEY_RSA_PSS,
              // Its option for that has it ask for other key shares too: a round trip more.
              Capability.SUITE_ORDER_1_2,
              Capability.CHACHA_BY_CLIENT,
              Capability.PSK,
              Capability.BLINDING,
              Capability.SECURITY_POLICY),
          FIPS,
          BoringSslProvider::find);

  private final OpenSslProvider family = new OpenSslProvider(DIALECT);

  /// Makes a provider; loads nothing yet.
  public BoringSslProvider() {}

  private static Dialect.Parts find(@Nullable Path given) throws TlsException {
    if (given != null) {
      Path file = Files.isDirectory(given) ? given.resolve(System.mapLibraryName(LIBRARY)) : given;
      return new Dialect.Parts(List.of(file), file.toAbsolutePath().toString(), () -> {});
    }
    PackedLibrary packed =
        PackedLibrary.unpack(BoringSslProvider.class, NAME, LIBRARY)
            .orElseThrow(() ->
                TlsException.of(
                    TlsException.Reason.CONFIGURATION,
                    "BoringSSL is not in this build: built without cargo, cmake, gcc or g++"
                        + " (install them, and build again; ./pingora asks for it with"
                        + " PINGORA_NATIVE_TLS=1)"));
    return new Dialect.Parts(List.of(packed.file()), "the library in this module", packed::close);
  }

  @Override
  public String id() {
    return DIALECT.id();
  }

  /// Takes a library that this module's `src/main/c/build.sh` made, or its folder.
  @Override
  public void library(@Nullable Path own) {
    family.library(own);
  }

  @Override
  public Availability availability() {
    return family.availability();
  }

  @Override
  public TlsContext server(ServerTls config) throws TlsException {
    return family.server(config);
  }

  @Override
  public TlsContext client(ClientTls config) throws TlsException {
    config.requireNoS2n(id());
    return family.client(config);
  }
}
