// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Loops, and the virtual threads bound to them: straight-line blocking code at the cost of
/// callbacks.
///
/// ```
///   one core = one Loop
///   ┌───────────────────────────────────────────────────────────────────────────────┐
///   │ Carrier: a platform thread that runs continuations from a queue, nothing else │
///   │   ├─ event-loop thread (virtual): epoll, timers; the only caller of Netty     │
///   │   └─ RequestThreads (virtual): the engine and the user's phases, blocking     │
///   └───────────────────────────────────────────────────────────────────────────────┘
///        socket ─► Inbox ─► RequestThread ─► Outbox ─► socket
///                   (filled)  (reads, writes, parks)  (sent once a turn)
/// ```
///
/// **A turn.** Wait for the sockets and fill inboxes; yield, so that every request thread that has
/// something runs; run tasks; deliver what was asked for late; send every outbox that has
/// something, once; fire timers. So a pipelined batch of answers leaves in one system call.
///
/// **Why the event loop is a virtual thread, too.** A platform thread that ran the loop and its
/// virtual threads would, sooner or later, wait for a lock that one of them was just handed, and
/// that one needs the waiting thread to run: a deadlock for ever. As a virtual thread of its own
/// scheduler the loop cannot lock itself out (`LockStressTest`).
///
/// **Waiting** is always the same: look whether what you want has happened; if not,
/// [RequestThread#await]; look again. Whoever makes something happen calls [RequestThread#signal].
/// Deadlines are the loop's, on a coarse wheel. What would block the carrier (files, name services,
/// native code, long computation) goes through [RequestThread#offload]; a watchdog names what did
/// not.
///
/// **Bounds.** One buffer of 64 KiB a read, [Outbox#SLOTS] buffers of output a connection, all
/// buffers of a server within its [BufferBudget], a bound on work per turn, on offloaded work, on
/// the end of a connection and on the end of the server.
///
/// **Two flavours.** *Bound*: as above; request threads and loop never run at the same time and
/// share plain data. Needs a JVM flag ([LoopGroup#open] says which). *Stealing*: request threads
/// run on the JDK's scheduler, the event loop is a platform thread, and the two meet only in inbox,
/// outbox and a few queues, with fences. Every engine test runs in both; `docs/concurrency.md` says
/// who owns what.
package dev.pingora.runtime;
