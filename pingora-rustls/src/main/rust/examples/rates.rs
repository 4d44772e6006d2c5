// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! How fast rustls is without Java: the loop of `Rates.java`, on rustls's own types.
//!
//! `cargo run --release --example rates -- leaf.der key.pkcs8 [seconds]`, an EC P-256 key. Client and
//! server share one thread; numbers are per second of its CPU time, as the kernel counts it.

use std::io::{Read, Write};
use std::{env, fs};

use rustls::server::Acceptor;
use rustls::{Connection, ServerConnection};
use tlsrustls::context::{ClientContext, ServerContext};
use tlsrustls::encoded::{tag, Encoded};

const TLS13: u16 = 0x0304;
const AES_128: u16 = 0x1301;
const X25519: u16 = 0x001d;
const HYBRID: u16 = 0x11ec;
const RECORD: usize = 16_384;

fn field(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag], &(value.len() as u32).to_be_bytes()[..], value].concat()
}

fn common(group: u16) -> Vec<u8> {
    [
        field(tag::VERSIONS, &TLS13.to_be_bytes()),
        field(tag::SUITES, &AES_128.to_be_bytes()),
        field(tag::GROUPS, &group.to_be_bytes()),
    ]
    .concat()
}

struct Ends {
    server: ServerContext,
    client: ClientContext,
}

impl Ends {
    fn new(group: u16, leaf: &[u8], key: &[u8], remembered: u32) -> Self {
        let server = [
            common(group),
            field(tag::CERTIFICATE, leaf),
            field(tag::KEY, key),
            field(tag::TICKETS, &[7; 80]),
        ]
        .concat();
        let client = [common(group), field(tag::RESUMPTION, &remembered.to_be_bytes())].concat();
        Self {
            server: ServerContext::new(&Encoded::read(&server).unwrap()).unwrap(),
            client: ClientContext::new(&Encoded::read(&client).unwrap()).unwrap(),
        }
    }

    fn shake(&self, buffer: &mut Vec<u8>) -> (Connection, Connection) {
        let mut client: Connection = self.client.connection(b"origin.example", b"").unwrap().into();
        let mut server: Connection = self.accept(&mut client, buffer).into();
        while client.is_handshaking() || server.is_handshaking() || server.wants_write() {
            carry(&mut client, &mut server, buffer);
            carry(&mut server, &mut client, buffer);
        }
        (client, server)
    }

    /// As the library does: the ClientHello decides on the configuration.
    fn accept(&self, client: &mut Connection, buffer: &mut Vec<u8>) -> ServerConnection {
        buffer.clear();
        client.write_tls(buffer).unwrap();
        let mut acceptor = Acceptor::default();
        acceptor.read_tls(&mut &buffer[..]).unwrap();
        let accepted = acceptor.accept().unwrap().expect("a ClientHello in one record");
        let config = self.server.choice.by(&accepted.client_hello());
        accepted.into_connection(config).unwrap()
    }
}

fn carry(from: &mut Connection, to: &mut Connection, buffer: &mut Vec<u8>) {
    buffer.clear();
    while from.wants_write() {
        from.write_tls(buffer).unwrap();
    }
    let mut left = &buffer[..];
    while !left.is_empty() {
        to.read_tls(&mut left).unwrap();
        to.process_new_packets().unwrap();
    }
}

/// Nanoseconds of CPU that this thread has used.
fn cpu() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn per_second(seconds: u64, batch: u64, mut work: impl FnMut()) -> f64 {
    let start = cpu();
    let mut done = 0;
    while cpu() - start < seconds * 1_000_000_000 {
        for _ in 0..batch {
            work();
        }
        done += batch;
    }
    done as f64 * 1e9 / (cpu() - start) as f64
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let (leaf, key) = (fs::read(&arguments[1]).unwrap(), fs::read(&arguments[2]).unwrap());
    let seconds = arguments.get(3).map_or(2, |text| text.parse().unwrap());
    let mut buffer = Vec::new();
    for (name, group, remembered) in
        [("x25519", X25519, 0), ("X25519MLKEM768", HYBRID, 0), ("x25519 resumed", X25519, 16)]
    {
        let ends = Ends::new(group, &leaf, &key, remembered);
        let rate = per_second(seconds, 20, || drop(ends.shake(&mut buffer)));
        println!("handshakes/s {name}: {rate:.0}");
    }
    let (mut client, mut server) = Ends::new(X25519, &leaf, &key, 0).shake(&mut buffer);
    let (content, mut plain) = (vec![1; RECORD], vec![0; RECORD]);
    let rate = per_second(seconds, 500, || {
        client.writer().write_all(&content).unwrap();
        buffer.clear();
        while client.wants_write() {
            client.write_tls(&mut buffer).unwrap();
        }
        let mut left = &buffer[..];
        let mut got = 0;
        while got < RECORD {
            server.read_tls(&mut left).unwrap();
            let io = server.process_new_packets().unwrap();
            if io.plaintext_bytes_to_read() > 0 {
                got += server.reader().read(&mut plain).unwrap();
            }
        }
    });
    println!("MB/s AES-128-GCM: {:.0}", rate * RECORD as f64 / 1e6);
}
