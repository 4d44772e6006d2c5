// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.s2n;

import static dev.pingora.tls.Capability.CHACHA_BY_CLIENT;
import static dev.pingora.tls.Capability.CHOOSE_GROUPS;
import static dev.pingora.tls.Capability.CHOOSE_SUITES_1_2;
import static dev.pingora.tls.Capability.CHOOSE_SUITES_1_3;
import static dev.pingora.tls.Capability.CLIENT_RESUMPTION;
import static dev.pingora.tls.Capability.KEY_ED25519;
import static dev.pingora.tls.Capability.REMOTE_KEYS;
import static dev.pingora.tls.Capability.REMOTE_KEYS_ED25519;
import static dev.pingora.tls.Capability.SECOND_KEY_SHARE;

import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// TLS by s2n-tls: the one inside of the aws-crt artifact, or the one of [#library].
///
/// It negotiates by policies with names, so a [dev.pingora.tls.TlsProfile] must be one that a
/// policy has: Mozilla's are, each version alone is; with TLS 1.2 alone ChaCha20 is left out. What
/// else is different: failures are told by a bare close_notify, and not held back (which guards CBC
/// alone) unless a client asks for that; sessions of clients with certificates are not resumed, and
/// without [dev.pingora.tls.Verify] the server's chain is not known.
public final class S2nProvider implements TlsProvider {
  static final String ID = "s2n";

  private static final String FIPS =
      "no; AWS-LC in aws-crt is not the validated build (aws-crt's fips classifier has it)";

  /// No object of this class has a state of its own: the library is the process's.
  public S2nProvider() {}

  @Override
  public String id() {
    return ID;
  }

  /// Takes libs2n of this file, or of this folder.
  @Override
  public void library(@Nullable Path file) {
    S2n.choose(file);
  }

  @Override
  public Availability availability() {
    try {
      S2n library = S2n.library();
      return new Availability.Available(
          library.version(), library.origin(), capabilities(library), FIPS);
    } catch (TlsException e) {
      return new Availability.Missing(String.valueOf(e.getMessage()));
    }
  }

  private static Set<Capability> capabilities(S2n library) {
    Set<Capability> lacks =
        EnumSet.of(
            KEY_ED25519,
            REMOTE_KEYS_ED25519,
            CHOOSE_GROUPS,
            CHOOSE_SUITES_1_2,
            CHOOSE_SUITES_1_3,
            CHACHA_BY_CLIENT,
            SECOND_KEY_SHARE,
            CLIENT_RESUMPTION);
    if (!library.signing.present()) {
      lacks.add(REMOTE_KEYS);
    }
    return EnumSet.complementOf(EnumSet.copyOf(lacks));
  }

  @Override
  public TlsContext server(ServerTls config) throws TlsException {
    return new S2nContext(S2n.library(), new ServerSide(config));
  }

  @Override
  public TlsContext client(ClientTls config) throws TlsException {
    return new S2nContext(S2n.library(), ClientSide.of(config));
  }
}
