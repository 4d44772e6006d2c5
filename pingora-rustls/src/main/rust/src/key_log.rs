// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Secrets of a session, for debuggers.
//!
//! rustls tells them to the configuration, which all sessions share. Whatever a session does, it
//! does in one call on one thread: the lines wait in that thread until the call ends, and then are
//! the session's. Java fetches them, so nothing calls back.

use std::cell::RefCell;
use std::fmt::Write;

use rustls::KeyLog;

thread_local! {
    static LINES: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What was told during this call, a line each (RFC 9850). The next call starts with nothing.
pub fn taken() -> String {
    LINES.take()
}

#[derive(Debug)]
pub struct Lines;

impl KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        LINES.with_borrow_mut(|lines| {
            lines.push_str(label);
            for octets in [client_random, secret] {
                lines.push(' ');
                for octet in octets {
                    // Writing to a string cannot fail.
                    let _ = write!(lines, "{octet:02x}");
                }
            }
            lines.push('\n');
        });
    }
}
