// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Private keys kept elsewhere: Java signs, by a function that it gives with the configuration.
//!
//! The one function in here that calls back. It may block for as long as a device takes, so
//! sessions of such a context work in `Session::handshake` alone, which Java calls where it may
//! wait. The handle is a number to Java's table; Java forgets it when neither the context nor a
//! session of it is left, and a forgotten one is an error, not a fault.

use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use crate::failure::{Failure, Reason};

/// Handle, scheme, message and its length, room and its capacity; gives the length of the
/// signature in the room, or minus that of the text that says why there is none. Never unwinds.
type Sign = unsafe extern "C" fn(i64, i64, *const u8, i64, *mut u8, i64) -> i64;

/// Octets of the room: a signature by RSA with 16384 bits, or why there is none.
const ROOM: usize = 2048;

/// What a key signs by, the preferred first. The numbers are those of `RemoteKey.java`.
fn schemes(kind: u8) -> Option<(SignatureAlgorithm, &'static [SignatureScheme])> {
    const RSA: &[SignatureScheme] = &[
        SignatureScheme::RSA_PSS_SHA256,
        SignatureScheme::RSA_PSS_SHA384,
        SignatureScheme::RSA_PSS_SHA512,
        SignatureScheme::RSA_PKCS1_SHA256,
        SignatureScheme::RSA_PKCS1_SHA384,
        SignatureScheme::RSA_PKCS1_SHA512,
    ];
    Some(match kind {
        1 => (SignatureAlgorithm::RSA, RSA),
        2 => (SignatureAlgorithm::ECDSA, &[SignatureScheme::ECDSA_NISTP256_SHA256]),
        3 => (SignatureAlgorithm::ECDSA, &[SignatureScheme::ECDSA_NISTP384_SHA384]),
        4 => (SignatureAlgorithm::ECDSA, &[SignatureScheme::ECDSA_NISTP521_SHA512]),
        5 => (SignatureAlgorithm::ED25519, &[SignatureScheme::ED25519]),
        _ => return None,
    })
}

/// A key that Java knows by a number.
#[derive(Clone, Copy, Debug)]
pub struct RemoteKey {
    sign: Sign,
    handle: i64,
    algorithm: SignatureAlgorithm,
    schemes: &'static [SignatureScheme],
}

impl RemoteKey {
    /// Of the field `SIGNER`: address of the function, handle (8 octets each), kind of key.
    pub fn read(field: &[u8]) -> Result<Self, Failure> {
        let torn = || Failure::of(Reason::Internal, "configuration: no signer");
        let (address, rest) = field.split_first_chunk::<8>().ok_or_else(torn)?;
        let (handle, kind) = rest.split_first_chunk::<8>().ok_or_else(torn)?;
        let (algorithm, schemes) = kind.first().and_then(|kind| schemes(*kind)).ok_or_else(torn)?;
        let address = u64::from_be_bytes(*address) as usize as *const ();
        if address.is_null() {
            return Err(torn());
        }
        Ok(Self {
            // SAFETY: Java sends the address of a stub of this shape that is never freed.
            sign: unsafe { std::mem::transmute::<*const (), Sign>(address) },
            handle: i64::from_be_bytes(*handle),
            algorithm,
            schemes,
        })
    }
}

impl SigningKey for RemoteKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = *self.schemes.iter().find(|scheme| offered.contains(scheme))?;
        Some(Box::new(RemoteSigner { key: *self, scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

#[derive(Debug)]
struct RemoteSigner {
    key: RemoteKey,
    scheme: SignatureScheme,
}

impl Signer for RemoteSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut room = vec![0; ROOM];
        // SAFETY: the function reads the message and writes to the room, both during the call.
        let length = unsafe {
            (self.key.sign)(
                self.key.handle,
                i64::from(u16::from(self.scheme)),
                message.as_ptr(),
                message.len() as i64,
                room.as_mut_ptr(),
                ROOM as i64,
            )
        };
        room.truncate(usize::try_from(length.unsigned_abs()).map_or(0, |l| l.min(ROOM)));
        if length > 0 && length <= ROOM as i64 {
            Ok(room)
        } else if length < 0 {
            Err(Error::General(String::from_utf8_lossy(&room).into_owned()))
        } else {
            Err(Error::General("the key could not sign".into()))
        }
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says the scheme and the message; handles below 0 fail, handle 0 gives nothing.
    unsafe extern "C" fn echo(
        handle: i64,
        scheme: i64,
        message: *const u8,
        length: i64,
        into: *mut u8,
        capacity: i64,
    ) -> i64 {
        let message = std::slice::from_raw_parts(message, length as usize);
        let room = std::slice::from_raw_parts_mut(into, capacity as usize);
        let mut said = scheme.to_be_bytes()[6..].to_vec();
        said.extend(message);
        room[..said.len()].copy_from_slice(&said);
        handle.signum() * said.len() as i64
    }

    fn key(handle: i64, kind: u8) -> Result<RemoteKey, Failure> {
        let mut field = (echo as *const () as u64).to_be_bytes().to_vec();
        field.extend(handle.to_be_bytes());
        field.push(kind);
        RemoteKey::read(&field)
    }

    #[test]
    fn signs_by_the_first_scheme_that_is_offered() {
        let offered = [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PSS_SHA384];
        let signer = key(7, 1).unwrap().choose_scheme(&offered).unwrap();
        assert_eq!(signer.scheme(), SignatureScheme::RSA_PSS_SHA384);
        assert_eq!(signer.sign(b"abc").unwrap(), b"\x08\x05abc");
        assert!(key(7, 2).unwrap().choose_scheme(&offered).is_none());
    }

    #[test]
    fn failures_are_errors_with_the_text() {
        let offered = [SignatureScheme::ED25519];
        let sign = |handle| key(handle, 5).unwrap().choose_scheme(&offered).unwrap().sign(b"why");
        assert_eq!(sign(-1), Err(Error::General("\u{8}\u{7}why".into())));
        assert_eq!(sign(0), Err(Error::General("the key could not sign".into())));
    }

    #[test]
    fn fields_that_are_none_are_refused() {
        for kind in [0, 6, 255] {
            assert!(key(1, kind).is_err());
        }
        for length in 0..17 {
            assert!(RemoteKey::read(&vec![1; length]).is_err());
        }
        assert!(RemoteKey::read(&[0; 17]).is_err());
    }
}
