// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.limits;

/// A way to estimate events per second from two windows; see [Rate#rateWith].
@FunctionalInterface
public interface RateEstimate {

  /// Assumes that events were evenly spread over the last interval and counts the part of it that a
  /// window ending now still covers. It follows a change at once and needs no finished interval,
  /// unlike [Rate#rate].
  RateEstimate PROPORTIONAL =
      parts ->
          (parts.previous() * (1 - parts.fraction()) + parts.current()) / parts.intervalSeconds();

  /// {@return events per second}
  double perSecond(RateComponents components);
}
