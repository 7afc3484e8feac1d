//! Every page, as a unit test of the component has written it, served with its policy.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::{ApiServer, Asker, Seen};

/// The server of the pages.
pub struct Pages {
    server: ApiServer,
    directory: PathBuf,
}

impl Pages {
    /// Serves the pages that `cargo xtask test` has had written; `None` without any.
    pub fn serve() -> Option<Self> {
        let Some(directory) = env::var_os("E2E_PAGES").map(PathBuf::from) else {
            assert!(env::var_os("CI").is_none(), "in CI there must be pages");
            eprintln!("skipped: there are no pages (E2E_PAGES)");
            return None;
        };
        let served = directory.clone();
        let server = ApiServer::start(move |seen, asker| answer(&served, seen, asker));
        Some(Self { server, directory })
    }

    /// The addresses of all pages, in every language.
    pub fn all(&self) -> Vec<String> {
        self.addresses("")
    }

    /// The addresses of the pages with hostile names.
    pub fn hostile(&self) -> Vec<String> {
        self.addresses("hostile/")
    }

    /// The hostile texts themselves, without those that make an address too long.
    pub fn corpus(&self) -> Vec<String> {
        let corpus = fs::read_to_string(self.directory.join("hostile/corpus.json")).unwrap();
        let corpus: Vec<String> = serde_json::from_str(&corpus).unwrap();
        let short = corpus.into_iter().filter(|text| text.len() < 500);
        short.collect()
    }

    fn addresses(&self, folder: &str) -> Vec<String> {
        let files = fs::read_dir(self.directory.join(folder)).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut addresses: Vec<String> = names
            .filter(|name| name.ends_with(".html"))
            .map(|name| format!("{}/{folder}{name}", self.server.url()))
            .collect();
        addresses.sort();
        assert!(!addresses.is_empty(), "the unit test has written no pages");
        addresses
    }
}

fn answer(directory: &Path, seen: &Seen, asker: &mut Asker) -> io::Result<()> {
    let target = seen.line().split(' ').nth(1).unwrap();
    let file = directory.join(target.trim_start_matches('/'));
    let Ok(content) = fs::read(&file) else {
        return asker.write("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    };
    let media_type = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    let policy = fs::read_to_string(file.with_extension("policy")).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-security-policy: {policy}\r\ncontent-length: {}\r\n\r\n",
        content.len()
    );
    asker.write(head)?;
    asker.write(content)
}
