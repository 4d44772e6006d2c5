// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

package dev.pingora.tinyufo;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// An item is removed while it moves to the main queue: both sides agree from which queue its
/// weight is to be taken.
///
/// Results: the place that the remover, and that the mover took it from.
@JCStressTest
@Outcome(
    id = "0, 2",
    expect = Expect.ACCEPTABLE,
    desc = "Removed from the small queue; the mover found a ghost.")
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Moved, then removed from the main queue.")
@State
public class ItemLeaveStress {
  private final Item<String, String> item = new Item<>("k", "v", 5);

  @Actor
  public void remover(II_Result result) {
    result.r1 = Item.placeOf(item.leave());
  }

  @Actor
  public void mover(II_Result result) {
    result.r2 = Item.placeOf(item.toMain());
  }
}
