// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import static java.util.Objects.requireNonNull;

import dev.pingora.core.configuration.Address;
import dev.pingora.core.services.Addresses;
import dev.pingora.core.upstreams.Endpoint;
import dev.pingora.error.ProxyException;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One server behind a balancer: where it listens, its share of the work, and what users attach to
/// it. Equal if address and weight are.
///
/// A value, but for one thing: those that a [LoadBalancer] selects know how they are doing. The
/// engine reports each attempt to them, and health checks their results. Thread-safe.
public final class Backend implements Endpoint {
  /// Largest weight: totals stay far from overflow.
  public static final int MAX_WEIGHT = 65_535;

  private final SocketAddress address;
  private final int weight;
  private final boolean startsReady;
  private final List<Object> extensions;

  /// The address as an operator writes it. Kept: rings ask all backends for it at each update.
  private final String text;

  /// 64 well-mixed bits of the address, the same in every process.
  private final long id;

  /// Null for those that no balancer has taken in.
  private final @Nullable BackendState state;

  private Backend(SocketAddress address, int weight) {
    this.address = address;
    this.weight = weight;
    this.startsReady = true;
    this.extensions = List.of();
    this.text = Addresses.text(address);
    this.id = HashKeys.mix(FnvHash.fnv1a(text.getBytes(StandardCharsets.UTF_8)));
    this.state = null;
  }

  /// As another, but for these.
  private Backend(
      Backend other, boolean startsReady, List<Object> extensions, @Nullable BackendState state) {
    this.address = other.address;
    this.weight = other.weight;
    this.startsReady = startsReady;
    this.extensions = extensions;
    this.text = other.text;
    this.id = other.id;
    this.state = state;
  }

  /// {@return a backend of weight 1}
  ///
  /// @param address `ip:port`, `[ip6]:port`, `host:port` or `unix:/path`
  public static Backend of(String address) {
    return of(address, 1);
  }

  /// {@return a backend}
  ///
  /// @param address `ip:port`, `[ip6]:port`, `host:port` or `unix:/path`
  /// @param weight its share of the work, relative to the others'; 0 takes no new work
  /// @throws IllegalArgumentException when the address is malformed or the weight out of range
  public static Backend of(String address, int weight) {
    return of(Address.peer(address), weight);
  }

  /// {@return a backend at an address}
  ///
  /// @param address of TCP or a Unix socket; an unresolved one is looked up at each connect
  /// @param weight its share of the work, relative to the others'; 0 takes no new work
  /// @throws IllegalArgumentException when the weight is out of range
  public static Backend of(SocketAddress address, int weight) {
    requireNonNull(address, "address");
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight: " + weight + " (expected: 0.." + MAX_WEIGHT + ")");
    }
    return new Backend(address, weight);
  }

  /// {@return this backend with something attached, instead of what had the same class}
  public Backend with(Object extension) {
    requireNonNull(extension, "extension");
    List<Object> others =
        extensions.stream().filter(e -> e.getClass() != extension.getClass()).toList();
    Object[] all = others.toArray(new Object[others.size() + 1]);
    all[others.size()] = extension;
    return new Backend(this, startsReady, List.of(all), state);
  }

  /// {@return this backend, taking no work until a health check has found it well}
  public Backend startingUnhealthy() {
    return new Backend(this, false, extensions, state);
  }

  /// {@return this backend with what a balancer knows about its address}
  Backend bound(BackendState known) {
    return new Backend(this, startsReady, extensions, known);
  }

  @Override
  public SocketAddress address() {
    return address;
  }

  /// {@return its share of the work, relative to the others'; 0 takes no new work}
  public int weight() {
    return weight;
  }

  /// {@return what is attached of this class; null when nothing is}
  public <T> @Nullable T extension(Class<T> type) {
    for (int i = 0; i < extensions.size(); i++) {
      Object extension = extensions.get(i);
      if (extension.getClass() == type) {
        return type.cast(extension);
      }
    }
    return null;
  }

  /// {@return the address as an operator writes it}
  String bareText() {
    return text;
  }

  long id() {
    return id;
  }

  boolean startsReady() {
    return startsReady;
  }

  /// {@return whether another backend is this one to the letter}
  boolean isSame(Backend other) {
    return equals(other) && startsReady == other.startsReady && extensions.equals(other.extensions);
  }

  @Nullable BackendState state() {
    return state;
  }

  /// {@return whether it is healthy, enabled and not ejected} Always for one that no balancer has
  /// taken in.
  public boolean isReady() {
    BackendState own = state;
    return own == null || own.isReady();
  }

  /// {@return attempts on it under way}
  public int inFlight() {
    BackendState own = state;
    return own == null ? 0 : own.inFlight();
  }

  // --- what the engine reports ---

  @Override
  public boolean attemptStarted() {
    BackendState own = state;
    return own == null || own.started();
  }

  @Override
  public void connected(long nanos, boolean reused) {}

  @Override
  public void firstByte(long nanos, int status) {
    BackendState own = state;
    if (own != null) {
      own.answered(nanos);
    }
  }

  @Override
  public void attemptEnded(long nanos, int status, @Nullable ProxyException failure) {
    BackendState own = state;
    if (own != null) {
      own.ended(nanos, status, failure);
    }
  }

  // --- a value ---

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Backend backend
        && weight == backend.weight
        && address.equals(backend.address);
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + weight;
  }

  /// {@return `address` or `address weight n`}
  @Override
  public String toString() {
    return text + (weight == 1 ? "" : " weight " + weight);
  }
}
