//! `cargo xtask screenshots`: pictures of every page, to be looked at.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::{COMPONENT, Workspace};

/// The unit test that writes the pages.
const WRITER: &str = "pages::tests::all_pages_are_written_where_somebody_wants_to_see_them";
/// How pictures are taken: a name, the width of the page, and whether the screen is dark.
const SCREENS: [(&str, u32, bool); 3] = [
    ("wide", 1100, false),
    ("dark", 1100, true),
    ("narrow", 320, false),
];
/// How much of a page is taken, in pixels.
const HEIGHT: u32 = 1800;

/// Make pictures of every page, in every language: wide, dark, and 320 pixels wide.
///
/// A unit test of the component writes the pages into target/screenshots/pages, and Chromium without a
/// window takes the pictures into target/screenshots. Nothing is compared: they are to be looked at.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The browser: Chromium, or one that takes its options.
    #[arg(long, value_name = "PROGRAM", default_value = "chromium")]
    browser: PathBuf,
}

/// Makes the pictures.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let pictures = workspace.target().join("screenshots");
    let pages = pictures.join("pages");
    fs::create_dir_all(&pages).with_context(|| format!("could not make {}", pages.display()))?;
    let mut test = workspace.cargo("test");
    test.args(["--profile", "native", "-p", COMPONENT, "--lib", WRITER]);
    process::run(test.env("PAGES_DIR", &pages))?;
    let mut names: Vec<String> = fs::read_dir(&pages)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".html").map(str::to_owned))
        .filter(|name| !name.starts_with(FRAME))
        .collect();
    if names.is_empty() {
        bail!("the test `{WRITER}` has written no pages");
    }
    names.sort();
    for name in &names {
        for (screen, width, dark) in SCREENS {
            let page = framed(&pages, name, width)?;
            let picture = pictures.join(format!("{name}.{screen}.png"));
            take(&arguments.browser, &page, &picture, width, dark)?;
        }
        println!("{name}");
    }
    println!("{} pages, in {}", names.len(), pictures.display());
    Ok(ExitCode::SUCCESS)
}

/// What the name of a page begins with that only frames another one.
const FRAME: &str = "frame-";

/// A page that shows the page `name` in a frame of this width: Chromium's window is never narrower
/// than 500 pixels.
fn framed(pages: &Path, name: &str, width: u32) -> Result<PathBuf> {
    let file = pages.join(format!("{FRAME}{width}.html"));
    let html = format!(
        "<!DOCTYPE html><title>{name}</title><body style=\"margin:0\">\
         <iframe src=\"{name}.html\" width=\"{width}\" height=\"{HEIGHT}\" style=\"border:0\"></iframe>"
    );
    fs::write(&file, html)?;
    Ok(file)
}

fn take(browser: &Path, page: &Path, picture: &Path, width: u32, dark: bool) -> Result<()> {
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--hide-scrollbars"]);
    command.arg(format!("--window-size={width},{HEIGHT}"));
    // Containers, where this runs as root, have no sandbox of Chromium's.
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.arg("--no-sandbox");
    }
    let scheme = if dark { 0 } else { 1 };
    command.arg(format!("--blink-settings=preferredColorScheme={scheme}"));
    command.arg(format!("--screenshot={}", picture.display()));
    command.arg(format!("file://{}", page.display()));
    // Chromium says much that is no error.
    match process::succeeds(&mut command) && picture.exists() {
        true => Ok(()),
        false => bail!(
            "{} has taken no picture of {}",
            browser.display(),
            page.display()
        ),
    }
}
