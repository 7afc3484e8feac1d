//! The files of a layer, and the layer made from them: the same files yield the same bytes.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::blob::Blob;

/// The user of the program; distroless images call it `nonroot`.
pub(crate) const USER: u64 = 65532;

/// Files by their paths, without a slash in front.
#[derive(Clone, Default)]
pub(crate) struct Tree(BTreeMap<String, Node>);

#[derive(Clone)]
struct Node {
    kind: Kind,
    mode: u32,
    owner: u64,
}

#[derive(Clone)]
enum Kind {
    Directory,
    File(Vec<u8>),
    Link(String),
}

/// A layer of an image.
pub(crate) struct Layer {
    /// What it is, for people.
    pub(crate) what: &'static str,
    /// The compressed archive.
    pub(crate) blob: Blob,
    /// The digest of the archive before compression.
    pub(crate) diff_id: String,
}

impl Tree {
    /// A file of root's.
    pub(crate) fn file(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.put(path, Kind::File(content.into()), mode, 0);
    }

    /// A symbolic link.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        self.put(path, Kind::Link(target.to_owned()), 0o777, 0);
    }

    /// A directory. The parents of a file are added automatically.
    pub(crate) fn directory(&mut self, path: &str, mode: u32, owner: u64) {
        self.put(path, Kind::Directory, mode, owner);
    }

    /// Whether there is something at this path.
    pub(crate) fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn put(&mut self, path: &str, kind: Kind, mode: u32, owner: u64) {
        for (end, _) in path.match_indices('/') {
            let above = path.get(..end).unwrap_or_default().to_owned();
            self.0.entry(above).or_insert(Node {
                kind: Kind::Directory,
                mode: 0o755,
                owner: 0,
            });
        }
        self.0.insert(path.to_owned(), Node { kind, mode, owner });
    }

    /// The layer: entries sorted by name, all with one time (seconds since 1970) and numeric owners.
    pub(crate) fn layer(&self, what: &'static str, time: u64) -> Result<Layer> {
        let archive = self.archive(time).context("cannot write the archive")?;
        // The header has no name and no time, and an "unknown" system on every machine.
        let mut gzip = GzBuilder::new()
            .operating_system(255)
            .write(Vec::new(), Compression::best());
        gzip.write_all(&archive)?;
        Ok(Layer {
            what,
            blob: Blob::new(
                "application/vnd.oci.image.layer.v1.tar+gzip",
                gzip.finish()?,
            ),
            diff_id: Blob::digest_of(&archive),
        })
    }

    fn archive(&self, time: u64) -> Result<Vec<u8>> {
        let mut archive = Builder::new(Vec::new());
        for (path, node) in &self.0 {
            let mut header = Header::new_gnu();
            header.set_mode(node.mode);
            header.set_uid(node.owner);
            header.set_gid(node.owner);
            header.set_mtime(time);
            header.set_size(0);
            match &node.kind {
                Kind::Directory => {
                    header.set_entry_type(EntryType::Directory);
                    archive.append_data(&mut header, format!("{path}/"), &[][..])?;
                }
                Kind::Link(target) => {
                    header.set_entry_type(EntryType::Symlink);
                    archive.append_link(&mut header, path, target)?;
                }
                Kind::File(content) => {
                    header.set_entry_type(EntryType::Regular);
                    header.set_size(u64::try_from(content.len())?);
                    archive.append_data(&mut header, path, content.as_slice())?;
                }
            }
        }
        Ok(archive.into_inner()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used)]

    use std::io::Read;

    use flate2::read::GzDecoder;
    use tar::Archive;

    use super::*;

    const TIME: u64 = 1_700_000_000;

    /// The same files, added in either order.
    fn tree(forwards: bool) -> Tree {
        let mut tree = Tree::default();
        let steps: [fn(&mut Tree); 4] = [
            |tree| tree.file("usr/bin/program", 0o755, *b"\x7fELF"),
            |tree| tree.link("bin", "usr/bin"),
            |tree| tree.directory("var/state", 0o755, USER),
            |tree| tree.directory("tmp", 0o1777, 0),
        ];
        match forwards {
            true => steps.iter().for_each(|step| step(&mut tree)),
            false => steps.iter().rev().for_each(|step| step(&mut tree)),
        }
        tree
    }

    #[test]
    fn the_same_files_are_the_same_layer_in_whatever_order_they_came() {
        let (one, other) = (tree(true), tree(false));
        let (one, other) = (
            one.layer("x", TIME).unwrap(),
            other.layer("x", TIME).unwrap(),
        );
        assert_eq!(one.blob.bytes, other.blob.bytes);
        assert_eq!(one.diff_id, other.diff_id);
        let later = tree(true).layer("x", TIME + 1).unwrap();
        assert_ne!(one.diff_id, later.diff_id, "the time is in it");
    }

    #[test]
    fn an_archive_has_directories_first_one_time_and_owners_by_number() {
        let layer = tree(true).layer("x", TIME).unwrap();
        let mut bytes = Vec::new();
        let mut gzip = GzDecoder::new(layer.blob.bytes.as_slice());
        assert_eq!(gzip.header().map(|header| header.mtime()), Some(0));
        gzip.read_to_end(&mut bytes).unwrap();
        let mut seen = Vec::new();
        for entry in Archive::new(bytes.as_slice()).entries().unwrap() {
            let entry = entry.unwrap();
            let header = entry.header();
            assert_eq!(header.mtime().unwrap(), TIME);
            assert_eq!(header.username().unwrap(), Some(""));
            let path = entry.path().unwrap().display().to_string();
            seen.push((path, header.mode().unwrap(), header.uid().unwrap()));
        }
        let expected = [
            ("bin", 0o777, 0),
            ("tmp/", 0o1777, 0),
            ("usr/", 0o755, 0),
            ("usr/bin/", 0o755, 0),
            ("usr/bin/program", 0o755, 0),
            ("var/", 0o755, 0),
            ("var/state/", 0o755, USER),
        ];
        assert_eq!(
            seen,
            expected.map(|(path, mode, owner)| (path.to_owned(), mode, owner))
        );
    }
}
