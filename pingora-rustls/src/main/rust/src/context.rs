// SPDX-FileCopyrightText: The Pingora for the JVM authors
// SPDX-License-Identifier: Apache-2.0

//! What the sessions of one configuration share.

use std::sync::Arc;

use aws_lc_rs::digest;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::ServerName;
use rustls::server::NoServerSessionStorage;
use rustls::{ClientConfig, ClientConnection, ServerConfig};

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
}

pub struct ServerContext {
    pub config: Arc<ServerConfig>,
    /// The same without ALPN, for clients that offer nothing of ours; none when those are refused.
    pub without_alpn: Option<Arc<ServerConfig>>,
    pub tickets: Arc<Tickets>,
    logs_keys: bool,
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
        let mut without_alpn = None;
        if !config.alpn_protocols.is_empty() && !from.flag(flag::ALPN_REQUIRED) {
            let mut other = config.clone();
            other.alpn_protocols.clear();
            without_alpn = Some(Arc::new(other));
        }
        Ok(Self { config: Arc::new(config), without_alpn, tickets, logs_keys })
    }
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
