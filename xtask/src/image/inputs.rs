//! The parts of the images, and their assembly.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use toml::Table;

use super::architecture::Architecture;
use super::container::{About, Parts};
use super::layout::{self, Image};
use super::tree::{Layer, Tree};
use super::{application, base, compile, container};
use crate::wasm::Preference;
use crate::workspace::{COMPONENT, Workspace};
use crate::{build, tools};

/// The largest size of the container image without kubelogin, in bytes, as a registry stores it.
const MOST: usize = 40_000_000;

/// The layouts below the directory of images, by the names that their images have in a registry.
const CONTAINER: &str = "aks-oauth-proxy";
const SPIN: &str = "aks-oauth-proxy-spin";

/// Everything that is in the images, compiled.
pub(crate) struct Inputs {
    programs: Vec<Programs>,
    manifest: String,
    component: Vec<u8>,
    licence: Vec<u8>,
    about: About,
}

/// The parts for one architecture.
struct Programs {
    architecture: Architecture,
    base: Tree,
    program: PathBuf,
    kubelogin: PathBuf,
}

/// Where the images are.
pub(crate) struct Layouts {
    /// The container image.
    pub(crate) container: PathBuf,
    /// The digests of the container image and the Spin image.
    pub(crate) digests: [String; 2],
}

impl Inputs {
    /// Compiles and fetches everything; first, missing tools are installed or named.
    pub(crate) fn gather(
        workspace: &Workspace,
        preference: Option<Preference>,
        architectures: &[Architecture],
        about: About,
    ) -> Result<Self> {
        ensure!(
            tools::has_go(),
            "the image has kubelogin in it, which Go builds; install Go: https://go.dev"
        );
        architectures
            .iter()
            .try_for_each(|architecture| compile::ensure_toolchain(*architecture))?;
        let bases = architectures
            .iter()
            .map(|architecture| base::tree(workspace, *architecture))
            .collect::<Result<Vec<_>>>()?;
        build::component(workspace, preference)?;
        let programs = architectures.iter().zip(bases).map(|(architecture, base)| {
            let program = compile::program(workspace, *architecture)?;
            base::supports(&base, *architecture, &program)?;
            Ok(Programs {
                architecture: *architecture,
                base,
                program,
                kubelogin: tools::kubelogin_for(workspace, architecture.name())?,
            })
        });
        Ok(Self {
            programs: programs.collect::<Result<_>>()?,
            manifest: fs::read_to_string(workspace.path("spin.toml"))?,
            component: read(&workspace.wasm(COMPONENT))?,
            licence: read(&workspace.path("LICENSE"))?,
            about,
        })
    }

    /// The version, which is the tag of the images.
    pub(crate) fn version(&self) -> &str {
        &self.about.version
    }

    /// Assembles both images below `directory`, and prints their sizes.
    pub(crate) fn assemble(&self, directory: &Path) -> Result<Layouts> {
        let manifest: Table = self.manifest.parse().context("spin.toml")?;
        let path = application::component(&manifest)?;
        let mut images = Vec::new();
        for programs in &self.programs {
            let parts = Parts {
                base: programs.base.clone(),
                program: read(&programs.program)?,
                kubelogin: read(&programs.kubelogin)?,
                manifest: self.manifest.clone().into_bytes(),
                component: (path.clone(), self.component.clone()),
                licence: self.licence.clone(),
            };
            let (image, layers) = container::assemble(programs.architecture, parts, &self.about)?;
            measure(programs.architecture, &layers)?;
            images.push(image);
        }
        let spin = application::assemble(&manifest, self.component.clone(), &self.about)?;
        let container = self.write(&directory.join(CONTAINER), &images)?;
        let spin = self.write(&directory.join(SPIN), &[spin])?;
        Ok(Layouts {
            container: directory.join(CONTAINER),
            digests: [container, spin],
        })
    }

    fn write(&self, layout: &Path, images: &[Image]) -> Result<String> {
        let digest = layout::write(layout, self.version(), images)?;
        println!("{}:{} {digest}", layout.display(), self.version());
        Ok(digest)
    }
}

/// Prints the sizes of layers, and fails if the image is too large.
fn measure(architecture: Architecture, layers: &[Layer]) -> Result<()> {
    let name = architecture.name();
    let size = |layer: &Layer| layer.blob.bytes.len();
    let each = layers.iter().map(|layer| {
        let size = size(layer).div_ceil(100_000);
        format!("{} {}.{} MB", layer.what, size / 10, size % 10)
    });
    println!(
        "{name}, compressed: {}",
        each.collect::<Vec<_>>().join(", ")
    );
    let others = layers.iter().filter(|layer| layer.what != "kubelogin");
    let total: usize = others.map(size).sum();
    ensure!(
        total <= MOST,
        "the image for {name} has {total} bytes without kubelogin, and may have {MOST}"
    );
    Ok(())
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
