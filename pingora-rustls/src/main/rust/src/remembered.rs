// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Sessions that clients go on from.
//!
//! rustls asks by server name alone; we tell apart by name and address, since behind one name may be
//! servers that know nothing of each other's tickets. Each session gets a view of the store with its
//! own key. Bounded: so many servers, a few tickets each; what was not used for longest goes first.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use rustls::NamedGroup;

/// Tickets kept of one server. Each is used once (RFC 8446 §C.4).
const TICKETS: usize = 4;

#[derive(Default)]
struct Server {
    used: u64,
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    tls13: VecDeque<Tls13ClientSessionValue>,
}

#[derive(Default)]
struct Servers {
    by_key: HashMap<Arc<[u8]>, Server>,
    /// Keys by when they were last used.
    by_use: BTreeMap<u64, Arc<[u8]>>,
    clock: u64,
}

/// Locked for a few moves of pointers only.
pub struct Remembered {
    limit: usize,
    servers: Mutex<Servers>,
}

impl Remembered {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, servers: Mutex::default() })
    }

    pub fn view(self: &Arc<Self>, name: &[u8], address: &[u8]) -> View {
        View { store: self.clone(), key: [name, b"\0", address].concat().into() }
    }

    fn lock(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The store as one session sees it.
pub struct View {
    store: Arc<Remembered>,
    key: Arc<[u8]>,
}

impl View {
    fn read<T>(&self, work: impl FnOnce(&mut Server) -> Option<T>) -> Option<T> {
        self.store.lock().by_key.get_mut(&self.key).and_then(work)
    }

    fn write(&self, work: impl FnOnce(&mut Server)) {
        let mut guard = self.store.lock();
        let servers = &mut *guard;
        servers.clock += 1;
        let server = servers.by_key.entry(self.key.clone()).or_default();
        servers.by_use.remove(&server.used);
        server.used = servers.clock;
        servers.by_use.insert(servers.clock, self.key.clone());
        work(server);
        while servers.by_key.len() > self.store.limit {
            if let Some((_, oldest)) = servers.by_use.pop_first() {
                servers.by_key.remove(&oldest);
            }
        }
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("View")
    }
}

impl ClientSessionStore for View {
    fn set_kx_hint(&self, _: ServerName<'static>, group: NamedGroup) {
        self.write(|server| server.group = Some(group));
    }

    fn kx_hint(&self, _: &ServerName<'_>) -> Option<NamedGroup> {
        self.read(|server| server.group)
    }

    fn set_tls12_session(&self, _: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.write(|server| server.tls12 = Some(value));
    }

    fn tls12_session(&self, _: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.read(|server| server.tls12.clone())
    }

    fn remove_tls12_session(&self, _: &ServerName<'static>) {
        self.read(|server| server.tls12.take());
    }

    fn insert_tls13_ticket(&self, _: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.write(|server| {
            if server.tls13.len() == TICKETS {
                server.tls13.pop_front();
            }
            server.tls13.push_back(value);
        });
    }

    fn take_tls13_ticket(&self, _: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.read(|server| server.tls13.pop_back())
    }
}
