//! The pages as files, for whoever looks at them in a browser.

use std::path::Path;
use std::{env, fs};

use super::gallery::{Names, gallery, icon, view};
use super::hostile::HOSTILE;
use super::{all, asset, header, text};
use crate::pages::assets;
use crate::respond::Response;
use crate::texts::Language;

/// `PAGES_DIR` names a folder into which all pages are written. `cargo xtask screenshots` takes pictures of them, and
/// end-to-end tests open them in a browser. The folder `hostile` below it has what hostile names change. Each page
/// has its policy beside it.
#[test]
fn all_pages_are_written_where_somebody_wants_to_see_them() {
    let Ok(folder) = env::var("PAGES_DIR") else {
        return;
    };
    let folder = Path::new(&folder);
    let hostile = folder.join("hostile");
    for folder in [folder, &hostile] {
        fs::create_dir_all(folder).unwrap();
        write_files(folder);
    }
    for (name, language, page) in all(&Names::mild()) {
        write(folder, &format!("{name}.{}", language.tag()), &page);
    }
    let corpus: Vec<String> = HOSTILE.iter().map(|text| text()).collect();
    let corpus = serde_json::to_string(&corpus).unwrap();
    fs::write(hostile.join("corpus.json"), corpus).unwrap();
    let view = view(Language::English);
    let mild = gallery(&view, &Names::mild());
    for (number, text) in HOSTILE.iter().enumerate() {
        let pages = gallery(&view, &Names::all(&text()));
        for ((name, page), (_, mild)) in pages.iter().zip(&mild) {
            if page.body() != mild.body() {
                write(&hostile, &format!("{name}.{number}"), page);
            }
        }
    }
}

/// The style sheet, the script and the icon.
fn write_files(folder: &Path) {
    for file in ["style.css", "script.js"] {
        let asset = asset(file, "").unwrap();
        fs::write(folder.join(file), asset.body()).unwrap();
    }
    fs::write(folder.join("icon.svg"), icon().content).unwrap();
}

fn write(folder: &Path, name: &str, page: &Response) {
    let branding = view(Language::English).branding;
    let files = [
        (assets::style(branding.accent), "style.css"),
        (assets::script(), "script.js"),
        (assets::icon(&icon()), "icon.svg"),
    ];
    // In HTML an ampersand is written so.
    let here = |page: String, (address, file): &(String, &str)| {
        page.replace(&address.replace('&', "&amp;"), file)
    };
    let content = files.iter().fold(text(page), here);
    // A picture is of this page, and not of the one to which it leads.
    let content = content.replace("http-equiv=\"refresh\"", "name=\"refresh\"");
    fs::write(folder.join(format!("{name}.html")), content).unwrap();
    let policy = header(page, "content-security-policy");
    fs::write(folder.join(format!("{name}.policy")), policy).unwrap();
}
