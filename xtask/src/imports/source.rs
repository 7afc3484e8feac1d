//! The modules of a crate, as its files declare them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemFn, ItemImpl, ItemMod, ItemUse, Macro, UseTree};

/// The parts of a path, such as `crate`, `session` and `Live`.
pub(super) type Segments = Vec<String>;

/// A module, and what its source says.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Its file, from the crate's `src`.
    pub(super) file: PathBuf,
    /// The module in which it is declared; the crate's root has none.
    pub(super) parent: Option<usize>,
    /// The modules that it declares.
    pub(super) children: BTreeMap<String, usize>,
    /// The names that its `use` declarations bring in, each with where it comes from.
    pub(super) imported: BTreeMap<String, Segments>,
    /// Every path that it names, `use` declarations included.
    pub(super) paths: Vec<Segments>,
}

/// All modules of a crate. The first one is its root.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) modules: Vec<Module>,
}

impl Source {
    /// Reads the crate whose root file is `root`, and every file that it declares.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let directory = root.parent().context("a root file is in a directory")?;
        let mut reader = Reader {
            base: directory.to_owned(),
            modules: Vec::new(),
        };
        reader.file(root, directory, None)?;
        Ok(Self {
            modules: reader.modules,
        })
    }
}

struct Reader {
    /// The directory of the root file.
    base: PathBuf,
    modules: Vec<Module>,
}

impl Reader {
    /// Reads a file, whose children are in `directory`.
    fn file(&mut self, file: &Path, directory: &Path, parent: Option<usize>) -> Result<usize> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("cannot read the module {}", file.display()))?;
        let parsed =
            syn::parse_file(&text).with_context(|| format!("cannot parse {}", file.display()))?;
        let relative = file.strip_prefix(&self.base).unwrap_or(file);
        self.items(&parsed.items, relative, directory, parent)
    }

    fn items(
        &mut self,
        items: &[Item],
        file: &Path,
        directory: &Path,
        parent: Option<usize>,
    ) -> Result<usize> {
        let this = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        });
        let (mut names, mut children) = (Names::default(), BTreeMap::new());
        for item in items {
            match item {
                Item::Mod(module) if is_test(&module.attrs) => {}
                Item::Mod(module) => {
                    let child = self.module(module, file, directory, this)?;
                    children.insert(module.ident.to_string(), child);
                }
                other => names.visit_item(other),
            }
        }
        if let Some(module) = self.modules.get_mut(this) {
            (module.children, module.imported, module.paths) =
                (children, names.imported, names.paths);
        }
        Ok(this)
    }

    fn module(
        &mut self,
        module: &ItemMod,
        file: &Path,
        directory: &Path,
        parent: usize,
    ) -> Result<usize> {
        let name = module.ident.to_string();
        let below = directory.join(&name);
        if let Some((_, items)) = &module.content {
            return self.items(items, file, &below, Some(parent));
        }
        let beside = directory.join(format!("{name}.rs"));
        let child = if beside.is_file() {
            beside
        } else {
            below.join("mod.rs")
        };
        self.file(&child, &below, Some(parent))
    }
}

/// Collects what one module names.
#[derive(Default)]
struct Names {
    imported: BTreeMap<String, Segments>,
    paths: Vec<Segments>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if !is_test(&item.attrs) {
            self.tree(&item.tree, Vec::new());
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_test(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if !is_test(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        let segments: Segments = segments.map(|part| part.ident.to_string()).collect();
        self.paths.push(segments);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        visit::visit_macro(self, called);
        self.tokens(called.tokens.clone());
    }
}

impl Names {
    fn tree(&mut self, tree: &UseTree, mut before: Segments) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.tree(&path.tree, before);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, before.clone());
                }
            }
            UseTree::Name(name) => self.import(name.ident.to_string(), None, before),
            UseTree::Rename(name) => {
                let alias = Some(name.rename.to_string());
                self.import(name.ident.to_string(), alias, before);
            }
            UseTree::Glob(_) => self.paths.push(before),
        }
    }

    fn import(&mut self, name: String, alias: Option<String>, mut path: Segments) {
        if name != "self" {
            path.push(name);
        }
        let Some(bound) = alias.or_else(|| path.last().cloned()) else {
            return;
        };
        self.paths.push(path.clone());
        self.imported.insert(bound, path);
    }

    /// Paths among the tokens of a macro call: words with `::` between them.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path = Segments::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(word) if colons == 2 || path.is_empty() => {
                    path.push(word.to_string());
                    colons = 0;
                }
                TokenTree::Ident(word) => {
                    self.paths
                        .push(std::mem::replace(&mut path, vec![word.to_string()]));
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.paths.push(std::mem::take(&mut path));
                    self.tokens(group.stream());
                    colons = 0;
                }
                _ => {
                    self.paths.push(std::mem::take(&mut path));
                    colons = 0;
                }
            }
        }
        self.paths.push(path);
    }
}

/// Whether an item is compiled for tests alone, or for fuzz targets.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| {
                    condition.is_ident("test") || condition.is_ident("fuzzing")
                }))
    })
}
