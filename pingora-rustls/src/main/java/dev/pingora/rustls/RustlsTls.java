// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.rustls;

import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientTls;
import dev.pingora.tls.NativeSettings;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// TLS by [rustls](https://github.com/rustls/rustls) with the cryptography of AWS-LC.
///
/// What it cannot do is not in its capabilities: keys for RSA-PSS only, external PSK, blinding. Its
/// key update always asks the peer to do so as well, and a second key share is sent only for a
/// hybrid group whose classic half is configured too.
///
/// Stricter than other libraries: the certificate of an authority is never a server's or client's
/// own, unless it is itself configured as trusted; version 1 certificates are refused.
public final class RustlsTls implements TlsProvider {
  private static final Set<Capability> CAPABILITIES =
      Set.copyOf(
          EnumSet.complementOf(
              EnumSet.of(
                  Capability.KEY_RSA_PSS,
                  Capability.PSK,
                  Capability.BLINDING,
                  Capability.SECURITY_POLICY,
                  Capability.NATIVE_SETTINGS)));

  private static final String FIPS =
      "no (AWS-LC has validated modules: build src/main/rust with the feature fips of aws-lc-rs)";

  /// For [java.util.ServiceLoader]. Loads nothing yet.
  public RustlsTls() {}

  @Override
  public String id() {
    return RustlsContext.PROVIDER;
  }

  @Override
  public Availability availability() {
    String missing = Native.LIBRARY.missing();
    return missing == null
        ? new Availability.Available(version(), Native.LIBRARY.origin(), CAPABILITIES, FIPS)
        : new Availability.Missing(missing);
  }

  private static String version() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(128);
      int length = Math.toIntExact(Math.min(128, Native.version(room.address(), 128)));
      return new String(
          room.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }
  }

  @Override
  public void library(@Nullable Path file) {
    if (file != null) {
      LoadedLibrary.choose(file);
    }
  }

  @Override
  public TlsContext server(ServerTls config) throws TlsException {
    usable();
    NativeSettings.requireNone(config.nativeSettings(), id());
    TicketKeys given = config.tickets();
    TicketKeys tickets = given == null ? TicketKeys.random() : given;
    // Before the keys are read: if they change meanwhile, the first session takes them again.
    int version = tickets.version();
    RemoteKey remote = remote(config.certificate());
    long address = RustlsContext.address(Configuration.of(config, tickets, remote), true);
    return new RustlsContext(address, remote, config.keyLog(), tickets, version);
  }

  @Override
  public TlsContext client(ClientTls config) throws TlsException {
    usable();
    config.requireNoS2n(id());
    NativeSettings.requireNone(config.nativeSettings(), id());
    RemoteKey remote = remote(config.certificate());
    long address = RustlsContext.address(Configuration.of(config, remote), false);
    return new RustlsContext(address, remote, config.keyLog(), null, 0);
  }

  private static @Nullable RemoteKey remote(@Nullable CertKey certificate) {
    return certificate != null && certificate.isRemote() ? new RemoteKey(certificate) : null;
  }

  private static void usable() throws TlsException {
    String missing = Native.LIBRARY.missing();
    if (missing != null) {
      throw TlsException.of(TlsException.Reason.CONFIGURATION, missing);
    }
  }
}
