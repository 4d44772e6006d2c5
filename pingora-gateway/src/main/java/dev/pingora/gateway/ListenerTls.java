// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.gateway;

import dev.pingora.core.services.BackgroundService;
import dev.pingora.core.services.Service;
import dev.pingora.core.tls.CertificateFiles;
import dev.pingora.core.tls.SecretFiles;
import dev.pingora.core.tls.TlsSettings;
import dev.pingora.tls.Availability;
import dev.pingora.tls.Capability;
import dev.pingora.tls.ClientAuth;
import dev.pingora.tls.KeyLog;
import dev.pingora.tls.TicketKeys;
import dev.pingora.tls.TlsException;
import dev.pingora.tls.TlsProviders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The TLS of all listeners: their settings, and the services that keep certificates and ticket
/// keys fresh. Used by one thread, before the server runs.
final class ListenerTls {
  /// How often certificate files are looked at.
  static final Duration WATCH_PERIOD = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("dev.pingora.gateway");

  private final TlsProviders providers = TlsProviders.installed();
  private final List<CertificateFiles> watched = new ArrayList<>();
  private final List<Service> rotations = new ArrayList<>();
  private @Nullable KeyLog keyLog;

  /// {@return the TLS of a listener that has some}
  TlsSettings settings(ListenerConf listener) throws TlsException {
    TlsConf conf = listener.tls();
    if (conf == null) {
      throw new IllegalArgumentException("a listener of plain text");
    }
    CertificateFiles certificates = TlsFiles.certificates(conf);
    watched.add(certificates); // they and what is stapled get old, also where no file is watched
    TicketKeys tickets = null;
    if (conf.tickets().keys() != null || takesTicketKeys(conf)) {
      tickets = TlsFiles.tickets(conf.tickets());
      if (conf.tickets().keys() != null) {
        SecretFiles.warnIfOpen(conf.tickets().keys(), "file of ticket keys");
      }
      rotate(listener, conf.tickets(), tickets);
    }
    return TlsFiles.settings(conf, certificates, tickets, listener).withKeyLog(keyLog(conf));
  }

  /// Libraries that take none make their own, which nobody asked to share.
  private boolean takesTicketKeys(TlsConf conf) throws TlsException {
    boolean known = conf.clientAuth().mode() != ClientAuth.OFF;
    return providers.find(conf.provider()).availability() instanceof Availability.Available can
        && can.capabilities().contains(Capability.TICKET_KEYS)
        && (!known || can.capabilities().contains(Capability.CLIENT_RESUMPTION));
  }

  /// Keys of a file change when the file does, own keys when their time is over.
  private void rotate(ListenerConf listener, TlsConf.Tickets conf, TicketKeys tickets) {
    Path file = conf.keys();
    String name = "ticket keys of " + listener.address();
    if (file != null) {
      TicketKeyFile watched = new TicketKeyFile(name, file, tickets);
      rotations.add(BackgroundService.every(name, WATCH_PERIOD, _ -> watched.look()));
    } else if (conf.rotate().isPositive()) {
      rotations.add(
          BackgroundService.of(
              name,
              shutdown -> {
                while (!shutdown.await(
                    conf.rotate().toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS)) {
                  tickets.rotate();
                }
              }));
    }
  }

  private @Nullable KeyLog keyLog(TlsConf conf) {
    if (!conf.keylog()) {
      return null;
    }
    if (keyLog != null) {
      return keyLog;
    }
    String file = System.getenv("SSLKEYLOGFILE");
    if (file == null || file.isBlank()) {
      LOG.log(System.Logger.Level.WARNING, "keylog: SSLKEYLOGFILE names no file: nothing written");
      return null;
    }
    LOG.log(System.Logger.Level.WARNING, "TLS secrets are written to {0}", file);
    KeyLogFile opened = new KeyLogFile(Path.of(file));
    rotations.add(opened.service());
    keyLog = opened;
    return opened;
  }

  /// {@return what runs beside the listeners}
  List<Service> services() {
    List<Service> all = new ArrayList<>(rotations);
    if (!watched.isEmpty()) {
      all.add(
          BackgroundService.every(
              "certificate files", WATCH_PERIOD, _ -> watched.forEach(CertificateFiles::reload)));
    }
    return all;
  }
}
