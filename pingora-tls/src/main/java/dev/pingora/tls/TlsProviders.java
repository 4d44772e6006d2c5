// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/// The providers of this process, by name. Immutable and thread-safe.
public final class TlsProviders {
  /// The name that stands for the first available of [#ORDER].
  public static final String AUTO = "auto";

  /// Which provider `auto` takes, the fastest first; the JDK's own is always there.
  public static final List<String> ORDER = List.of("s2n", "boringssl", "rustls", "openssl", "jsse");

  private final List<TlsProvider> all;

  private TlsProviders(List<TlsProvider> all) {
    this.all = List.copyOf(all);
  }

  /// {@return all providers on the module path} Loads no library yet.
  public static TlsProviders installed() {
    List<TlsProvider> found = new ArrayList<>();
    ServiceLoader.load(TlsProvider.class).forEach(found::add);
    return of(found);
  }

  /// {@return these providers}
  public static TlsProviders of(List<TlsProvider> providers) {
    List<TlsProvider> sorted = new ArrayList<>(providers);
    sorted.sort(Comparator.comparingInt(provider -> rank(provider.id())));
    return new TlsProviders(sorted);
  }

  private static int rank(String id) {
    int rank = ORDER.indexOf(id);
    return rank < 0 ? ORDER.size() : rank;
  }

  /// {@return the providers, in the order of [#ORDER], those that cannot be used here too}
  public List<TlsProvider> all() {
    return all;
  }

  /// {@return the provider of this name, or for [#AUTO] the first that is available}
  ///
  /// @throws TlsException CONFIGURATION: no such provider, or why it cannot be used here
  public TlsProvider find(String id) throws TlsException {
    requireNonNull(id, "id");
    for (TlsProvider provider : all) {
      if (id.equals(AUTO)
          ? provider.availability() instanceof Availability.Available
          : provider.id().equals(id)) {
        return usable(provider);
      }
    }
    List<String> names = all.stream().map(TlsProvider::id).toList();
    throw TlsException.of(
        TlsException.Reason.CONFIGURATION,
        "no TLS provider \"" + id + "\" (expected: auto, or one of " + names + ")");
  }

  private static TlsProvider usable(TlsProvider provider) throws TlsException {
    if (provider.availability() instanceof Availability.Missing(String reason)) {
      throw TlsException.of(
          TlsException.Reason.CONFIGURATION, "TLS provider " + provider.id() + ": " + reason);
    }
    return provider;
  }
}
