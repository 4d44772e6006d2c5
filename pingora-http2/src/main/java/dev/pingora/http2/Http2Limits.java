// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.http2;

import java.time.Duration;

/// The bounds of one connection beyond its [Http2Settings]: what a peer can make us hold or do.
///
/// @param connectionWindow bytes of content, of all streams together, that may wait here for the
///   application; at least 65535, which the protocol grants from the start
/// @param maxFields field lines in a section; more are answered like a section that is too long
/// @param maxFieldBlockBytes compressed bytes of one field section with its CONTINUATION frames
/// @param maxContinuations CONTINUATION frames of one field section (CVE-2024-27316 and its kin)
/// @param maxPendingOutput bytes in the [FrameSink] above which no DATA is written
/// @param maxUnsentReplies PING and SETTINGS acknowledgements and resets written but not yet
///   fetched by the peer (CVE-2019-9512, -9514, -9515)
/// @param resetBurst streams a peer may have cut short at once, by RST_STREAM or by provoking ours
///   (CVE-2023-44487, CVE-2025-8671)
/// @param resetsPerMinute how many more such streams it may have every minute
/// @param controlBurst frames without content at once: PING, SETTINGS, PRIORITY, WINDOW_UPDATE,
///   empty DATA, unknown types, frames on closed streams
/// @param controlPerSecond how many more of these it may send every second, beside those that the
///   traffic itself calls for
/// @param settingsTimeout how long our SETTINGS may stay unacknowledged (RFC 9113 §6.5.3)
/// @param drainTimeout how long [Http2Connection#shutdown] waits for the sign that the peer knows
/// @param maxDebugBytes debug data of a GOAWAY that is shown
public record Http2Limits(
    int connectionWindow,
    int maxFields,
    int maxFieldBlockBytes,
    int maxContinuations,
    int maxPendingOutput,
    int maxUnsentReplies,
    int resetBurst,
    int resetsPerMinute,
    int controlBurst,
    int controlPerSecond,
    Duration settingsTimeout,
    Duration drainTimeout,
    int maxDebugBytes) {

  /// What holds unless configured otherwise.
  public static final Http2Limits DEFAULT =
      new Http2Limits(
          2 << 20,
          256,
          64 << 10,
          8,
          128 << 10,
          1_000,
          200,
          400,
          1_000,
          100,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          256);

  public Http2Limits {
    requireAtLeast("connectionWindow", connectionWindow, Wire.DEFAULT_WINDOW);
    requireAtLeast("maxFields", maxFields, 1);
    requireAtLeast("maxFieldBlockBytes", maxFieldBlockBytes, 1_024);
    requireAtLeast("maxContinuations", maxContinuations, 0);
    requireAtLeast("maxPendingOutput", maxPendingOutput, 1);
    requireAtLeast("maxUnsentReplies", maxUnsentReplies, 1);
    requireAtLeast("resetBurst", resetBurst, 1);
    requireAtLeast("resetsPerMinute", resetsPerMinute, 0);
    requireAtLeast("controlBurst", controlBurst, 1);
    requireAtLeast("controlPerSecond", controlPerSecond, 0);
    requireAtLeast("maxDebugBytes", maxDebugBytes, 0);
    requirePositive("settingsTimeout", settingsTimeout);
    requirePositive("drainTimeout", drainTimeout);
  }

  /// {@return a builder that begins with these values}
  public Builder toBuilder() {
    return new Builder(this);
  }

  /// {@return a builder that begins with [#DEFAULT]}
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " or more)");
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: more than zero)");
    }
  }

  /// Sets some limits and leaves the others.
  public static final class Builder {
    private int connectionWindow;
    private int maxFields;
    private int maxFieldBlockBytes;
    private int maxContinuations;
    private int maxPendingOutput;
    private int maxUnsentReplies;
    private int resetBurst;
    private int resetsPerMinute;
    private int controlBurst;
    private int controlPerSecond;
    private Duration settingsTimeout;
    private Duration drainTimeout;
    private int maxDebugBytes;

    private Builder(Http2Limits from) {
      connectionWindow = from.connectionWindow;
      maxFields = from.maxFields;
      maxFieldBlockBytes = from.maxFieldBlockBytes;
      maxContinuations = from.maxContinuations;
      maxPendingOutput = from.maxPendingOutput;
      maxUnsentReplies = from.maxUnsentReplies;
      resetBurst = from.resetBurst;
      resetsPerMinute = from.resetsPerMinute;
      controlBurst = from.controlBurst;
      controlPerSecond = from.controlPerSecond;
      settingsTimeout = from.settingsTimeout;
      drainTimeout = from.drainTimeout;
      maxDebugBytes = from.maxDebugBytes;
    }

    public Builder connectionWindow(int bytes) {
      connectionWindow = bytes;
      return this;
    }

    public Builder maxFields(int lines) {
      maxFields = lines;
      return this;
    }

    public Builder maxFieldBlockBytes(int bytes) {
      maxFieldBlockBytes = bytes;
      return this;
    }

    public Builder maxContinuations(int frames) {
      maxContinuations = frames;
      return this;
    }

    public Builder maxPendingOutput(int bytes) {
      maxPendingOutput = bytes;
      return this;
    }

    public Builder maxUnsentReplies(int frames) {
      maxUnsentReplies = frames;
      return this;
    }

    public Builder resets(int burst, int perMinute) {
      resetBurst = burst;
      resetsPerMinute = perMinute;
      return this;
    }

    public Builder control(int burst, int perSecond) {
      controlBurst = burst;
      controlPerSecond = perSecond;
      return this;
    }

    public Builder settingsTimeout(Duration time) {
      settingsTimeout = time;
      return this;
    }

    public Builder drainTimeout(Duration time) {
      drainTimeout = time;
      return this;
    }

    public Builder maxDebugBytes(int bytes) {
      maxDebugBytes = bytes;
      return this;
    }

    public Http2Limits build() {
      return new Http2Limits(
          connectionWindow,
          maxFields,
          maxFieldBlockBytes,
          maxContinuations,
          maxPendingOutput,
          maxUnsentReplies,
          resetBurst,
          resetsPerMinute,
          controlBurst,
          controlPerSecond,
          settingsTimeout,
          drainTimeout,
          maxDebugBytes);
    }
  }
}
