//! What an operator calls the pages.

use url::Url;

use crate::settings::reader::Reader;
use crate::settings::table;
use crate::settings::values::brand::Accent;
use crate::settings::values::picture::Picture;

/// What the pages are called, and how they look.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The name in titles, head and foot of every page.
    pub app_name: String,
    /// Where people get help, if the operator says so: `https` or `mailto`.
    pub support: Option<Url>,
    /// The colour of buttons and links.
    pub accent: Accent,
    /// The picture beside the name, if there is one.
    pub logo: Option<Picture>,
}

impl Branding {
    /// Reads `APP_NAME`, `SUPPORT_URL`, `ACCENT_COLOR` and `LOGO`.
    pub fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let app_name = reader.read(&table::APP_NAME);
        let support = reader.read_optional(&table::SUPPORT_URL);
        let accent = reader.read(&table::ACCENT_COLOR);
        let logo = reader.read_optional(&table::LOGO);
        Some(Self {
            app_name: app_name?,
            support,
            accent: accent?,
            logo,
        })
    }
}
