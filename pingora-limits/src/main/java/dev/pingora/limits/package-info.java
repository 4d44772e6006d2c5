// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Counting many keys in constant memory: estimates, in-flight counts, rates, token buckets.
///
/// A proxy limits per client, per token, per host: keys that strangers choose and that never end. A
/// map of counters grows with them; the classes here do not. Each holds a table of fixed size in
/// which keys share cells, arranged so that sharing can only make a limit stricter.
///
/// | class | answers | memory by default | a call |
/// |---|---|---|---|
/// | [Estimator] | how often was this key seen? | chosen | one atomic addition a row |
/// | [Inflight] | how many of this key are under way? | 256 KiB | the same, and a guard object |
/// | [Rate] | how many a second? | 64 KiB | the same, and a reading of the clock |
/// | [Gcra] | may this one pass, and if not, when? | 256 KiB | at most one compare-and-set a row |
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
/// The module depends on nothing.
package dev.pingora.limits;
