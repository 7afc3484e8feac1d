//! What an operator calls the pages.

use url::Url;

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::brand::Accent;

/// What the pages are called, and how they look.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The name in titles, head and foot of every page.
    pub app_name: String,
    /// Where people get help, if the operator says so: `https` or `mailto`.
    pub support: Option<Url>,
    /// The colour of buttons and links.
    pub accent: Accent,
}

impl Branding {
    /// Reads `APP_NAME`, `SUPPORT_URL` and `ACCENT_COLOR`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let app_name = reader.read(&table::APP_NAME);
        let support = reader.read_optional(&table::SUPPORT_URL);
        let accent = reader.read(&table::ACCENT_COLOR);
        Some(Self {
            app_name: app_name?,
            support,
            accent: accent?,
        })
    }
}
