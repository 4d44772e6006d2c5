// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Counting many keys in constant memory: estimates, in-flight counts, rates, token buckets.
///
/// A proxy limits per client, per token, per host: keys that strangers choose and that never end. A
/// map of counters grows with them; the classes here do not. Each holds a table of fixed size in
/// which keys share cells, arranged so that sharing can only make a limit stricter.
///
/// {@snippet :
/// Gcra perClient = Gcra.of(100, Duration.ofSeconds(1), 20); // 100 a second, 20 at once
/// Inflight uploads = Inflight.create();
/// Rate rate = Rate.of(Duration.ofSeconds(10));
///
/// rate.observe(client, 1);
/// long waitNanos = perClient.take(client, 1);
/// if (waitNanos > 0) {
///   return "429, Retry-After: " + Math.ceilDiv(waitNanos, 1_000_000_000);
/// }
/// try (Inflight.Guard guard = uploads.incr(client, 1)) {
///   return guard.count() > 10 ? "503" : "200";
/// }
/// }
///
/// | class | answers | memory by default | CPU a call | writes |
/// |---|---|---|---|---|
/// | [Estimator] | how often was this key seen? | chosen | 19 ns | one atomic addition a row |
/// | [Inflight] | how many of it are under way? | 256 KiB | 45 ns, 48 bytes | the same, twice |
/// | [Rate] | how many a second? | 64 KiB | 42 ns, half of it the clock | one addition a row |
/// | [Gcra] | may this one pass, if not, when? | 256 KiB | 72 ns, with the clock | a swap a row |
///
/// **Which one limits requests?** [Gcra] knows when to come back (`Retry-After`) and has no window
/// edges at which twice the limit passes. [Rate] measures, for decisions that weigh more than one
/// number.
///
/// **Keys** are text, `byte[]`, `InetAddress` or numbers, hashed in full with a secret of the
/// instance; other objects work by their `hashCode`, which an adversary may know how to collide.
///
/// **Threads.** Everything here may be called from any thread; nothing locks or blocks.
///
/// **Limits.** A count stops at 2⁶². Answers are too high, never too low, by what strangers put
/// into the same cells: with 4 rows of 1,024 by less than 0.27 % of all counts, 98 times in a
/// hundred. A clock that goes back makes limits stricter for a while, and nothing fail.
///
/// Where this differs from Pingora's `pingora-limits`: the tables of a rate are replaced as a
/// whole, so nothing is lost or carried over at a boundary; a reset is one too; keys are hashed in
/// full; and [Gcra] is new.
///
/// The module depends on nothing.
///
/// Maven: `dev.pingora:pingora-limits`; module: `dev.pingora.limits`.
package dev.pingora.limits;
