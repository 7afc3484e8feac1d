//! `cargo xtask screenshots`: pictures of every page, for inspection.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::workspace::{COMPONENT, Workspace};
use crate::{pages, process};

/// How pictures are taken.
struct Screen {
    name: &'static str,
    /// Of the page, in pixels.
    width: u32,
    /// How much of it is taken, in pixels: the longest page ends before that.
    height: u32,
    is_dark: bool,
}

const SCREENS: [Screen; 3] = [
    Screen {
        name: "wide",
        width: 1100,
        height: 3200,
        is_dark: false,
    },
    Screen {
        name: "dark",
        width: 1100,
        height: 3200,
        is_dark: true,
    },
    Screen {
        name: "narrow",
        width: 320,
        height: 6800,
        is_dark: false,
    },
];

/// Make pictures of every page, in every language: wide, dark, and 320 pixels wide.
///
/// A unit test of the component writes the pages into target/screenshots/pages, and headless Chromium takes
/// the pictures into target/screenshots. Nothing is compared automatically.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The browser: Chromium, or one with its options.
    #[arg(long, value_name = "PROGRAM", default_value = "chromium")]
    browser: PathBuf,
}

/// Makes the pictures.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode> {
    let pictures = workspace.target().join("screenshots");
    let pages = pictures.join("pages");
    let mut test = workspace.cargo("test");
    test.args(["--profile", "native", "-p", COMPONENT]);
    pages::write(test, &pages)?;
    let mut names: Vec<String> = fs::read_dir(&pages)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".html").map(str::to_owned))
        .filter(|name| !name.starts_with(FRAME))
        .collect();
    if names.is_empty() {
        bail!("there are no pages in {}", pages.display());
    }
    names.sort();
    for name in &names {
        for screen in &SCREENS {
            let page = framed(&pages, name, screen)?;
            let picture = pictures.join(format!("{name}.{}.png", screen.name));
            take(&arguments.browser, &page, &picture, screen)?;
        }
        println!("{name}");
    }
    println!("{} pages, in {}", names.len(), pictures.display());
    Ok(ExitCode::SUCCESS)
}

/// The prefix of pages that only frame another one.
const FRAME: &str = "frame-";

/// A page that shows the page `name` in a frame of this width: Chromium's window is never narrower
/// than 500 pixels.
fn framed(pages: &Path, name: &str, screen: &Screen) -> Result<PathBuf> {
    let Screen { width, height, .. } = screen;
    let file = pages.join(format!("{FRAME}{width}.html"));
    let html = format!(
        "<!DOCTYPE html><title>{name}</title><body style=\"margin:0\">\
         <iframe src=\"{name}.html\" width=\"{width}\" height=\"{height}\" style=\"border:0\"></iframe>"
    );
    fs::write(&file, html)?;
    Ok(file)
}

fn take(browser: &Path, page: &Path, picture: &Path, screen: &Screen) -> Result<()> {
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--hide-scrollbars"]);
    command.arg(format!("--window-size={},{}", screen.width, screen.height));
    // Chromium has no sandbox in containers, where this runs as root.
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        command.arg("--no-sandbox");
    }
    let scheme = if screen.is_dark { 0 } else { 1 };
    command.arg(format!("--blink-settings=preferredColorScheme={scheme}"));
    command.arg(format!("--screenshot={}", picture.display()));
    command.arg(format!("file://{}", page.display()));
    // Chromium prints many messages that are no errors.
    match process::succeeds(&mut command) && picture.exists() {
        true => Ok(()),
        false => bail!(
            "{} has taken no picture of {}",
            browser.display(),
            page.display()
        ),
    }
}
