// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! The verdict on the peer's certificate.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    verify_tls12_signature, verify_tls13_signature, CryptoProvider, WebPkiSupportedAlgorithms,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};

use crate::encoded::{flag, tag, Encoded};
use crate::failure::Failure;
use crate::trusted::listed;

/// Whom a configuration trusts.
pub struct Roots {
    store: Arc<RootCertStore>,
    certificates: Vec<CertificateDer<'static>>,
}

impl Roots {
    pub fn read(from: &Encoded<'_>) -> Result<Self, Failure> {
        let certificates: Vec<_> =
            from.all(tag::ROOT).map(|der| CertificateDer::from(der.to_vec())).collect();
        let mut store = RootCertStore::empty();
        if from.flag(flag::INSTALLED_ROOTS) {
            store.add_parsable_certificates(certificates.iter().cloned());
        } else {
            for (at, root) in certificates.iter().enumerate() {
                store.add(root.clone()).map_err(|e| {
                    Failure::configuration(&format!("trusted certificate {}", at + 1), e)
                })?;
            }
        }
        Ok(Self { store: Arc::new(store), certificates })
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Extent {
    Nothing,
    Chain,
    ChainAndName,
}

/// What a client thinks of servers.
pub struct ServerVerdict {
    extent: Extent,
    roots: Roots,
    alternative: Option<ServerName<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerVerdict {
    pub fn new(from: &Encoded<'_>, provider: &CryptoProvider) -> Result<Self, Failure> {
        let extent = match from.small(tag::VERIFY) {
            0 => Extent::Nothing,
            1 => Extent::Chain,
            _ => Extent::ChainAndName,
        };
        let alternative = match from.one(tag::ALTERNATIVE) {
            None => None,
            Some(name) => Some(
                ServerName::try_from(String::from_utf8_lossy(name).into_owned())
                    .map_err(|e| Failure::configuration("alternativeName", e))?,
            ),
        };
        Ok(Self {
            extent,
            roots: Roots::read(from)?,
            alternative,
            algorithms: provider.signature_verification_algorithms,
        })
    }

    fn chain(
        &self,
        parsed: &ParsedCertificate<'_>,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        verify_server_cert_signed_by_trust_anchor(
            parsed,
            &self.roots.store,
            others,
            now,
            self.algorithms.all,
        )
        .or_else(|why| otherwise_trusted(why, own, &self.roots.certificates, now))
    }

    /// The name asked for, or the alternative one, or the former written without underscore.
    fn name(&self, parsed: &ParsedCertificate<'_>, name: &ServerName<'_>) -> Result<(), Error> {
        let Err(why) = verify_server_name(parsed, name) else {
            return Ok(());
        };
        let others = [self.alternative.clone(), without_underscore(name)];
        if others.iter().flatten().any(|other| verify_server_name(parsed, other).is_ok()) {
            Ok(())
        } else {
            Err(why)
        }
    }

    /// Nothing is verified, so neither is a signature by a key that cannot be read.
    fn unreadable(&self, cert: &CertificateDer<'_>) -> bool {
        self.extent == Extent::Nothing && ParsedCertificate::try_from(cert).is_err()
    }
}

impl std::fmt::Debug for ServerVerdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServerVerdict({:?})", self.extent)
    }
}

impl ServerCertVerifier for ServerVerdict {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.extent != Extent::Nothing {
            let parsed = ParsedCertificate::try_from(own)?;
            self.chain(&parsed, own, others, now)?;
            if self.extent == Extent::ChainAndName {
                self.name(&parsed, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.unreadable(cert) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls12_signature(message, cert, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.unreadable(cert) {
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify_tls13_signature(message, cert, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// `a_b.example.com` may be certified as `a-b.example.com`: underscores are not allowed in host
/// names, and so not in certificates. Only in the left-most of three labels or more.
fn without_underscore(name: &ServerName<'_>) -> Option<ServerName<'static>> {
    let ServerName::DnsName(name) = name else {
        return None;
    };
    let (first, rest) = name.as_ref().split_once('.')?;
    if !first.contains('_') || !rest.trim_end_matches('.').contains('.') {
        return None;
    }
    ServerName::try_from(format!("{}.{rest}", first.replace('_', "-"))).ok()
}

/// Lets a configured certificate pass that webpki dislikes for another reason than its dates.
fn otherwise_trusted(
    why: Error,
    own: &CertificateDer<'_>,
    trusted: &[CertificateDer<'static>],
    now: UnixTime,
) -> Result<(), Error> {
    match &why {
        Error::InvalidCertificate(CertificateError::Other(_)) => match listed(own, trusted, now) {
            Some(verdict) => verdict.map_err(Error::InvalidCertificate),
            None => Err(why),
        },
        _ => Err(why),
    }
}

/// What a server thinks of clients: webpki's opinion, and certificates that are listed themselves.
#[derive(Debug)]
pub struct ClientVerdict {
    webpki: Arc<dyn ClientCertVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl ClientVerdict {
    pub fn new(
        from: &Encoded<'_>,
        provider: &Arc<CryptoProvider>,
        required: bool,
    ) -> Result<Arc<Self>, Failure> {
        let roots = Roots::read(from)?;
        let mut builder =
            WebPkiClientVerifier::builder_with_provider(roots.store.clone(), provider.clone());
        if !required {
            builder = builder.allow_unauthenticated();
        }
        if from.flag(flag::INSTALLED_ROOTS) {
            builder = builder.clear_root_hint_subjects(); // a hundred names in every handshake
        }
        let webpki =
            builder.build().map_err(|e| Failure::configuration("trusted certificates", e))?;
        Ok(Arc::new(Self { webpki, certificates: roots.certificates }))
    }
}

impl ClientCertVerifier for ClientVerdict {
    fn client_auth_mandatory(&self) -> bool {
        self.webpki.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.webpki.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.webpki.verify_client_cert(own, others, now).or_else(|why| {
            otherwise_trusted(why, own, &self.certificates, now)
                .map(|()| ClientCertVerified::assertion())
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}
