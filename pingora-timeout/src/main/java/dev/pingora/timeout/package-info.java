// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Deadlines that cost next to nothing, because nearly all of them are never reached.
///
/// - [TimerWheel] and [Timer]: for one thread, such as a loop. No lock, no allocation.
/// - [Timeouts]: sleeping and limited calls for blocking code on any thread.
/// - [Ticker] and [WallClock]: where time comes from, as parameters.
///
/// {@snippet :
/// Timeouts timeouts = Timeouts.coarse(System::nanoTime); // one for the program
/// try {
///   String answer = timeouts.call(Duration.ofSeconds(2), () -> ask(server));
/// } catch (Elapsed tooLate) {
///   // the thread that asked was interrupted
/// }
/// timeouts.sleep(Duration.ofMillis(50));
///
/// TimerWheel wheel = new TimerWheel(now); // or, on a thread of one's own
/// Timer timer = new Timer(this::close);
/// wheel.schedule(timer, now + 60_000_000_000L);
/// wheel.advance(now + 1_000_000); // by its loop
/// }
///
/// | | |
/// |---|---|
/// | precision | coarse: up to 10 ms late, never early; [Timeouts#exact]: the virtual machine's |
/// | wheel | each call touches a few words, whatever the number of timers; allocates nothing |
/// | a call done within a tick | two atomic operations and an object; the wheel never sees it |
/// | steady load | the clock turns 100 times a second; without alarms it sleeps, then ends |
/// | bound | a wheel holds what is scheduled; the clock's inbox what comes within a tick |
///
/// Work that ignores interrupts is not limited, and work that returns all the same is never late.
///
/// Where this differs from Pingora's `pingora-timeout`: the work is interrupted where a future
/// would be dropped; what nobody waits for any more leaves the wheel; registration takes no lock; a
/// clock thread that died is replaced at the next use; the clock sleeps while there is nothing to
/// do; there is no pausing for `fork`, which a virtual machine does not do.
///
/// The module depends on nothing.
///
/// Maven: `dev.pingora:pingora-timeout`; module: `dev.pingora.timeout`.
package dev.pingora.timeout;
