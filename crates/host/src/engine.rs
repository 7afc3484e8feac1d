//! The WebAssembly engine: pooled instances, and a cache in which each `.wasm` is compiled once.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wasmtime::component::{Component, Linker};
use wasmtime::{Cache, CacheConfig, Config, Enabled, Engine, PoolingAllocationConfig};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wit_component::ComponentEncoder;

use crate::LoadError;
use crate::computing::count_epochs;
use crate::guest::{self, State};

/// How many core instances, memories and tables one component has: the module, the adapter and their glue.
const PARTS: u32 = 4;
/// The memory limit of one instance, in bytes.
const MEMORY: usize = 256 << 20;
/// How much of an ended instance's memory is cleared and kept instead of returned to the system. It is kept
/// for as many instances as ever lived at once. Where the kernel reports written pages (Linux 6.7), those are
/// kept; elsewhere the first pages, which are unused stack.
const KEEP_RESIDENT: usize = 128 << 10;
/// The same for its tables, which are a few pages.
const TABLES_KEEP_RESIDENT: usize = 64 << 10;

/// Compiles components.
pub(crate) struct Compiler {
    engine: Engine,
    cache: Cache,
    linker: Linker<State>,
    compiled: HashMap<PathBuf, ProxyPre<State>>,
}

impl Compiler {
    /// With a compilation cache in `directory`, for this many `instances` at once.
    pub(crate) fn new(directory: &Path, instances: u32) -> Result<Self, LoadError> {
        let failed = |error| LoadError::Engine(format!("{error:#}"));
        let cache = cache(directory).map_err(failed)?;
        let engine = engine(&cache, instances).map_err(failed)?;
        count_epochs(&engine).map_err(|error| LoadError::Engine(error.to_string()))?;
        let mut linker = Linker::new(&engine);
        guest::link(&mut linker).map_err(failed)?;
        Ok(Self {
            engine,
            cache,
            linker,
            compiled: HashMap::new(),
        })
    }

    /// The component in the file `path`, ready to be instantiated.
    pub(crate) fn compile(&mut self, path: &Path) -> Result<ProxyPre<State>, LoadError> {
        if let Some(component) = self.compiled.get(path) {
            return Ok(component.clone());
        }
        let bytes = fs::read(path).map_err(|error| {
            LoadError::file(
                path,
                format!("{error}; build it with: cargo xtask build component"),
            )
        })?;
        let bytes =
            componentize(bytes).map_err(|error| LoadError::file(path, format!("{error:#}")))?;
        let component = self
            .prepare(&bytes)
            .map_err(|error| LoadError::file(path, format!("{error:#}")))?;
        self.compiled.insert(path.to_owned(), component.clone());
        Ok(component)
    }

    /// Whether any component was not in the cache.
    pub(crate) fn has_compiled(&self) -> bool {
        self.cache.cache_misses() > 0
    }

    fn prepare(&self, component: &[u8]) -> wasmtime::Result<ProxyPre<State>> {
        let component = Component::new(&self.engine, component)?;
        ProxyPre::new(self.linker.instantiate_pre(&component)?)
    }
}

/// Turns a core module into a component with the adapter for WASI preview 1, as Spin does.
fn componentize(bytes: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    // The third byte after the magic number is the layer: 0 is a core module.
    if bytes.get(6) != Some(&0) {
        return Ok(bytes);
    }
    ComponentEncoder::default()
        .module(&bytes)?
        .adapter(
            WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .encode()
}

/// Pooled, or on demand where the address space is too small for a pool (a few terabytes).
fn engine(cache: &Cache, instances: u32) -> wasmtime::Result<Engine> {
    let mut config = config(cache);
    let parts = instances.saturating_mul(PARTS);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(parts)
        .total_memories(instances)
        .total_tables(parts)
        .total_stacks(instances)
        .max_memory_size(MEMORY)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(TABLES_KEEP_RESIDENT)
        .pagemap_scan(Enabled::Auto);
    config.allocation_strategy(pool);
    match Engine::new(&config) {
        Ok(engine) => Ok(engine),
        Err(error) => {
            eprintln!("warning: instances are not pooled, requests will be slower: {error:#}");
            Engine::new(&self::config(cache))
        }
    }
}

fn config(cache: &Cache) -> Config {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.cache(Some(cache.clone()));
    config
}

fn cache(directory: &Path) -> wasmtime::Result<Cache> {
    fs::create_dir_all(directory)?;
    let mut settings = CacheConfig::new();
    settings
        .with_directory(fs::canonicalize(directory)?)
        // After 256 uses Wasmtime would recompress a cached file, which takes a minute and far more memory
        // than the proxy. The 256th start could exceed its container's limit.
        .with_optimized_compression_usage_counter_threshold(u64::MAX);
    Cache::new(settings)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::fs;
    use std::path::{Path, PathBuf};

    use wasmtime::Engine;
    use wasmtime::component::Component;

    use super::{Compiler, cache, config};

    /// An empty component.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    /// More uses than the default after which Wasmtime recompresses a cached file.
    const OFTEN: i64 = 300;

    #[test]
    fn what_is_in_the_cache_is_not_compiled_again() {
        let directory = tempfile::tempdir().unwrap();
        let has_compiled = || {
            let compiler = Compiler::new(directory.path(), 1).unwrap();
            Component::new(&compiler.engine, EMPTY).unwrap();
            compiler.has_compiled()
        };
        assert!(has_compiled());
        assert!(!has_compiled());
    }

    /// The file in which Wasmtime records the uses of a cached file, once it exists.
    fn statistics(directory: &Path) -> Option<PathBuf> {
        let entries = fs::read_dir(directory).unwrap();
        let mut paths = entries.map(|entry| entry.unwrap().path());
        paths.find_map(|path| match path.is_dir() {
            true => statistics(&path),
            false => path
                .extension()
                .is_some_and(|it| it == "stats")
                .then_some(path),
        })
    }

    /// One thread both counts uses and compresses: once it has counted the next use, it would have
    /// compressed.
    #[test]
    fn a_component_that_was_loaded_often_is_not_compressed_again() {
        let directory = tempfile::tempdir().unwrap();
        let engine = Engine::new(&config(&cache(directory.path()).unwrap())).unwrap();
        loop {
            Component::new(&engine, EMPTY).unwrap();
            let Some(file) = statistics(directory.path()) else {
                continue;
            };
            let text = fs::read_to_string(file).unwrap();
            let known: toml::Table = text.parse().unwrap();
            let number = |name: &str| known.get(name).unwrap().as_integer().unwrap();
            // zstd's default level.
            assert_eq!(number("optimized-compression"), 3, "{text}");
            if number("usages") >= OFTEN {
                return;
            }
        }
    }
}
