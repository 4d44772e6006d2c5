// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Session tickets under keys that may be shared with other processes, and change.
//!
//! A ticket is: name of the key (16 octets), salt (32), time of issue (8, seconds since 1970),
//! content sealed with AES-256-GCM. Each ticket has a key and nonce of its own, derived from key
//! and salt by HKDF-SHA256, so that however many processes seal under one key, no nonce repeats.
//! Name, salt, time and the *circumstances* are authenticated too: who was asked for a client
//! certificate under other terms makes a full handshake, instead of bringing along a session in
//! which nobody was asked.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce, UnboundKey, AES_256_GCM, NONCE_LEN};
use aws_lc_rs::{hkdf, rand};
use rustls::server::ProducesTickets;

/// Octets of a key: name, cipher key, MAC key; the latter two are one secret here.
pub const KEY: usize = 80;

const NAME: usize = 16;
const SALT: usize = 32;
const TIME: usize = 8;
const HEAD: usize = NAME + SALT + TIME;

/// Seconds a ticket may be used. RFC 8446 §4.6.1 allows a week.
const LIFETIME: u32 = 7200;

/// How far the clocks of processes may be apart, in seconds.
const SKEW: u64 = 60;

type Keys = Arc<[[u8; KEY]]>;

pub struct Tickets {
    keys: RwLock<Keys>,
    circumstances: Vec<u8>,
}

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tickets") // never the keys
    }
}

impl Tickets {
    pub fn new(keys: &[u8], circumstances: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { keys: RwLock::new(split(keys)), circumstances })
    }

    /// Takes these keys instead: the first seals, all open.
    pub fn replace(&self, keys: &[u8]) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = split(keys);
    }

    fn keys(&self) -> Keys {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn authenticated(&self, head: &[u8]) -> Aad<Vec<u8>> {
        Aad::from([head, &self.circumstances].concat())
    }

    fn open(&self, ticket: &[u8], now: u64) -> Option<Vec<u8>> {
        let (head, sealed) = ticket.split_at_checked(HEAD)?;
        let issued = u64::from_be_bytes(head[NAME + SALT..].try_into().ok()?);
        if issued > now + SKEW || issued + u64::from(LIFETIME) < now {
            return None;
        }
        let keys = self.keys();
        let key = keys.iter().find(|key| key[..NAME] == head[..NAME])?;
        let (cipher, nonce) = derived(key, &head[NAME..NAME + SALT])?;
        let mut content = sealed.to_vec();
        let length =
            cipher.open_in_place(nonce, self.authenticated(head), &mut content).ok()?.len();
        content.truncate(length);
        Some(content)
    }

    fn seal(&self, content: &[u8], now: u64) -> Option<Vec<u8>> {
        let keys = self.keys();
        let key = keys.first()?;
        let mut ticket = Vec::with_capacity(HEAD + content.len() + AES_256_GCM.tag_len());
        ticket.extend_from_slice(&key[..NAME]);
        ticket.extend_from_slice(&[0; SALT]);
        rand::fill(&mut ticket[NAME..]).ok()?;
        ticket.extend_from_slice(&now.to_be_bytes());
        let (cipher, nonce) = derived(key, &ticket[NAME..NAME + SALT])?;
        let aad = self.authenticated(&ticket);
        ticket.extend_from_slice(content);
        let tag = cipher.seal_in_place_separate_tag(nonce, aad, &mut ticket[HEAD..]).ok()?;
        ticket.extend_from_slice(tag.as_ref());
        Some(ticket)
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        LIFETIME
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        self.seal(plain, now()?)
    }

    fn decrypt(&self, cipher: &[u8]) -> Option<Vec<u8>> {
        self.open(cipher, now()?)
    }
}

fn now() -> Option<u64> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

fn split(keys: &[u8]) -> Keys {
    keys.chunks_exact(KEY)
        .map(|key| {
            let mut own = [0; KEY];
            own.copy_from_slice(key);
            own
        })
        .collect()
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derived(key: &[u8; KEY], salt: &[u8]) -> Option<(LessSafeKey, Nonce)> {
    let mut octets = [0; 32 + NONCE_LEN];
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(&key[NAME..])
        .expand(&[b"session ticket"], Length(octets.len()))
        .ok()?
        .fill(&mut octets)
        .ok()?;
    let cipher = UnboundKey::new(&AES_256_GCM, &octets[..32]).ok()?;
    let nonce = Nonce::try_assume_unique_for_key(&octets[32..]).ok()?;
    Some((LessSafeKey::new(cipher), nonce))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn tickets(first: u8, circumstances: &[u8]) -> Arc<Tickets> {
        Tickets::new(&[first; KEY], circumstances.to_vec())
    }

    #[test]
    fn opens_what_another_process_sealed() {
        let sealed = tickets(1, b"a").seal(b"content", NOW).unwrap();
        assert_eq!(tickets(1, b"a").open(&sealed, NOW + 10).unwrap(), b"content");
    }

    #[test]
    fn opens_with_older_keys_and_seals_with_the_first() {
        let old = tickets(1, b"");
        let sealed = old.seal(b"content", NOW).unwrap();
        old.replace(&[[2; KEY], [1; KEY]].concat());
        assert_eq!(old.open(&sealed, NOW).unwrap(), b"content");
        assert_eq!(old.seal(b"content", NOW).unwrap()[..NAME], [2; NAME]);
        old.replace(&[2; KEY]);
        assert!(old.open(&sealed, NOW).is_none());
    }

    #[test]
    fn refuses_other_circumstances_age_and_any_change() {
        let own = tickets(1, b"a");
        let sealed = own.seal(b"content", NOW).unwrap();
        assert!(tickets(1, b"b").open(&sealed, NOW).is_none());
        assert!(own.open(&sealed, NOW + u64::from(LIFETIME) + 1).is_none());
        assert!(own.open(&sealed, NOW - SKEW - 1).is_none());
        for at in 0..sealed.len() {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(own.open(&other, NOW).is_none(), "octet {at}");
            assert!(own.open(&sealed[..at], NOW).is_none(), "{at} octets");
        }
    }
}
