// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.lb;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/// A request looks at the set while discovery replaces it: it sees either set, and the selection
/// that was built for it, whose backends are ready.
///
/// Results: how many backends it saw; whether the selection picked one of these.
@JCStressTest
@Outcome(id = "1, true", expect = Expect.ACCEPTABLE, desc = "The old set.")
@Outcome(id = "2, true", expect = Expect.ACCEPTABLE, desc = "The new set.")
@State
public class SetSwapStress {
  private final Backends<RandomChoice> backends =
      new Backends<>(LoneState.crowd(Passive.NONE), RandomChoice::of, backend -> backend);

  public SetSwapStress() {
    backends.update(Discovery.Discovered.of(List.of(Backend.of("10.0.0.1:1"))));
  }

  @Actor
  public void discovery() {
    backends.update(
        Discovery.Discovered.of(List.of(Backend.of("10.0.0.2:1"), Backend.of("10.0.0.3:1"))));
  }

  @Actor
  public void request(IZ_Result result) {
    BackendSet<RandomChoice> set = backends.current();
    Backend picked = set.selection().first("x");
    result.r1 = set.backends().size();
    result.r2 = picked != null && set.backends().contains(picked) && picked.state() != null;
  }
}
