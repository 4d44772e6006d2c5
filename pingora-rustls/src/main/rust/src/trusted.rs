// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Certificates that are trusted themselves, rather than for who issued them.
//!
//! `openssl req -x509` makes self-signed certificates that say they are a CA's. webpki takes no CA
//! for a server, not even one that is configured as trusted; all other libraries do. We take such a
//! certificate when it is, octet for octet, one of the configured, and within its dates.

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::CertificateError;

/// Whether `own` is one of `trusted`, and if so, whether it is of this time.
pub fn listed(
    own: &CertificateDer<'_>,
    trusted: &[CertificateDer<'static>],
    now: UnixTime,
) -> Option<Result<(), CertificateError>> {
    trusted.iter().find(|root| root.as_ref() == own.as_ref())?;
    Some(match validity(own) {
        None => Err(CertificateError::BadEncoding),
        Some((from, _)) if now.as_secs() < from => Err(CertificateError::NotValidYet),
        Some((_, until)) if now.as_secs() > until => Err(CertificateError::Expired),
        Some(_) => Ok(()),
    })
}

/// First and last second of a certificate's life (RFC 5280 §4.1).
fn validity(der: &[u8]) -> Option<(u64, u64)> {
    let (_, certificate, _) = element(der)?;
    let (_, mut fields, _) = element(certificate)?;
    if fields.first() == Some(&0xa0) {
        fields = element(fields)?.2; // version
    }
    for _ in 0..3 {
        fields = element(fields)?.2; // serialNumber, signature, issuer
    }
    let (_, times, _) = element(fields)?;
    let (kind, from, rest) = element(times)?;
    let (last_kind, until, _) = element(rest)?;
    Some((time(kind, from)?, time(last_kind, until)?))
}

/// Tag, content and what follows of a DER element.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (size, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (size.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet)), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

/// UTCTime (0x17) or GeneralizedTime (0x18), always `…Z` with seconds (RFC 5280 §4.1.2.5).
fn time(kind: u8, text: &[u8]) -> Option<u64> {
    let digits = text.strip_suffix(b"Z")?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let pair = |at: usize| {
        Some(u64::from(digits.get(at)? - b'0') * 10 + u64::from(digits.get(at + 1)? - b'0'))
    };
    let (year, at) = match (kind, digits.len()) {
        (0x17, 12) => (pair(0)? + if pair(0)? < 50 { 2000 } else { 1900 }, 2),
        (0x18, 14) => (pair(0)? * 100 + pair(2)?, 4),
        _ => return None,
    };
    let (month, day) = (pair(at)?, pair(at + 2)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days since 1970: months count from March, so that the leap day comes last.
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + pair(at + 4)? * 3_600 + pair(at + 6)? * 60 + pair(at + 8)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_kinds_of_time() {
        assert_eq!(time(0x17, b"700101000000Z"), Some(0));
        assert_eq!(time(0x17, b"260101000000Z"), Some(1_767_225_600));
        assert_eq!(time(0x18, b"20240229235959Z"), Some(1_709_251_199));
        assert_eq!(time(0x18, b"20240301000000Z"), Some(1_709_251_200));
        assert_eq!(time(0x18, b"99991231235959Z"), Some(253_402_300_799));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [&b"260101000000"[..], b"2601010000Z", b"26010100000xZ", b"261301000000Z", b"Z"]
        {
            assert_eq!(time(0x17, text), None);
        }
        assert_eq!(time(0x02, b"260101000000Z"), None);
    }

    #[test]
    fn refuses_torn_elements() {
        assert!(element(&[0x30]).is_none());
        assert!(element(&[0x30, 2, 0]).is_none());
        assert!(element(&[0x30, 0x85, 0, 0, 0, 0, 0]).is_none());
        assert_eq!(element(&[0x30, 0x81, 1, 7, 9]), Some((0x30, &[7][..], &[9][..])));
    }
}
