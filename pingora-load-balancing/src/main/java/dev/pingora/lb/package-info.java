// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

/// Backends, where they come from, how they do, and which one serves a request.
///
/// {@snippet :
/// LoadBalancer<PeakEwma> app =
///     LoadBalancer.builder("app", PeakEwma::of)
///         .discovery(DnsDiscovery.addresses("app.internal", 8080, null))
///         .healthCheck(HttpHealthCheck.of(CheckRules.STANDARD, "/health", null))
///         .passive(Passive.NONE.withOutlier(Outlier.standard()))
///         .panicThreshold(0.3)
///         .build();
/// server.addService(BackgroundService.of("app", app));
/// // in a proxy's upstreamPeer:
/// return HttpPeer.http(app.select(session.clientAddress()).orElseThrow());
/// }
///
/// The engine reports each attempt to the backend of its peer: start, first answer, end. Nothing
/// else is to be done for the selections that look at load and response times, for ejections and
/// circuit breakers.
///
/// | selection | who | cost at 1,000 backends |
/// |---|---|---|
/// | `RoundRobin` | each in turn, by weight | an atomic add |
/// | `RandomChoice` | at random, by weight | a random number |
/// | `FnvHash` | by a hash of the key; all keys move with the set | a hash |
/// | `Ketama` | consistent: nginx's ring | a checksum, two comparisons |
/// | `BoundedLoad` | the same, but nobody gets far more than others | plus a sum of counters |
/// | `Maglev` | consistent: a table, as even as can be | a hash, one read |
/// | `Rendezvous` | consistent: the highest score, exactly minimal movement | all are scored |
/// | `LeastRequests` | the fewest attempts under way | all are looked at |
/// | `PowerOfTwo` | the less busy of two at random | two are looked at |
/// | `PeakEwma` | of two the one likely to answer first | two are looked at |
///
/// Around them: `SlowStart`, `ZonePreference`, `Subset`; a selection of one's own is one method.
///
/// Backends come from the program, DNS (A, AAAA, SRV), a watched file, an HTTP server, or a
/// [Discovery] of one's own. A source that fails, flaps or talks nonsense changes nothing: the last
/// good answer stays, and the log and [LoadBalancer#status] say so.
///
/// A backend takes work when it is healthy (by [HealthCheck]s), enabled (by an operator or by
/// discovery), not ejected, its breaker closed, and below its bound of attempts. All that belongs
/// to its address and survives updates. [LoadBalancer#select] takes no lock.
package dev.pingora.lb;
