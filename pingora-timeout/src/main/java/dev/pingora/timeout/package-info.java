// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Deadlines that cost next to nothing, because nearly all of them are never reached.
///
/// - [TimerWheel] and [Timer]: for one thread, such as a loop. No lock, no allocation.
/// - [Timeouts]: sleeping and limited calls for blocking code on any thread.
/// - [Ticker] and [WallClock]: where time comes from, as parameters.
///
/// Coarse timers round up to 10 ms: never early, up to a tick late. As in pingora-timeout, work
/// that is done at once costs no timer, and a clock thread that died is replaced at the next use;
/// unlike there, what nobody waits for any more leaves the wheel, registration takes no lock, and
/// there is no pausing for `fork`, which a virtual machine does not do.
package dev.pingora.timeout;
