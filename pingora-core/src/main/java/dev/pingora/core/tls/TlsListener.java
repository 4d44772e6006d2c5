// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.core.tls;

import dev.pingora.error.ErrorKind;
import dev.pingora.error.ProxyException;
import dev.pingora.tls.CertKey;
import dev.pingora.tls.ClientHello;
import dev.pingora.tls.ServerTls;
import dev.pingora.tls.TlsContext;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProvider;
import dev.pingora.tls.TlsProviders;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// The TLS of a listener while it runs: settings, provider, and a context for each certificate.
/// Thread-safe.
public final class TlsListener {
  /// Most contexts kept, one for each certificate in use: as many as the gateway allows a listener.
  static final int MAX_CONTEXTS = 10_000;

  /// Time between two lines about failed handshakes.
  static final Duration SILENCE = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger("dev.pingora.core");

  private final TlsSettings settings;
  private final TlsProvider provider;
  private final ContextCache<CertKey> contexts = new ContextCache<>(MAX_CONTEXTS);
  private final LongAdder completed = new LongAdder();
  private final LongAdder left = new LongAdder();
  private final Tally failed = new Tally(SILENCE, System::nanoTime);

  /// Handshakes that failed by a fault of ours: what clients do wrong must not hide these.
  private final Tally faults = new Tally(SILENCE, System::nanoTime);

  /// Null when there is no limit.
  private final @Nullable HandshakeRate rate;

  private TlsListener(TlsSettings settings, TlsProvider provider) {
    this.settings = settings;
    this.provider = provider;
    int most = settings.handshakesPerSecond();
    this.rate = most == 0 ? null : HandshakeRate.of(most);
  }

  /// {@return the listener's TLS, proven to work with its default certificate}
  ///
  /// @throws TlsException CONFIGURATION
  public static TlsListener of(TlsSettings settings, TlsProviders providers) throws TlsException {
    TlsListener listener = new TlsListener(settings, providers.find(settings.provider()));
    listener.context(settings.certificates().get().first());
    return listener;
  }

  /// Sees whether the library can do all that the settings ask for, with a certificate.
  ///
  /// @throws TlsException CONFIGURATION: what it cannot
  public static void check(TlsSettings settings, CertKey certificate, TlsProviders providers)
      throws TlsException {
    TlsListener listener = new TlsListener(settings, providers.find(settings.provider()));
    var _ = listener.context(certificate);
  }

  TlsSettings settings() {
    return settings;
  }

  /// {@return the context that serves a client}
  TlsContext context(ClientHello hello) throws TlsException {
    return context(settings.certificates().get().choose(hello, settings.profile()));
  }

  /// {@return the context of a certificate}
  TlsContext context(CertKey certificate) throws TlsException {
    return contexts.get(certificate, own -> provider.server(serverTls(own)));
  }

  private ServerTls serverTls(CertKey certificate) {
    return new ServerTls(
        certificate,
        settings.profile(),
        settings.alpn(),
        settings.alpnRequired(),
        settings.clientAuth(),
        settings.clientRoots(),
        settings.tickets(),
        settings.keyLog(),
        settings.nativeSettings());
  }

  /// {@return whether one more handshake may begin} If not, that is counted, and told now and then.
  boolean admits() {
    HandshakeRate limit = rate;
    if (limit == null || limit.begins()) {
      return true;
    }
    long untold = limit.untold();
    if (untold > 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "more than {0} TLS handshakes a second: {1} connections closed without one",
          settings.handshakesPerSecond(),
          untold);
    }
    return false;
  }

  void completed() {
    completed.increment();
  }

  /// The client left before the handshake was complete, as port scanners and health checks do.
  void left() {
    left.increment();
  }

  /// A handshake failed for a reason worth telling, once a second at most.
  void failed(ProxyException why) {
    boolean ours = why.kind().equals(ErrorKind.INTERNAL_ERROR);
    Tally tally = ours ? faults : failed;
    tally.count();
    long untold = tally.untold();
    if (untold > 0) {
      String others = untold == 1 ? "" : ", and " + (untold - 1) + " more since the last time";
      String line = "a TLS handshake failed" + others + ": " + why;
      if (why.rootCause() instanceof RuntimeException bug) {
        LOG.log(System.Logger.Level.WARNING, line, bug);
      } else {
        LOG.log(ours ? System.Logger.Level.WARNING : System.Logger.Level.INFO, line);
      }
    }
  }

  /// {@return handshakes that were completed}
  public long completedHandshakes() {
    return completed.sum();
  }

  /// {@return handshakes that failed, were given up or took too long}
  public long failedHandshakes() {
    return failed.all() + faults.all() + left.sum();
  }

  /// {@return connections closed because too many handshakes began}
  public long refusedHandshakes() {
    HandshakeRate limit = rate;
    return limit == null ? 0 : limit.refused();
  }
}
