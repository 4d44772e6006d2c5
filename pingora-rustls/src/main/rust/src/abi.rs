// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! The functions that Java calls. Addresses come as pointers, lengths as 64-bit numbers.
//!
//! Whoever gets an address from `tlsr_server`, `tlsr_client` or `tlsr_session` gives it to no other
//! function after the one that frees it, and a session to one thread at a time: Java's part, see
//! `RustlsSession`. Under that rule all functions are safe for any octets.

#![allow(clippy::missing_safety_doc)] // the rule above is that of all

use std::sync::atomic::{AtomicI64, Ordering};

use crate::context::{ClientContext, Context, ServerContext};
use crate::encoded::Encoded;
use crate::failure::{Failure, Reason};
use crate::guard::{guarded, octets, put, room};
use crate::session::{Session, FAILED};

/// Sessions that are not freed yet.
static LIVE: AtomicI64 = AtomicI64::new(0);

/// Which versions were built in.
static LOCK: &str = include_str!("../Cargo.lock");

fn locked_version(package: &str) -> &'static str {
    let entry = format!("name = \"{package}\"\nversion = \"");
    LOCK.split_once(&entry).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("?")
}

/// An address, or minus the length of the failure that was put into the room.
fn handle<T>(made: Result<T, Failure>, failure: &mut [u8]) -> i64 {
    match made {
        Ok(value) => Box::into_raw(Box::new(value)) as i64,
        Err(why) => -put(&why.encoded(), failure),
    }
}

fn panicked(failure: &mut [u8]) -> i64 {
    -put(&Failure::of(Reason::Internal, "rustls panicked").encoded(), failure)
}

/// Works on a session; after a panic it has failed.
unsafe fn on<T>(session: *mut Session, otherwise: T, work: impl FnOnce(&mut Session) -> T) -> T {
    match guarded(None, || Some(work(&mut *session))) {
        Some(result) => result,
        None => {
            guarded((), || (*session).panicked());
            otherwise
        }
    }
}

/// Name and version of what is in here.
#[no_mangle]
pub unsafe extern "C" fn tlsr_version(into: *mut u8, capacity: i64) -> i64 {
    guarded(0, || {
        let text = format!(
            "rustls {}, aws-lc-rs {}",
            locked_version("rustls"),
            locked_version("aws-lc-rs")
        );
        put(text.as_bytes(), room(into, capacity))
    })
}

/// How many sessions there are.
#[no_mangle]
pub extern "C" fn tlsr_live() -> i64 {
    LIVE.load(Ordering::Relaxed)
}

/// A context for a server, of an encoded configuration.
#[no_mangle]
pub unsafe extern "C" fn tlsr_server(
    config: *const u8,
    length: i64,
    failure: *mut u8,
    capacity: i64,
) -> i64 {
    context(octets(config, length), room(failure, capacity), |from| {
        Ok(Context::Server(ServerContext::new(from)?))
    })
}

/// A context for clients.
#[no_mangle]
pub unsafe extern "C" fn tlsr_client(
    config: *const u8,
    length: i64,
    failure: *mut u8,
    capacity: i64,
) -> i64 {
    context(octets(config, length), room(failure, capacity), |from| {
        Ok(Context::Client(ClientContext::new(from)?))
    })
}

fn context(
    config: &[u8],
    failure: &mut [u8],
    make: impl FnOnce(&Encoded<'_>) -> Result<Context, Failure>,
) -> i64 {
    match guarded(None, || Some(Encoded::read(config).and_then(|from| make(&from)))) {
        Some(made) => handle(made, failure),
        None => panicked(failure),
    }
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_context_free(context: *mut Context) {
    guarded((), || drop(Box::from_raw(context)));
}

/// Takes other ticket keys; any thread.
#[no_mangle]
pub unsafe extern "C" fn tlsr_tickets(context: *const Context, keys: *const u8, length: i64) {
    guarded((), || {
        if let Context::Server(server) = &*context {
            server.tickets.replace(octets(keys, length));
        }
    });
}

/// A session; name and address are those of the server that a client talks to.
#[no_mangle]
pub unsafe extern "C" fn tlsr_session(
    context: *const Context,
    name: *const u8,
    name_length: i64,
    address: *const u8,
    address_length: i64,
    failure: *mut u8,
    capacity: i64,
) -> i64 {
    let (name, address) = (octets(name, name_length), octets(address, address_length));
    let failure = room(failure, capacity);
    match guarded(None, || Some(Session::new(&*context, name, address))) {
        Some(made) => {
            if made.is_ok() {
                LIVE.fetch_add(1, Ordering::Relaxed);
            }
            handle(made, failure)
        }
        None => panicked(failure),
    }
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_session_free(session: *mut Session) {
    LIVE.fetch_sub(1, Ordering::Relaxed);
    guarded((), || drop(Box::from_raw(session)));
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_feed(session: *mut Session, from: *const u8, length: i64) -> i64 {
    on(session, length, |s| s.feed(octets(from, length)) as i64)
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_end_of_input(session: *mut Session) {
    on(session, (), Session::end_of_input);
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_handshake(session: *mut Session) -> i64 {
    on(session, FAILED, Session::handshake)
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_drain(session: *mut Session, into: *mut u8, capacity: i64) -> i64 {
    on(session, 0, |s| s.drain(room(into, capacity)) as i64)
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_read(session: *mut Session, into: *mut u8, capacity: i64) -> i64 {
    on(session, FAILED, |s| s.read(room(into, capacity)))
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_write(session: *mut Session, from: *const u8, length: i64) -> i64 {
    on(session, FAILED, |s| s.write(octets(from, length)))
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_close_notify(session: *mut Session) {
    on(session, (), Session::close_notify);
}

#[no_mangle]
pub unsafe extern "C" fn tlsr_key_update(session: *mut Session) -> i64 {
    on(session, FAILED, Session::key_update)
}

/// 0, or minus the length of the failure that was put into the room for the material.
#[no_mangle]
pub unsafe extern "C" fn tlsr_export(
    session: *mut Session,
    label: *const u8,
    label_length: i64,
    context: *const u8,
    context_length: i64,
    into: *mut u8,
    capacity: i64,
) -> i64 {
    let (label, context) = (octets(label, label_length), octets(context, context_length));
    let into = room(into, capacity);
    on(session, FAILED, |s| match s.export(label, context, into) {
        Ok(()) => 0,
        Err(_) => FAILED,
    })
}

/// The length of the digest, which is whole if there was room for it.
#[no_mangle]
pub unsafe extern "C" fn tlsr_digest(session: *mut Session, into: *mut u8, capacity: i64) -> i64 {
    on(session, 0, |s| put(&s.digest(), room(into, capacity)))
}

/// The length of the failure, which is whole if there was room for it; 0 for none.
#[no_mangle]
pub unsafe extern "C" fn tlsr_failure(session: *mut Session, into: *mut u8, capacity: i64) -> i64 {
    on(session, 0, |s| s.failure().map_or(0, |f| put(&f.encoded(), room(into, capacity))))
}

/// Puts the secrets told since the last call, a line each. What there is no room for is lost: 4 KiB
/// hold more than a handshake tells.
#[no_mangle]
pub unsafe extern "C" fn tlsr_key_lines(
    session: *mut Session,
    into: *mut u8,
    capacity: i64,
) -> i64 {
    let into = room(into, capacity);
    on(session, 0, |s| put(s.key_lines().as_bytes(), into).min(capacity))
}
