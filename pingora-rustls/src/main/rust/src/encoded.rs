// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Configurations as Java sends them: fields one after the other, each a tag (1 octet), a length
//! (4 octets, big-endian) and that many octets. Numbers within are big-endian too.

use crate::failure::{Failure, Reason};

/// What a field says. The numbers are those of `Configuration.java`.
pub mod tag {
    pub const CERTIFICATE: u8 = 1; // DER; repeated, the own one first
    pub const KEY: u8 = 2; // PKCS #8
    pub const OCSP: u8 = 3; // DER
    pub const ALPN: u8 = 4; // repeated, the preferred first
    pub const VERSIONS: u8 = 5; // u16 each
    pub const SUITES: u8 = 6; // u16 each
    pub const GROUPS: u8 = 7; // u16 each
    pub const ROOT: u8 = 8; // DER; repeated
    pub const VERIFY: u8 = 9; // 0 nothing, 1 chain, 2 chain and name
    pub const ALTERNATIVE: u8 = 10; // name
    pub const RESUMPTION: u8 = 11; // u32: sessions remembered
    pub const CLIENT_AUTH: u8 = 12; // 0 off, 1 optional, 2 required
    pub const TICKETS: u8 = 13; // keys of 80 octets, the first seals
    pub const FLAGS: u8 = 14; // see `flag`
    pub const SIGNER: u8 = 15; // instead of KEY, see `signing.rs`
}

/// Bits of the field `FLAGS`.
pub mod flag {
    pub const ALPN_REQUIRED: u8 = 1;
    pub const KEY_LOG: u8 = 2;
    pub const SECOND_SHARE: u8 = 4;
    /// The roots are those installed here: some may be unusable, and clients are not told them.
    pub const INSTALLED_ROOTS: u8 = 8;
}

/// A configuration: its fields, not copied.
pub struct Encoded<'a> {
    fields: Vec<(u8, &'a [u8])>,
}

impl<'a> Encoded<'a> {
    pub fn read(mut text: &'a [u8]) -> Result<Self, Failure> {
        let mut fields = Vec::new();
        while let Some((head, rest)) = text.split_at_checked(5) {
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let (value, after) = rest.split_at_checked(length).ok_or_else(torn)?;
            fields.push((head[0], value));
            text = after;
        }
        if text.is_empty() {
            Ok(Self { fields })
        } else {
            Err(torn())
        }
    }

    /// All fields of this tag, in their order.
    pub fn all(&self, tag: u8) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.fields.iter().filter(move |f| f.0 == tag).map(|f| f.1)
    }

    pub fn one(&self, tag: u8) -> Option<&'a [u8]> {
        self.all(tag).next()
    }

    /// The first octet of a field, 0 without it.
    pub fn small(&self, tag: u8) -> u8 {
        self.one(tag).and_then(|v| v.first().copied()).unwrap_or(0)
    }

    pub fn flag(&self, bit: u8) -> bool {
        self.small(tag::FLAGS) & bit != 0
    }

    /// The numbers of a list.
    pub fn codes(&self, tag: u8) -> Vec<u16> {
        let list = self.one(tag).unwrap_or(&[]);
        list.chunks_exact(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect()
    }

    pub fn number(&self, tag: u8) -> usize {
        match self.one(tag) {
            Some(&[a, b, c, d]) => u32::from_be_bytes([a, b, c, d]) as usize,
            _ => 0,
        }
    }
}

fn torn() -> Failure {
    Failure::of(Reason::Internal, "configuration: torn")
}
