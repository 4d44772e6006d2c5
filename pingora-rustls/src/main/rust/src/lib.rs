// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! rustls behind a C ABI for Java: octets in, octets out. Nothing calls back, but for keys kept
//! elsewhere (`signing.rs`).
//!
//! Java holds contexts and sessions as opaque addresses. A context is made of one encoded
//! configuration (`encoded.rs`) and may be used by any thread; a session belongs to one thread at a
//! time. Every function catches panics (`guard.rs`): one that crossed the border would end the JVM.
//!
//! Ownership: `tlsr_server`, `tlsr_client` and `tlsr_session` give what `tlsr_context_free` and
//! `tlsr_session_free` take back. A session keeps what it needs of its context, which may go first.

pub mod abi;
pub mod context;
pub mod encoded;
pub mod failure;
pub mod session;

mod groups;
mod guard;
mod key_log;
mod provider;
mod remembered;
mod signing;
mod tickets;
mod trusted;
mod verify;
