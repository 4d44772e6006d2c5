// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Versions, suites, groups and keys of a configuration, as rustls wants them.

use std::sync::Arc;

use rustls::crypto::{aws_lc_rs, CryptoProvider};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SigningKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::SupportedProtocolVersion;

use crate::encoded::{flag, tag, Encoded};
use crate::failure::{Failure, Reason};
use crate::groups::groups;
use crate::signing::RemoteKey;

/// AWS-LC with the suites and groups of a configuration, in its order.
pub fn provider(from: &Encoded<'_>) -> Result<Arc<CryptoProvider>, Failure> {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites = Vec::new();
    for code in from.codes(tag::SUITES) {
        let suite = aws_lc_rs::ALL_CIPHER_SUITES
            .iter()
            .find(|suite| u16::from(suite.suite()) == code)
            .ok_or_else(|| {
                Failure::configuration("cipher suite", format!("{code:#06x} is not known"))
            })?;
        provider.cipher_suites.push(*suite);
    }
    provider.kx_groups = groups(&from.codes(tag::GROUPS), from.flag(flag::SECOND_SHARE));
    if provider.kx_groups.is_empty() {
        return Err(Failure::of(
            Reason::Configuration,
            "groups: rustls has none of them (expected: one of x25519, secp256r1, secp384r1, \
             X25519MLKEM768, SecP256r1MLKEM768)",
        ));
    }
    Ok(Arc::new(provider))
}

pub fn versions(from: &Encoded<'_>) -> Vec<&'static SupportedProtocolVersion> {
    let spoken = from.codes(tag::VERSIONS);
    [&TLS13, &TLS12]
        .into_iter()
        .filter(|version| spoken.contains(&u16::from(version.version)))
        .collect()
}

pub fn alpn(from: &Encoded<'_>) -> Vec<Vec<u8>> {
    from.all(tag::ALPN).map(<[u8]>::to_vec).collect()
}

/// The certificate to show and its key; none when the configuration has none.
pub fn certified(
    from: &Encoded<'_>,
    provider: &CryptoProvider,
) -> Result<Option<Arc<SingleCertAndKey>>, Failure> {
    let signing: Arc<dyn SigningKey> = if let Some(signer) = from.one(tag::SIGNER) {
        Arc::new(RemoteKey::read(signer)?)
    } else if let Some(key) = from.one(tag::KEY) {
        local(key, provider)?
    } else {
        return Ok(None);
    };
    let chain: Vec<_> =
        from.all(tag::CERTIFICATE).map(|der| CertificateDer::from(der.to_vec())).collect();
    let mut certified = CertifiedKey::new(chain, signing);
    certified.ocsp = from.one(tag::OCSP).map(<[u8]>::to_vec);
    Ok(Some(Arc::new(SingleCertAndKey::from(certified))))
}

fn local(key: &[u8], provider: &CryptoProvider) -> Result<Arc<dyn SigningKey>, Failure> {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_vec()));
    provider
        .key_provider
        .load_private_key(key)
        .map_err(|e| Failure::configuration("private key", e))
}
