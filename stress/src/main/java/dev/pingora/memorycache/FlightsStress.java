// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.memorycache;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// Two threads start the same flight: one leads.
///
/// Results: whether each leads.
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The one.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The other.")
@State
public class FlightsStress {
  private final Flights<String, Integer> flights = new Flights<>();

  @Actor
  public void one(ZZ_Result result) {
    result.r1 = flights.join("k", new Flight<>(0)) == null;
  }

  @Actor
  public void other(ZZ_Result result) {
    result.r2 = flights.join("k", new Flight<>(0)) == null;
  }
}
