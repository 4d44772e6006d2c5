// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// What tests of a network service need, and nothing that a service needs.
///
/// - *Peers*: [ScriptedServer] and [ScriptedClient] say and expect exact bytes; [TestOrigin] is a
///   small keep-alive HTTP/1.1 origin; [NginxOrigin] a real one.
/// - *Text*: [RawHttp] writes messages, [RawRequest] and [RawResponse] are what a second,
///   independent parser read.
/// - *Time and names*: [FakeTicker], [FakeClock], [FakeResolver].
/// - *Waiting*: [Gate], [Events] and [Eventually] instead of sleeps; every wait has a deadline.
/// - *Costs*: [Leaks], [Allocation]. *Programs*: [Tool].
///
/// Whatever goes wrong is an [AssertionError] that says what was awaited and what came instead.
package dev.pingora.testkit;
