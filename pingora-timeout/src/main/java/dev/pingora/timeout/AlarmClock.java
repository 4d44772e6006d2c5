// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.timeout;

/// What fires [Alarm]s.
sealed interface AlarmClock permits ClockThread, ExactClock {
  /// {@return the present, on the scale of the alarms' deadlines}
  long nanoTime();

  /// Has `alarm`, which is new, fired at its deadline. Its owner's thread.
  void arm(Alarm alarm);

  /// Ends an alarm; again does no harm. Its owner's thread.
  ///
  /// @return whether the alarm has fired
  boolean disarm(Alarm alarm);
}
