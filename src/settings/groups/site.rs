//! Where this proxy is.

use url::Url;

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::terms::Origin;

/// Where this proxy is.
#[derive(Clone, Debug)]
pub struct Site {
    /// Where Entra sends people back to.
    pub redirect_uri: Url,
    /// The origin of the proxy's own pages: that of `redirect_uri`.
    pub origin: Origin,
}

impl Site {
    /// Reads `REDIRECT_URI`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let redirect_uri = reader.read(&table::REDIRECT_URI)?;
        let origin = Origin::of(&redirect_uri)?;
        Some(Self {
            redirect_uri,
            origin,
        })
    }

    /// Reads `PUBLIC_URL`, by default the origin of `site`.
    pub fn read_public_url(site: Option<&Self>, reader: &mut Reader<'_>) -> Option<Origin> {
        let given = reader.read_optional(&table::PUBLIC_URL);
        given.or_else(|| site.map(|site| site.origin.clone()))
    }

    /// Reads `POST_LOGOUT_REDIRECT_URI`, by default the root of `PUBLIC_URL`.
    pub fn read_after_logout(site: Option<&Self>, reader: &mut Reader<'_>) -> Option<Url> {
        let given = reader.read_optional(&table::POST_LOGOUT_REDIRECT_URI);
        let public_url = Self::read_public_url(site, reader);
        given.or_else(|| Url::parse(public_url?.as_str()).ok())
    }
}
