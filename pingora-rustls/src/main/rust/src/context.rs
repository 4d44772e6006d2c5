// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! What the sessions of one configuration share.

use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::server::{ClientHello, NoServerSessionStorage};
use rustls::{CipherSuite, ClientConfig, ClientConnection, ServerConfig};

use crate::encoded::{flag, tag, Encoded};
use crate::failure::{Failure, Reason};
use crate::key_log::Lines;
use crate::provider::{alpn, certified, provider, versions};
use crate::remembered::Remembered;
use crate::tickets::Tickets;
use crate::verify::{ClientVerdict, ServerVerdict};

pub enum Context {
    Server(ServerContext),
    Client(ClientContext),
}

impl Context {
    /// Whether sessions tell their secrets.
    pub fn logs_keys(&self) -> bool {
        match self {
            Self::Server(context) => context.logs_keys,
            Self::Client(context) => context.logs_keys,
        }
    }

    /// Whether a handshake may have to wait for who keeps the key.
    pub fn signs_elsewhere(&self) -> bool {
        match self {
            Self::Server(context) => context.signs_elsewhere,
            Self::Client(context) => context.signs_elsewhere,
        }
    }
}

fn signs_elsewhere(from: &Encoded<'_>) -> bool {
    from.one(tag::SIGNER).is_some()
}

pub struct ServerContext {
    pub choice: Arc<Choice>,
    pub tickets: Arc<Tickets>,
    logs_keys: bool,
    signs_elsewhere: bool,
}

impl ServerContext {
    pub fn new(from: &Encoded<'_>) -> Result<Self, Failure> {
        let provider = provider(from)?;
        let certified = certified(from, &provider)?
            .ok_or_else(|| Failure::of(Reason::Configuration, "certificate: none"))?;
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&versions(from))
            .map_err(|e| Failure::configuration("profile", e))?;
        let builder = match from.small(tag::CLIENT_AUTH) {
            0 => builder.with_no_client_auth(),
            mode => {
                builder.with_client_cert_verifier(ClientVerdict::new(from, &provider, mode == 2)?)
            }
        };
        let mut config = builder.with_cert_resolver(certified);
        let tickets = Tickets::new(from.one(tag::TICKETS).unwrap_or(&[]), circumstances(from));
        config.ticketer = tickets.clone();
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.alpn_protocols = alpn(from);
        let logs_keys = from.flag(flag::KEY_LOG);
        if logs_keys {
            config.key_log = Arc::new(Lines);
        }
        let choice = Arc::new(Choice::new(config, from.flag(flag::ALPN_REQUIRED)));
        Ok(Self { choice, tickets, logs_keys, signs_elsewhere: signs_elsewhere(from) })
    }
}

/// The configurations of a server: what rustls does not decide for itself is decided by the
/// ClientHello, and by which of them goes on.
pub struct Choice {
    ours: Order,
    theirs: Order,
    alpn_required: bool,
}

/// A server with one order of suites.
struct Order {
    config: Arc<ServerConfig>,
    /// For clients that offer no protocol of ours and are served nevertheless.
    without_alpn: Arc<ServerConfig>,
}

impl Order {
    fn new(mut config: ServerConfig, ours: bool) -> Self {
        config.ignore_client_order = ours;
        let with_alpn = Arc::new(config.clone());
        config.alpn_protocols.clear();
        Self { config: with_alpn, without_alpn: Arc::new(config) }
    }
}

impl Choice {
    fn new(config: ServerConfig, alpn_required: bool) -> Self {
        let ours = Order::new(config.clone(), true);
        Self { ours, theirs: Order::new(config, false), alpn_required }
    }

    /// The configuration for this client. Our order of suites is the rule; a client that puts
    /// ChaCha20 first has no AES in hardware, and gets its own order.
    pub fn by(&self, hello: &ClientHello<'_>) -> Arc<ServerConfig> {
        let first = hello.cipher_suites().iter().find(|suite| !is_grease(u16::from(**suite)));
        let order = if first.is_some_and(is_chacha) { &self.theirs } else { &self.ours };
        let ours = &order.config.alpn_protocols;
        let overlaps = self.alpn_required
            || hello.alpn().is_none_or(|mut offered| {
                offered.any(|theirs| ours.iter().any(|own| own == theirs))
            });
        (if overlaps { &order.config } else { &order.without_alpn }).clone()
    }
}

/// RFC 8701: values that mean nothing.
fn is_grease(suite: u16) -> bool {
    suite & 0x0f0f == 0x0a0a && suite >> 8 == suite & 0xff
}

fn is_chacha(suite: &CipherSuite) -> bool {
    matches!(
        suite,
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
    )
}

/// Under which terms clients are known: tickets made under others are not taken.
fn circumstances(from: &Encoded<'_>) -> Vec<u8> {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(&[from.small(tag::CLIENT_AUTH)]);
    for root in from.all(tag::ROOT) {
        hash.update(&(root.len() as u64).to_be_bytes());
        hash.update(root);
    }
    hash.finish().as_ref().to_vec()
}

pub struct ClientContext {
    config: ClientConfig,
    remembered: Option<Arc<Remembered>>,
    checks_name: bool,
    logs_keys: bool,
    signs_elsewhere: bool,
}

impl ClientContext {
    pub fn new(from: &Encoded<'_>) -> Result<Self, Failure> {
        let provider = provider(from)?;
        let verdict = ServerVerdict::new(from, &provider)?;
        let mut config = Self::config(from, provider, verdict)?;
        config.alpn_protocols = alpn(from);
        let logs_keys = from.flag(flag::KEY_LOG);
        if logs_keys {
            config.key_log = Arc::new(Lines);
        }
        config.resumption = Resumption::disabled();
        let limit = from.number(tag::RESUMPTION);
        Ok(Self {
            config,
            remembered: (limit > 0).then(|| Remembered::new(limit)),
            checks_name: from.small(tag::VERIFY) == 2,
            logs_keys,
            signs_elsewhere: signs_elsewhere(from),
        })
    }

    fn config(
        from: &Encoded<'_>,
        provider: Arc<CryptoProvider>,
        verdict: ServerVerdict,
    ) -> Result<ClientConfig, Failure> {
        let certified = certified(from, &provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions(from))
            .map_err(|e| Failure::configuration("profile", e))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verdict));
        Ok(match certified {
            Some(certified) => builder.with_client_cert_resolver(certified),
            None => builder.with_no_client_auth(),
        })
    }

    /// A connection to the server of this name at this address.
    pub fn connection(&self, name: &[u8], address: &[u8]) -> Result<ClientConnection, Failure> {
        let text = String::from_utf8_lossy(name);
        let mut config = self.config.clone();
        let server = if name.is_empty() {
            if self.checks_name {
                return Err(Failure::of(
                    Reason::Configuration,
                    "verify: the name is to be checked, but the server has none",
                ));
            }
            config.enable_sni = false;
            ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into()) // rustls wants one
        } else {
            ServerName::try_from(text.into_owned())
                .map_err(|e| Failure::configuration("server name", e))?
        };
        if let Some(remembered) = &self.remembered {
            config.resumption = Resumption::store(Arc::new(remembered.view(name, address)));
        }
        ClientConnection::new(Arc::new(config), server).map_err(|e| Failure::during(&e))
    }
}
