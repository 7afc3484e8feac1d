//! Blocks of TOML, YAML, JSON and shell, which people copy.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use yaml_rust2::YamlLoader;

use super::page::{Block, Page};
use super::pages::Pages;

/// A sentence for each block that cannot be read.
pub(super) fn faults(pages: &Pages) -> Vec<String> {
    let of_page = |(path, page): (&PathBuf, &Page)| {
        let sentence = |block: &Block| {
            let fault = fault(block)?;
            let Block { line, language, .. } = block;
            Some(format!("{}:{line}: no {language}: {fault}", path.display()))
        };
        page.blocks.iter().filter_map(sentence).collect::<Vec<_>>()
    };
    pages.by_path.iter().flat_map(of_page).collect()
}

fn fault(block: &Block) -> Option<String> {
    match block.language.as_str() {
        "toml" => Some(block.text.parse::<toml::Table>().err()?.to_string()),
        // One document, or one a line, as in a log.
        "json" => {
            let mut values = serde_json::Deserializer::from_str(&block.text).into_iter::<Value>();
            Some(values.find_map(Result::err)?.to_string())
        }
        "yaml" => Some(YamlLoader::load_from_str(&block.text).err()?.to_string()),
        "sh" => unreadable(&block.text),
        _ => None,
    }
}

/// What the shell cannot read in a script. It runs nothing of it.
fn unreadable(script: &str) -> Option<String> {
    let read = Command::new("sh").args(["-n", "-c", script]).output();
    match read {
        Ok(read) if read.status.success() => None,
        Ok(read) => Some(String::from_utf8_lossy(&read.stderr).trim().to_owned()),
        Err(error) => Some(error.to_string()),
    }
}
