//! A forward proxy, as an environment variable names it.

use std::fmt;

use base64ct::{Base64, Encoding};
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::Url;

/// What a proxy's address is; the rest of a sentence.
const FORM: &str = "is no address of a proxy: http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host where the proxy wants it, percent-encoded";

/// A forward proxy. Neither `Debug` nor `Display` shows its password.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proxy {
    pub(crate) secure: bool,
    /// Without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    authorization: Option<HeaderValue>,
}

impl Proxy {
    /// Reads `http://user:password@host:port`. Without a scheme it is http, as everybody has it. The
    /// error completes "HTTPS_PROXY …", and holds nothing of `text`.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let url = match text.contains("://") {
            true => Url::parse(text),
            false => Url::parse(&format!("http://{text}")),
        };
        let url = url.map_err(|_| FORM)?;
        let secure = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err("names a proxy that speaks neither http nor https, such as SOCKS"),
        };
        let (Some(host), Some(port), "/", None, None) = (
            url.host_str(),
            url.port_or_known_default(),
            url.path(),
            url.query(),
            url.fragment(),
        ) else {
            return Err(FORM);
        };
        Ok(Self {
            secure,
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
            authorization: authorization(&url)?,
        })
    }

    /// Whether TLS is spoken with the proxy itself.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// The proxy's host, without the brackets of an IPv6 address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `Proxy-Authorization` (RFC 9110, section 11.7.2), if the variable has a user.
    pub fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }
}

/// Host and port, for people.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// The Basic scheme (RFC 7617, section 2), in UTF-8.
fn authorization(url: &Url) -> Result<Option<HeaderValue>, &'static str> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let mut credentials: Vec<u8> = percent_decode_str(url.username()).collect();
    if credentials.contains(&b':') {
        return Err("has a user with a colon, which no proxy can tell from the password");
    }
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    let value = format!("Basic {}", Base64::encode_string(&credentials));
    let mut value = HeaderValue::try_from(value).map_err(|_| FORM)?;
    value.set_sensitive(true);
    Ok(Some(value))
}
