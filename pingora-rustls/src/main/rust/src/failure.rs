// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! Why a session or a configuration is of no use.

use rustls::{AlertDescription, Error, InvalidMessage, PeerIncompatible};

/// Kinds of trouble, numbered as `TlsException.Reason` is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Reason {
    Configuration = 0,
    Handshake = 1,
    BadCertificate = 2,
    Alerted = 3,
    Truncated = 4,
    Internal = 5,
}

#[derive(Clone, Debug)]
pub struct Failure {
    pub reason: Reason,
    /// The alert received or sent; none when there is none or it is not known.
    pub alert: Option<u8>,
    pub text: String,
}

impl Failure {
    pub fn of(reason: Reason, text: impl Into<String>) -> Self {
        Self { reason, alert: None, text: text.into() }
    }

    /// What cannot be configured.
    pub fn configuration(what: &str, error: impl std::fmt::Display) -> Self {
        Self::of(Reason::Configuration, format!("{what}: {error}"))
    }

    /// What rustls found wrong while talking to a peer.
    pub fn during(error: &Error) -> Self {
        let reason = match error {
            Error::AlertReceived(_) => Reason::Alerted,
            Error::InvalidCertificate(_) | Error::NoCertificatesPresented => Reason::BadCertificate,
            Error::General(_)
            | Error::EncryptError
            | Error::FailedToGetCurrentTime
            | Error::FailedToGetRandomBytes
            | Error::HandshakeNotComplete
            | Error::BadMaxFragmentSize
            | Error::Other(_) => Reason::Internal,
            _ => Reason::Handshake,
        };
        let text = match error {
            Error::General(text) => text.clone(), // ours, and enough
            _ => error.to_string(),
        };
        Self { reason, alert: alert(error).map(u8::from), text }
    }

    /// As Java reads it: reason, alert (two octets, 0xffff for none), text.
    pub fn encoded(&self) -> Vec<u8> {
        let mut all = vec![self.reason as u8];
        all.extend(self.alert.map_or(u16::MAX, u16::from).to_be_bytes());
        all.extend(self.text.as_bytes());
        all
    }
}

/// The alert that rustls sends for an error, where the error says it. Only asked for alerts sent
/// encrypted; those in clear are read from the wire.
fn alert(error: &Error) -> Option<AlertDescription> {
    use AlertDescription as Alert;
    Some(match error {
        Error::AlertReceived(description) => *description,
        Error::InvalidCertificate(why) => why.clone().into(),
        Error::InvalidMessage(InvalidMessage::InvalidKeyUpdate) => Alert::IllegalParameter,
        Error::InvalidMessage(why) => (*why).into(),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            Alert::UnexpectedMessage
        }
        // RFC 8446 §4.4.2.4; rustls says it in TLS 1.2 too.
        Error::NoCertificatesPresented => Alert::CertificateRequired,
        Error::DecryptError => Alert::BadRecordMac,
        Error::PeerSentOversizedRecord => Alert::RecordOverflow,
        Error::NoApplicationProtocol => Alert::NoApplicationProtocol,
        Error::PeerIncompatible(why) => match why {
            PeerIncompatible::KeyShareExtensionRequired
            | PeerIncompatible::NamedGroupsExtensionRequired => Alert::MissingExtension,
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled => Alert::ProtocolVersion,
            _ => Alert::HandshakeFailure,
        },
        _ => return None,
    })
}
