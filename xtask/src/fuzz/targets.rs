//! The fuzz targets.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

/// The names of all targets, as the manifest of `fuzz/` has them.
pub(super) fn all(workspace: &Workspace) -> Result<Vec<String>> {
    let manifest = workspace.path("fuzz/Cargo.toml");
    let text = fs::read_to_string(&manifest)
        .with_context(|| format!("cannot read {}", manifest.display()))?;
    let manifest: toml::Table = text.parse().context("fuzz/Cargo.toml is no TOML")?;
    let targets = manifest.get("bin").and_then(toml::Value::as_array);
    let names = targets.into_iter().flatten().filter_map(|target| {
        let name = target.get("name")?.as_str()?;
        Some(name.to_owned())
    });
    Ok(names.collect())
}

/// Those of `all` that are `wanted`; all, if none is named.
pub(super) fn chosen<'a>(all: &'a [String], wanted: &[String]) -> Result<Vec<&'a str>> {
    for name in wanted {
        ensure!(
            all.contains(name),
            "there is no fuzz target {name}; there are: {}",
            all.join(" ")
        );
    }
    let all = all.iter().map(String::as_str);
    Ok(all
        .filter(|name| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name))
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn names(directory: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(directory).unwrap();
        let stem = |entry: fs::DirEntry| {
            let path = entry.path();
            path.file_stem().unwrap().to_str().unwrap().to_owned()
        };
        entries.map(|entry| stem(entry.unwrap())).collect()
    }

    #[test]
    fn every_target_is_built_and_has_a_corpus() {
        let workspace = Workspace::locate().unwrap();
        let all: BTreeSet<String> = all(&workspace).unwrap().into_iter().collect();
        assert!(!all.is_empty());
        assert_eq!(names(&workspace.path("fuzz/fuzz_targets")), all);
        assert_eq!(names(&workspace.path("fuzz/corpus")), all);
        for target in &all {
            assert!(!names(&workspace.path("fuzz/corpus").join(target)).is_empty());
        }
        let readme = fs::read_to_string(workspace.path("fuzz/README.md")).unwrap();
        for target in &all {
            assert!(readme.contains(&format!("| `{target}` |")), "{target}");
        }
    }

    #[test]
    fn a_target_that_is_not_there_is_said() {
        let all = ["a", "b", "c"].map(str::to_owned);
        let wanted = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            chosen(&all, &names).map(|chosen| chosen.join(" "))
        };
        assert_eq!(wanted(&[]).unwrap(), "a b c");
        assert_eq!(wanted(&["c", "a"]).unwrap(), "a c");
        let error = wanted(&["a", "x"]).unwrap_err().to_string();
        assert_eq!(error, "there is no fuzz target x; there are: a b c");
    }
}
