// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

/// The settings of both sides and what is outstanding of them (RFC 9113 §6.5).
///
/// Our settings are sent once, at the start. Until the peer acknowledges them, it may follow the
/// protocol's initial values; where those allow more than ours, they are granted so long.
///
/// Owned by the connection thread.
final class SettingsExchange {
  private final Http2Settings ours;
  private final boolean fromServer;
  private Http2Settings peers = Http2Settings.INITIAL;

  /// The initial window that the streams follow.
  private int appliedWindow = Wire.DEFAULT_WINDOW;

  private boolean received;
  private boolean acknowledged;

  /// @param fromServer whether the peer is a server
  SettingsExchange(Http2Settings ours, boolean fromServer) {
    this.ours = ours;
    this.fromServer = fromServer;
  }

  Http2Settings ours() {
    return ours;
  }

  Http2Settings peers() {
    return peers;
  }

  /// Takes one setting of the peer.
  void take(int id, int value) throws ConnectionException {
    peers = peers.with(id, value, fromServer);
  }

  /// The peer's settings are complete.
  ///
  /// @return by how much the initial window has changed
  int received() {
    received = true;
    int difference = peers.initialWindowSize() - appliedWindow;
    appliedWindow = peers.initialWindowSize();
    return difference;
  }

  /// {@return whether the peer's settings have come at least once}
  boolean isReceived() {
    return received;
  }

  /// The peer has acknowledged ours.
  ///
  /// @return false if there was nothing to acknowledge
  boolean acknowledge() {
    boolean expected = !acknowledged;
    acknowledged = true;
    return expected;
  }

  boolean isAcknowledged() {
    return acknowledged;
  }

  /// {@return the window of a new stream}
  int streamWindow() {
    int window = ours.initialWindowSize();
    return acknowledged ? window : Math.max(window, Wire.DEFAULT_WINDOW);
  }
}
