// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! One connection: octets in, octets out.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use rustls::server::Acceptor;
use rustls::{Connection, HandshakeKind, ProtocolVersion};

use crate::context::{Choice, Context};
use crate::failure::{Failure, Reason};
use crate::key_log;

/// Nothing more will come: close_notify was received.
pub const END: i64 = -1;
/// The session has failed, see `Session::failure`.
pub const FAILED: i64 = -2;
/// Not with this version, or not after close_notify was sent.
pub const CANNOT: i64 = -3;

/// Alert content type, and the header of an alert in clear (RFC 8446 §5.1, §6).
const ALERT: u8 = 21;
const ALERT_RECORD: usize = 7;
const FATAL: u8 = 2;

/// Octets that wait for `Session::handshake` at most; a flight of a client is shorter.
const MOST_WAITING: usize = 64 << 10;

enum State {
    /// A server waits for the ClientHello, which decides on the configuration.
    Hello {
        acceptor: Box<Acceptor>,
        choice: Arc<Choice>,
    },
    Live(Box<Connection>),
    /// Failed before there was a connection.
    Over,
}

pub struct Session {
    state: State,
    failure: Option<Failure>,
    /// Output that is no longer the connection's: what it had to say when it failed.
    out: Vec<u8>,
    out_from: usize,
    key_lines: String,
    logs_keys: bool,
    ended: bool,
    closed: bool,
    /// Whether octets wait for `handshake` to look at them, as it alone may block: until the
    /// handshake is complete, with a key kept elsewhere.
    defers: bool,
    /// At most `MOST_WAITING`.
    waiting: Vec<u8>,
}

impl Session {
    pub fn new(context: &Context, name: &[u8], address: &[u8]) -> Result<Self, Failure> {
        let state = match context {
            Context::Server(server) => {
                State::Hello { acceptor: Box::default(), choice: server.choice.clone() }
            }
            Context::Client(client) => {
                State::Live(Box::new(client.connection(name, address)?.into()))
            }
        };
        let mut session = Self {
            state,
            failure: None,
            out: Vec::new(),
            out_from: 0,
            key_lines: String::new(),
            logs_keys: context.logs_keys(),
            ended: false,
            closed: false,
            defers: context.signs_elsewhere(),
            waiting: Vec::new(),
        };
        session.take_key_lines();
        Ok(session)
    }

    /// Takes octets of the peer; says how many. Fewer while decrypted ones wait to be read.
    pub fn feed(&mut self, from: &[u8]) -> usize {
        if self.defers && self.failure.is_none() {
            let taken = from.len().min(MOST_WAITING - self.waiting.len());
            self.waiting.extend_from_slice(&from[..taken]);
            return taken;
        }
        if self.catch_up() {
            self.take(from)
        } else {
            0
        }
    }

    /// Takes what waits; says whether that was all.
    fn catch_up(&mut self) -> bool {
        if self.waiting.is_empty() {
            return true;
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        let taken = self.take(&waiting);
        waiting.drain(..taken);
        self.waiting = waiting;
        if self.waiting.is_empty() && self.ended {
            self.see_end();
        }
        self.waiting.is_empty()
    }

    fn take(&mut self, from: &[u8]) -> usize {
        let mut left = from;
        while !left.is_empty() && self.failure.is_none() {
            match &mut self.state {
                State::Hello { .. } => self.feed_hello(&mut left),
                State::Live(_) => {
                    if !self.feed_live(&mut left) {
                        break;
                    }
                }
                State::Over => break,
            }
        }
        self.take_key_lines();
        if self.failure.is_some() {
            return from.len(); // nobody will look at the rest
        }
        from.len() - left.len()
    }

    fn feed_hello(&mut self, left: &mut &[u8]) {
        let State::Hello { acceptor, choice } = &mut self.state else {
            return;
        };
        if let Err(full) = acceptor.read_tls(left) {
            let failure = Failure::of(Reason::Handshake, full.to_string());
            self.state = State::Over;
            self.fail(failure);
            return;
        }
        let connected = match acceptor.accept() {
            Ok(None) => return,
            Ok(Some(accepted)) => {
                let config = choice.by(&accepted.client_hello());
                accepted.into_connection(config)
            }
            Err(refused) => Err(refused),
        };
        match connected {
            Ok(connection) => {
                self.state = State::Live(Box::new(connection.into()));
                self.process();
            }
            Err((error, mut alert)) => {
                self.state = State::Over;
                let _ = alert.write_all(&mut self.out); // to memory: cannot fail
                let failure = Failure::during(&error);
                if self.out.is_empty() && failure.reason != Reason::Alerted {
                    // The acceptor has none for what is no ClientHello. RFC 8446 §6.2 does.
                    if let Some(kind) = failure.alert {
                        self.out.extend([ALERT, 3, 3, 0, 2, FATAL, kind]);
                    }
                }
                self.fail(failure);
            }
        }
    }

    /// Says whether there is room for more.
    fn feed_live(&mut self, left: &mut &[u8]) -> bool {
        let State::Live(connection) = &mut self.state else {
            return false;
        };
        // rustls takes 4 KiB at a time: as many as it has room for, before it looks at them.
        let before = left.len();
        while !left.is_empty() {
            match connection.read_tls(left) {
                // After close_notify nothing is read any more (RFC 8446 §6.1: to be ignored).
                Ok(0) => *left = &[],
                Ok(_) => {}
                Err(_) => break,
            }
        }
        let moved = left.len() < before;
        let plaintext = self.process();
        if !moved && !plaintext && self.failure.is_none() {
            // Not plaintext that waits to be read: a message of the handshake is too long.
            self.fail(Failure::of(Reason::Handshake, "message buffer full"));
        }
        moved
    }

    /// Looks at what was read; says whether plaintext waits.
    fn process(&mut self) -> bool {
        let State::Live(connection) = &mut self.state else {
            return false;
        };
        match connection.process_new_packets() {
            Ok(io) if io.peer_has_closed() && connection.is_handshaking() => {
                let mut failure =
                    Failure::of(Reason::Alerted, "close_notify in the middle of the handshake");
                failure.alert = Some(0);
                self.fail(failure);
                false
            }
            Ok(io) => io.plaintext_bytes_to_read() > 0,
            Err(error) => {
                self.fail(Failure::during(&error));
                false
            }
        }
    }

    /// Keeps the first failure and the alert that goes with it.
    fn fail(&mut self, mut failure: Failure) {
        if self.failure.is_some() {
            return;
        }
        if let State::Live(connection) = &mut self.state {
            while connection.wants_write() {
                let _ = connection.write_tls(&mut self.out); // to memory: cannot fail
            }
        }
        if failure.reason != Reason::Alerted {
            if let Some(sent) = alert_in_clear(&self.out[self.out_from..]) {
                failure.alert = Some(sent);
            }
        }
        self.failure = Some(failure);
    }

    /// A panic: whatever state it left behind is not used again.
    pub fn panicked(&mut self) {
        self.state = State::Over;
        self.failure = Some(Failure::of(Reason::Internal, "rustls panicked"));
        key_log::taken(); // not another session's
    }

    pub fn end_of_input(&mut self) {
        self.ended = true;
        if self.waiting.is_empty() {
            self.see_end();
        }
    }

    fn see_end(&mut self) {
        if let State::Live(connection) = &mut self.state {
            // What was fed before is processed; if plaintext waits, EOF is seen once it is read.
            let _ = connection.read_tls(&mut &[][..]);
        }
    }

    /// 1 complete, 0 not yet, FAILED.
    pub fn handshake(&mut self) -> i64 {
        if self.defers {
            self.catch_up();
        }
        if let State::Live(connection) = &self.state {
            if !connection.is_handshaking() {
                self.defers = false;
                return 1;
            }
        }
        if self.failure.is_none() && self.ended {
            self.fail(truncated());
        }
        if self.failure.is_some() {
            FAILED
        } else {
            0
        }
    }

    pub fn drain(&mut self, mut into: &mut [u8]) -> usize {
        let capacity = into.len();
        if let State::Live(connection) = &mut self.state {
            while !into.is_empty() && connection.wants_write() {
                let _ = connection.write_tls(&mut into); // to memory: cannot fail
            }
        }
        if self.out_from < self.out.len() {
            let written = into.write(&self.out[self.out_from..]).unwrap_or(0);
            self.out_from += written;
            if self.out_from == self.out.len() {
                self.out = Vec::new();
                self.out_from = 0;
            }
        }
        capacity - into.len()
    }

    /// How many octets; 0 none yet, END, FAILED.
    pub fn read(&mut self, into: &mut [u8]) -> i64 {
        let given = self.read_taken(into);
        if given == 0 && !into.is_empty() && !self.waiting.is_empty() {
            self.catch_up();
            return self.read_taken(into);
        }
        given
    }

    fn read_taken(&mut self, into: &mut [u8]) -> i64 {
        if into.is_empty() {
            return 0;
        }
        if let State::Live(connection) = &mut self.state {
            match connection.reader().read(into) {
                Ok(0) => return END,
                Ok(length) => return length as i64,
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                Err(_) if self.failure.is_none() => self.fail(truncated()),
                Err(_) => {}
            }
            if self.failure.is_none() && self.ended && self.waiting.is_empty() {
                self.fail(truncated());
            }
        }
        if self.failure.is_some() {
            FAILED
        } else {
            0
        }
    }

    /// How many octets were taken; FAILED; CANNOT after close_notify.
    pub fn write(&mut self, from: &[u8]) -> i64 {
        if self.failure.is_some() {
            return FAILED;
        }
        if self.closed {
            return CANNOT;
        }
        let State::Live(connection) = &mut self.state else {
            return CANNOT;
        };
        match connection.writer().write(from) {
            Ok(length) => length as i64,
            Err(error) => {
                self.fail(Failure::of(Reason::Internal, error.to_string()));
                FAILED
            }
        }
    }

    pub fn close_notify(&mut self) {
        if self.closed || self.failure.is_some() {
            return;
        }
        self.closed = true;
        match &mut self.state {
            State::Live(connection) => connection.send_close_notify(),
            // warning(1), close_notify(0)
            State::Hello { .. } => self.out.extend_from_slice(&[ALERT, 3, 3, 0, 2, 1, 0]),
            State::Over => {}
        }
    }

    /// 1; FAILED; CANNOT with TLS 1.2. rustls always asks the peer to do so too.
    pub fn key_update(&mut self) -> i64 {
        if self.failure.is_some() {
            return FAILED;
        }
        let State::Live(connection) = &mut self.state else {
            return CANNOT;
        };
        if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
            return CANNOT;
        }
        let result = connection.refresh_traffic_keys();
        if let Err(error) = result {
            self.fail(Failure::during(&error));
            return FAILED;
        }
        self.take_key_lines();
        1
    }

    /// 1; FAILED, which leaves the session as it is.
    pub fn export(&mut self, label: &[u8], context: &[u8], into: &mut [u8]) -> Result<(), Failure> {
        match &self.state {
            State::Live(connection) => connection
                .export_keying_material(into, label, Some(context))
                .map(|_| ())
                .map_err(|e| Failure::of(Reason::Internal, e.to_string())),
            _ => Err(Failure::of(Reason::Internal, "export before the handshake")),
        }
    }

    /// What was agreed on, as Java reads it: version, suite and group (two octets each, 0 for
    /// none), resumed (one), ALPN and SNI (two octets of length each), then the peer's
    /// certificates (three octets of length each).
    pub fn digest(&self) -> Vec<u8> {
        let State::Live(connection) = &self.state else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for code in [
            connection.protocol_version().map_or(0, u16::from),
            connection.negotiated_cipher_suite().map_or(0, |s| u16::from(s.suite())),
            connection.negotiated_key_exchange_group().map_or(0, |g| u16::from(g.name())),
        ] {
            all.extend(code.to_be_bytes());
        }
        all.push(u8::from(connection.handshake_kind() == Some(HandshakeKind::Resumed)));
        let name = match &**connection {
            Connection::Server(server) => server.server_name().unwrap_or(""),
            Connection::Client(_) => "",
        };
        for text in [connection.alpn_protocol().unwrap_or(&[]), name.as_bytes()] {
            all.extend((text.len() as u16).to_be_bytes());
            all.extend(text);
        }
        for certificate in connection.peer_certificates().unwrap_or(&[]) {
            all.extend(&(certificate.len() as u32).to_be_bytes()[1..]);
            all.extend(certificate.as_ref());
        }
        all
    }

    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    fn take_key_lines(&mut self) {
        if self.logs_keys {
            self.key_lines.push_str(&key_log::taken());
        }
    }

    /// Secrets told since the last call, a line each.
    pub fn key_lines(&mut self) -> String {
        std::mem::take(&mut self.key_lines)
    }
}

fn truncated() -> Failure {
    Failure::of(Reason::Truncated, "the peer's octets end without close_notify")
}

/// The description in the last record, if that is an alert in clear.
fn alert_in_clear(records: &[u8]) -> Option<u8> {
    let mut left = records;
    loop {
        let header = left.get(..5)?;
        let next = 5 + usize::from(u16::from_be_bytes([header[3], header[4]]));
        if next == left.len() {
            return (header[0] == ALERT && next == ALERT_RECORD).then(|| left[6]);
        }
        left = left.get(next..)?;
    }
}
