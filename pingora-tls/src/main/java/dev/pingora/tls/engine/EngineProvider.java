// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls.engine;

import static java.util.Objects.requireNonNull;

import dev.pingora.tls.TlsProvider;
import java.security.InvalidParameterException;
import java.security.Provider;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A `java.security` provider of `SSLContext` over one [TlsProvider], named `Pingora-` and its id.
///
/// It is not registered with the JDK: hand it to `SSLContext.getInstance("TLS", provider)`, or
/// register it with `Security` yourself. The contexts take
///
/// - **keys**: a key manager with exactly one key that can be read; or none, for clients;
/// - **trust**: a trust manager with one issuer or more, which is asked after the library; or null,
///   for the system's roots (which may differ from the JDK's `cacerts`);
///
/// and refuse others with `KeyManagementException`. They make engines, no sockets.
public final class EngineProvider extends Provider {
  private static final long serialVersionUID = 1L;

  private static final String KIND = "SSLContext";
  private static final List<String> ALIASES = List.of("TLSv1.3");

  private final transient TlsProvider tls;

  private EngineProvider(TlsProvider tls) {
    super("Pingora-" + tls.id(), "1.0", "SSLContext by the TLS provider " + tls.id());
    this.tls = tls;
    putService(new ContextService(this));
  }

  /// {@return a new provider} Loads no library yet.
  public static EngineProvider of(TlsProvider tls) {
    return new EngineProvider(requireNonNull(tls, "tls"));
  }

  private static final class ContextService extends Service {
    private final TlsProvider tls;

    ContextService(EngineProvider provider) {
      super(provider, KIND, "TLS", PingoraSslContext.class.getName(), ALIASES, Map.of());
      tls = provider.tls;
    }

    @Override
    public Object newInstance(@Nullable Object parameter) {
      if (parameter != null) {
        throw new InvalidParameterException("SSLContext takes no parameter");
      }
      return new PingoraSslContext(tls);
    }
  }
}
