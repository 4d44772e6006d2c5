// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Key exchange groups by number, and how many shares a client sends.

use rustls::crypto::aws_lc_rs::kx_group;
use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup};

/// The groups of these numbers, without those there are none for.
///
/// A client sends a second share when its first group is a hybrid whose classic half is configured
/// too: that costs nothing. With `second_share` off the hybrids keep their halves to themselves.
pub fn groups(codes: &[u16], second_share: bool) -> Vec<&'static dyn SupportedKxGroup> {
    codes.iter().filter_map(|code| group(*code, second_share)).collect()
}

fn group(code: u16, second_share: bool) -> Option<&'static dyn SupportedKxGroup> {
    Some(match NamedGroup::from(code) {
        NamedGroup::X25519 => kx_group::X25519,
        NamedGroup::secp256r1 => kx_group::SECP256R1,
        NamedGroup::secp384r1 => kx_group::SECP384R1,
        NamedGroup::X25519MLKEM768 if second_share => kx_group::X25519MLKEM768,
        NamedGroup::X25519MLKEM768 => &X25519_WHOLE,
        NamedGroup::secp256r1MLKEM768 if second_share => kx_group::SECP256R1MLKEM768,
        NamedGroup::secp256r1MLKEM768 => &P256_WHOLE,
        _ => return None,
    })
}

static X25519_WHOLE: Whole = Whole(|| kx_group::X25519MLKEM768);
static P256_WHOLE: Whole = Whole(|| kx_group::SECP256R1MLKEM768);

/// A hybrid group that never offers its classic half alone.
struct Whole(fn() -> &'static dyn SupportedKxGroup);

impl std::fmt::Debug for Whole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (self.0)().fmt(f)
    }
}

impl SupportedKxGroup for Whole {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(WholeExchange((self.0)().start()?)))
    }

    fn start_and_complete(
        &self,
        peer: &[u8],
    ) -> Result<rustls::crypto::CompletedKeyExchange, Error> {
        (self.0)().start_and_complete(peer)
    }

    fn name(&self) -> NamedGroup {
        (self.0)().name()
    }

    fn usable_for_version(&self, version: rustls::ProtocolVersion) -> bool {
        (self.0)().usable_for_version(version)
    }
}

/// Leaves `hybrid_component` as it is by default: there is none.
struct WholeExchange(Box<dyn ActiveKeyExchange>);

impl ActiveKeyExchange for WholeExchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        self.0.complete(peer)
    }

    fn pub_key(&self) -> &[u8] {
        self.0.pub_key()
    }

    fn group(&self) -> NamedGroup {
        self.0.group()
    }
}
