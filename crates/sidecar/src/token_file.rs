//! Tokens that the kubelet projects into files, and renews about once an hour.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// The workload-identity token in `file`, as `/v1/federated-token` would return it.
///
/// # Errors
/// When there is none, or it has expired.
pub async fn federated_token(file: &Path) -> Result<String, Unavailable> {
    let token = ProjectedToken::read(&WORKLOAD_IDENTITY, file).await;
    token.map(|token| token.token)
}

/// The purpose of a token, as operators know it.
pub(crate) struct Kind {
    name: &'static str,
    setting: &'static str,
    /// A further hint if there is no file, as the end of a question.
    hint: &'static str,
}

/// The proxy's credential for Entra.
pub(crate) const WORKLOAD_IDENTITY: Kind = Kind {
    name: "workload-identity token",
    setting: "AZURE_FEDERATED_TOKEN_FILE",
    hint: "is the pod labelled azure.workload.identity/use=true, and its service account annotated?",
};

/// The proxy's credential for the API server.
pub(crate) const SERVICE_ACCOUNT: Kind = Kind {
    name: "service-account token",
    setting: "KUBERNETES_TOKEN_FILE",
    hint: "is automountServiceAccountToken on for this pod?",
};

/// A token that has not expired. Its recipient verifies it: only that one has the keys.
#[derive(Serialize)]
pub(crate) struct ProjectedToken {
    token: String,
    expires_at: i64,
}

impl ProjectedToken {
    /// Reads `file`, of this kind.
    pub(crate) async fn read(kind: &'static Kind, file: &Path) -> Result<Self, Unavailable> {
        let unavailable = |fault| Unavailable {
            kind,
            file: file.to_owned(),
            fault,
        };
        let text = contents(file).await.map_err(unavailable)?;
        let now = OffsetDateTime::now_utc().unix_timestamp();
        Self::parse(&text, now).map_err(unavailable)
    }

    fn parse(text: &[u8], now: i64) -> Result<Self, Fault> {
        let token = str::from_utf8(text).map_err(|_| Fault::NoJwt)?.trim();
        let expires_at = expiry(token).ok_or(Fault::NoJwt)?;
        if expires_at <= now {
            return Err(Fault::Expired(expires_at));
        }
        Ok(Self {
            token: token.to_owned(),
            expires_at,
        })
    }
}

/// The whole content of a file opened once: the path is a symbolic link that the kubelet moves to the next
/// token.
async fn contents(file: &Path) -> Result<Vec<u8>, Fault> {
    let mut text = Vec::new();
    let opened = match File::open(file).await {
        // The directory behind the link was removed during the lookup.
        Err(error) if error.kind() == io::ErrorKind::NotFound => File::open(file).await,
        opened => opened,
    };
    let opened = opened.map_err(Fault::Io)?;
    opened
        .take(LONGEST + 1)
        .read_to_end(&mut text)
        .await
        .map_err(Fault::Io)?;
    if text.len() as u64 > LONGEST {
        return Err(Fault::TooLong);
    }
    Ok(text)
}

/// When `token` expires, if it is a compact JWS (RFC 7515, section 3.1) with that claim (RFC 7519, section
/// 4.1.4).
fn expiry(token: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let mut parts = token.split('.').map(|part| {
        Base64UrlUnpadded::decode_vec(part)
            .ok()
            .filter(|bytes| !bytes.is_empty())
    });
    let (_header, claims, _signature) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() {
        return None;
    }
    let Claims { exp } = serde_json::from_slice(&claims).ok()?;
    // Between 1970 and 9999, the range of writable dates.
    (0.0..253_402_300_800.0)
        .contains(&exp)
        .then_some(exp as i64)
}

/// Service-account tokens have about a kilobyte.
const LONGEST: u64 = 64 * 1024;

/// There is no token. The text has the reason and the remedy.
pub struct Unavailable {
    kind: &'static Kind,
    file: PathBuf,
    fault: Fault,
}

/// What is wrong with the file.
enum Fault {
    Io(io::Error),
    TooLong,
    NoJwt,
    Expired(i64),
}

impl Unavailable {
    /// What is wrong.
    pub fn what(&self) -> String {
        let file = self.file.display();
        let name = self.kind.name;
        match &self.fault {
            Fault::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                format!("the {name} file {file} does not exist")
            }
            Fault::Io(error) => format!("the {name} file {file} cannot be read ({error})"),
            Fault::TooLong => format!("the file {file} is longer than 64 kB and so no {name}"),
            Fault::NoJwt => format!("the file {file} holds no {name} (a JWT with an expiry)"),
            Fault::Expired(at) => format!("the {name} in {file} expired at {}", rfc3339(*at)),
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        let Kind { setting, hint, .. } = self.kind;
        match &self.fault {
            Fault::Io(error) if error.kind() == io::ErrorKind::NotFound => {
                format!("does {setting} name it rightly, {hint}")
            }
            Fault::Io(_) => {
                format!("check {setting}, and that this process's user may read the file")
            }
            Fault::TooLong | Fault::NoJwt => format!("check {setting}"),
            Fault::Expired(_) => format!(
                "is the projected volume still refreshed? Check {setting}, the kubelet, and this \
                 node's clock"
            ),
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what(), self.remedy())
    }
}

fn rfc3339(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| seconds.to_string())
}

#[cfg(test)]
mod tests;
