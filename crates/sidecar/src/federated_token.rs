//! `GET /v1/federated-token`: the workload-identity token as it is in its file now.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::problem::Problem;

/// A projected token weighs one or two kilobytes.
const LONGEST: u64 = 64 * 1024;

/// The answer.
#[derive(Serialize)]
struct FederatedToken {
    token: String,
    /// Unix seconds.
    expires_at: u64,
}

pub(crate) async fn respond(State(file): State<Arc<PathBuf>>) -> Response {
    match read(&file).await {
        Ok(token) => ([(header::CACHE_CONTROL, "no-store")], Json(token)).into_response(),
        Err(reason) => {
            let detail = format!("AZURE_FEDERATED_TOKEN_FILE ({}): {reason}", file.display());
            eprintln!("{detail}");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response()
        }
    }
}

/// Reads the file anew: the kubelet replaces it by swapping a symbolic link, so one `open` sees
/// either the old token or the new one, whole.
async fn read(file: &Path) -> Result<FederatedToken, Unusable> {
    let mut text = String::new();
    let opened = File::open(file).await.map_err(Unusable::Unreadable)?;
    opened
        .take(LONGEST + 1)
        .read_to_string(&mut text)
        .await
        .map_err(Unusable::Unreadable)?;
    let token = text.trim();
    let expires_at = expiry(token).ok_or(Unusable::NoToken)?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    if expires_at <= now {
        return Err(Unusable::Expired(now - expires_at));
    }
    Ok(FederatedToken {
        token: token.to_owned(),
        expires_at,
    })
}

/// The `exp` of a JWS in compact form (RFC 7515, section 7.1; RFC 7519, section 4.1.4). The signature
/// is for Entra to check.
fn expiry(token: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Claims {
        exp: u64,
    }
    let parts: Vec<Vec<u8>> = token
        .split('.')
        .map(Base64UrlUnpadded::decode_vec)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|_| token.len() as u64 <= LONGEST)?;
    match parts.as_slice() {
        [_, payload, _] => Some(serde_json::from_slice::<Claims>(payload).ok()?.exp),
        _ => None,
    }
}

/// Why there is no token to hand out.
enum Unusable {
    Unreadable(std::io::Error),
    NoToken,
    Expired(u64),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(
                f,
                "{error}; is the pod labelled azure.workload.identity/use=true, and its service \
                 account annotated?"
            ),
            Self::NoToken => {
                f.write_str("the file holds no service-account token (a JWT with exp)")
            }
            Self::Expired(seconds) => write!(
                f,
                "the token expired {seconds} s ago; is the kubelet still refreshing the projected volume?"
            ),
        }
    }
}
