// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// A leader lands while another waits: who sees that the flight is over sees its value.
///
/// Results: the value, 0 for none.
@JCStressTest
@Outcome(id = "7", expect = Expect.ACCEPTABLE, desc = "It was waited for.")
@State
public class FlightStress {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Flight<Integer> flight = new Flight<>(0);

  @Actor
  public void leader() {
    flight.land(7);
  }

  @Actor
  public void waiter(I_Result result) {
    try {
      Integer value = flight.await(PATIENCE) ? flight.value() : null;
      result.r1 = value == null ? 0 : value;
    } catch (InterruptedException forbidden) {
      result.r1 = -1;
    }
  }
}
