//! How the first page shows apps.

use serde_json::Value;

use super::apps::AppOrigins;
use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::picture::Picture;
use crate::settings::values::shown_apps::{self, ShownApp};
use crate::terms::Origin;

/// How the first page shows apps.
#[derive(Clone, Debug)]
pub struct ShownApps {
    /// The apps that have an entry, in their order.
    pub apps: Vec<ShownApp>,
    /// Whether those are shown too that the user may not open.
    pub denied: bool,
}

impl ShownApps {
    /// Reads `APPS`, whose entries must be at `origins`, and `SHOW_DENIED_APPS`.
    pub fn read(origins: Option<&AppOrigins>, reader: &mut Reader<'_>) -> Option<Self> {
        let denied = reader.read(&table::SHOW_DENIED_APPS);
        let entries = reader.read_optional(&table::APPS).unwrap_or_default();
        // Where apps are is not known if something else is wrong.
        let known = origins.filter(|_| reader.faults() == 0);
        let apps = shown_apps::read(entries).unwrap_or_else(|faults| {
            for what in faults {
                reader.fault(&table::APPS, what);
            }
            Vec::new()
        });
        for (at, app) in apps.iter().enumerate() {
            if let Some(what) = known.and_then(|origins| misplaced(app, origins)) {
                reader.fault(&table::APPS, format!("[{at}].{what}"));
            }
        }
        Some(Self {
            apps,
            denied: denied?,
        })
    }
}

/// What is wrong with the place of an app.
fn misplaced(app: &ShownApp, origins: &AppOrigins) -> Option<&'static str> {
    let origin = Origin::of(&app.url)?;
    let mut known = origins.return_origins.iter();
    if !known.any(|known| known.admits(&app.url)) {
        return Some("url: is at none of ALLOWED_RETURN_ORIGINS and UPSTREAMS, where apps are");
    }
    let mut upstreams = origins.upstreams.iter();
    let is_upstream = upstreams.any(|upstream| upstream.app == origin);
    (is_upstream && app.check.is_some()).then_some(
        "check: is for apps to which another proxy carries the requests; the rules of this one are its \
         `policy` in UPSTREAMS",
    )
}

/// The pictures of the apps, for the function that serves them.
#[derive(Clone, Debug)]
pub struct Icons(Vec<Value>);

impl Icons {
    /// Reads `APPS`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let entries = reader.read_optional(&table::APPS);
        Some(Self(entries.unwrap_or_default()))
    }

    /// The picture whose digest begins with `digest`.
    pub fn find(&self, digest: &str) -> Option<Picture> {
        shown_apps::icon(&self.0, digest)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use serde_json::{Value, json};

    use super::{AppOrigins, ShownApps};
    use crate::settings::{Misconfigured, Reader, Site};

    fn read(apps: &Value) -> Result<ShownApps, Misconfigured> {
        let source = |name: &str| {
            let value = match name {
                "redirect_uri" => "https://auth.example.com/callback",
                "allowed_return_origins" => "https://grafana.example.com *.apps.example.com",
                "upstreams" => r#"[{"host":"wiki.example.com","url":"http://wiki.svc"}]"#,
                "apps" => return Some(apps.to_string()),
                _ => return None,
            };
            Some(value.to_owned())
        };
        let mut reader = Reader::new(&source);
        let site = Site::read(&mut reader);
        let origins = AppOrigins::read(site.as_ref(), &mut reader);
        let apps = ShownApps::read(origins.as_ref(), &mut reader);
        reader.finish(apps)
    }

    #[test]
    fn an_app_is_where_apps_are() {
        let apps = json!([
            { "url": "https://grafana.example.com/", "check": { "groups": ["g"] } },
            { "url": "https://a.apps.example.com/x" },
            { "url": "https://wiki.example.com/start" },
        ]);
        let shown = read(&apps).unwrap();
        assert_eq!(shown.apps.len(), 3);
        assert!(!shown.denied);
        for url in [
            "https://evil.example.net/",
            "https://auth.example.com/",
            "https://grafana.example.com:8443/",
            "https://apps.example.com/",
        ] {
            let said = read(&json!([{ "url": url }])).unwrap_err().to_string();
            assert!(said.contains("APPS[0].url: is at none"), "{url}: {said}");
        }
    }

    /// The rules of an upstream stand in one place.
    #[test]
    fn an_upstream_has_no_second_policy() {
        let apps = json!([{ "url": "https://wiki.example.com/", "check": { "groups": ["g"] } }]);
        let said = read(&apps).unwrap_err().to_string();
        assert!(said.contains("APPS[0].check"), "{said}");
    }
}
