//! From a path to the file that defines what it names.

use std::path::Path;

use super::source::Source;

/// The longest chain of re-exports.
const LONGEST_CHAIN: usize = 16;

impl Source {
    /// The file that defines `path`, named in the module `from`; `None` if that is no item of this crate. A
    /// module is no item: other paths name what is used of it.
    pub(super) fn definition(&self, from: usize, path: &[String]) -> Option<&Path> {
        self.walk(from, path, 0)
    }

    fn walk(&self, from: usize, path: &[String], depth: usize) -> Option<&Path> {
        let (first, rest) = path.split_first()?;
        if depth > LONGEST_CHAIN {
            return None;
        }
        let module = self.modules.get(from)?;
        match first.as_str() {
            "crate" => self.descend(0, rest, depth),
            "self" => self.descend(from, rest, depth),
            "super" => self.descend(module.parent?, rest, depth),
            name => {
                if let Some(child) = module.children.get(name) {
                    return self.descend(*child, rest, depth);
                }
                let imported = module.imported.get(name)?;
                // `use serde::Serialize` begins with its own name.
                if imported.first() == Some(first) {
                    return None;
                }
                let whole: Vec<String> = imported.iter().chain(rest).cloned().collect();
                self.walk(from, &whole, depth + 1)
            }
        }
    }

    /// The item at the rest of a path in `module`.
    fn descend(&self, module: usize, path: &[String], depth: usize) -> Option<&Path> {
        let (first, rest) = path.split_first()?;
        let here = self.modules.get(module)?;
        if first == "super" {
            return self.descend(here.parent?, rest, depth);
        }
        if let Some(child) = here.children.get(first) {
            return self.descend(*child, rest, depth);
        }
        match here.imported.get(first) {
            Some(imported) if depth < LONGEST_CHAIN => {
                let whole: Vec<String> = imported.iter().chain(rest).cloned().collect();
                self.walk(module, &whole, depth + 1)
            }
            _ => Some(&here.file),
        }
    }
}
