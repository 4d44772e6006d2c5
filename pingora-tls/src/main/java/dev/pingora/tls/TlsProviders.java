// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tls;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The providers of this process, by name. Thread-safe.
public final class TlsProviders {
  /// The name that stands for the first available of [#ORDER].
  public static final String AUTO = "auto";

  /// Which provider `auto` takes, the fastest first; the JDK's own is always there.
  public static final List<String> ORDER = List.of("s2n", "boringssl", "rustls", "openssl", "jsse");

  private final Supplier<List<TlsProvider>> source;

  /// Null until somebody asks. Whoever comes at the same time finds the same.
  private volatile @Nullable List<TlsProvider> all;

  private TlsProviders(Supplier<List<TlsProvider>> source) {
    this.source = source;
  }

  /// {@return all providers on the module path} Looked for when first asked, so that a server
  /// without TLS loads none; no library is loaded even then.
  public static TlsProviders installed() {
    return new TlsProviders(() -> {
      List<TlsProvider> found = new ArrayList<>();
      ServiceLoader.load(TlsProvider.class).forEach(found::add);
      return found;
    });
  }

  /// {@return these providers}
  public static TlsProviders of(List<TlsProvider> providers) {
    List<TlsProvider> copy = List.copyOf(providers);
    return new TlsProviders(() -> copy);
  }

  private static int rank(String id) {
    int rank = ORDER.indexOf(id);
    return rank < 0 ? ORDER.size() : rank;
  }

  /// {@return the providers, in the order of [#ORDER], those that cannot be used here too}
  public List<TlsProvider> all() {
    List<TlsProvider> known = all;
    if (known == null) {
      known =
          source.get().stream()
              .sorted(Comparator.comparingInt(provider -> rank(provider.id())))
              .toList();
      all = known;
    }
    return known;
  }

  /// {@return the provider of this name, or for [#AUTO] the first that is available}
  ///
  /// @throws TlsException CONFIGURATION: no such provider, or why it cannot be used here
  public TlsProvider find(String id) throws TlsException {
    requireNonNull(id, "id");
    for (TlsProvider provider : all()) {
      if (id.equals(AUTO)
          ? provider.availability() instanceof Availability.Available
          : provider.id().equals(id)) {
        return usable(provider);
      }
    }
    List<String> names = all().stream().map(TlsProvider::id).toList();
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
