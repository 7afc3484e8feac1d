//! The TLS settings of components' calls: `[[client_tls]]` of the runtime configuration, in Spin's format.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

use crate::pool::Pool;

/// One entry as written. Its files are read once, at the start.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    /// The components that it applies to.
    component_ids: Vec<String>,
    /// The hosts that it applies to: exact names without a port. A forward proxy with TLS is such a host.
    hosts: Vec<String>,
    /// The trusted authorities, in PEM.
    ca_roots_file: Option<PathBuf>,
    /// Whether the authorities that browsers trust are trusted too; the default without `ca_roots_file`.
    ca_use_webpki_roots: Option<bool>,
    client_cert_file: Option<PathBuf>,
    client_private_key_file: Option<PathBuf>,
}

/// All entries, and the default.
pub(crate) struct ClientTls {
    entries: Vec<Entry>,
    default: Arc<Trust>,
}

struct Entry {
    component_ids: Vec<String>,
    hosts: Vec<String>,
    trust: Arc<Trust>,
}

/// TLS settings, and the pool of connections made with them. Calls under other settings may not use these
/// connections.
pub(crate) struct Trust {
    /// Identifies these settings.
    pub(crate) number: usize,
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) pool: Arc<Pool>,
}

impl ClientTls {
    /// Reads the files in `written`; paths are relative to `directory`.
    pub(crate) fn load(written: &[Written], directory: &Path) -> Result<Self, String> {
        let load = |(number, written): (_, &Written)| written.load(number, directory);
        let default = builder()?.with_root_certificates(webpki_roots());
        Ok(Self {
            entries: written
                .iter()
                .enumerate()
                .map(load)
                .collect::<Result<_, _>>()?,
            default: Trust::new(written.len(), default.with_no_client_auth()),
        })
    }

    /// The settings for calls of `host` by `component`.
    pub(crate) fn of(&self, component: &str, host: &str) -> Arc<Trust> {
        let entry = self.entries.iter().find(|entry| {
            entry.component_ids.iter().any(|id| id == component)
                && entry
                    .hosts
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(host))
        });
        entry.map_or(&self.default, |entry| &entry.trust).clone()
    }
}

impl Trust {
    /// Settings that trust only the authorities in `pem`.
    pub(crate) fn only(pem: &str) -> Result<Arc<Self>, String> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        let config = builder()?.with_root_certificates(roots);
        // No entry has this number.
        Ok(Self::new(usize::MAX, config.with_no_client_auth()))
    }

    fn new(number: usize, config: ClientConfig) -> Arc<Self> {
        Arc::new(Self {
            number,
            config: Arc::new(config),
            pool: Arc::default(),
        })
    }
}

impl Written {
    fn load(&self, number: usize, directory: &Path) -> Result<Entry, String> {
        if self.component_ids.is_empty() || self.hosts.is_empty() {
            return Err("client_tls: component_ids and hosts must not be empty".to_owned());
        }
        let use_webpki = self
            .ca_use_webpki_roots
            .unwrap_or(self.ca_roots_file.is_none());
        let mut roots = match use_webpki {
            true => webpki_roots(),
            false => RootCertStore::empty(),
        };
        if let Some(file) = &self.ca_roots_file {
            for certificate in certificates(&directory.join(file))? {
                roots
                    .add(certificate)
                    .map_err(|error| format!("client_tls: {}: {error}", file.display()))?;
            }
        }
        let builder = builder()?.with_root_certificates(roots);
        let config = match (&self.client_cert_file, &self.client_private_key_file) {
            (None, None) => builder.with_no_client_auth(),
            (Some(chain), Some(key)) => builder
                .with_client_auth_cert(
                    certificates(&directory.join(chain))?,
                    private_key(&directory.join(key))?,
                )
                .map_err(|error| format!("client_tls: {}: {error}", key.display()))?,
            _ => {
                return Err(
                    "client_tls: client_cert_file and client_private_key_file belong together"
                        .to_owned(),
                );
            }
        };
        Ok(Entry {
            component_ids: self.component_ids.clone(),
            hosts: self.hosts.clone(),
            trust: Trust::new(number, config),
        })
    }
}

/// The provider is named, since other parts of the program may install another.
fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, String> {
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())
}

/// The authorities that browsers trust.
fn webpki_roots() -> RootCertStore {
    RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    }
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let said = |what: String| format!("client_tls: {}: {what}", file.display());
    let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect)
        .map_err(|error| said(error.to_string()))?;
    if certificates.is_empty() {
        return Err(said("no certificate in it".to_owned()));
    }
    Ok(certificates)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(file)
        .map_err(|error| format!("client_tls: {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::path::Path;
    use std::sync::Arc;

    use super::{ClientTls, Written};

    fn load(text: &str) -> Result<ClientTls, String> {
        let written: Written = toml::from_str(text).unwrap();
        ClientTls::load(&[written], Path::new("/nowhere"))
    }

    #[test]
    fn an_entry_is_for_its_components_and_hosts_only() {
        let tls = load("component_ids = [\"a\"]\nhosts = [\"entra.example\"]").unwrap();
        let default = |component, host| Arc::ptr_eq(&tls.of(component, host), &tls.default);
        assert!(!default("a", "entra.example"));
        assert!(!default("a", "ENTRA.example"));
        assert!(default("a", "other.example"));
        assert!(default("a", "sub.entra.example"));
        assert!(default("b", "entra.example"));
    }

    #[test]
    fn what_is_wrong_with_an_entry_is_said() {
        let both = "component_ids = [\"a\"]\nhosts = [\"h\"]\n";
        for (text, said) in [
            (
                "component_ids = []\nhosts = [\"h\"]".to_owned(),
                "must not be empty",
            ),
            (
                "component_ids = [\"a\"]\nhosts = []".to_owned(),
                "must not be empty",
            ),
            (
                format!("{both}ca_roots_file = \"ca.pem\""),
                "/nowhere/ca.pem",
            ),
            (
                format!("{both}client_cert_file = \"c.crt\""),
                "belong together",
            ),
        ] {
            let reason = load(&text).err().unwrap();
            assert!(reason.contains(said), "{reason}");
        }
    }
}
