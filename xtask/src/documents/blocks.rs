//! Blocks of TOML, YAML and JSON, which people copy.

use std::path::PathBuf;

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
        _ => None,
    }
}
