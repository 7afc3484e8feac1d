//! `cargo xtask image`: the images, without a Docker daemon.

mod application;
mod architecture;
mod base;
mod blob;
mod compile;
mod container;
mod inputs;
mod layout;
mod sbom;
mod tree;
mod when;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use self::architecture::Architecture;
use self::container::About;
pub(crate) use self::container::{DIRECTORY, KUBELOGIN, PATH, PROGRAM};
pub(crate) use self::inputs::{Inputs, Layouts};
use self::sbom::Sbom;
pub(crate) use self::tree::USER;
use crate::tools;
use crate::wasm::Preference;
use crate::workspace::{COMPONENT, Workspace};

/// Assemble the container image and the Spin image, as OCI image layouts.
///
/// target/image/aks-oauth-proxy has the program, the component, kubelogin and their parts of Debian.
/// target/image/aks-oauth-proxy-spin has the Spin application in the layers that SpinKube's shim reads.
/// Beside them are the bills of materials (SPDX), by syft. The same programs, packages and time yield the
/// same digests. It needs apt-get and Go, and for another architecture a Rust target and Debian's cross
/// compiler. docs/images.md describes how to push the images.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// For these machines; without it, for this one's architecture.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHICH")]
    arch: Vec<Architecture>,

    /// The version, which is also the tag; without it, that of the workspace.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,

    /// The address of the sources, for the image's labels.
    #[arg(long, value_name = "URL")]
    source: Option<String>,

    /// Leave out the lists of what is in the images: syft need not be built.
    #[arg(long)]
    no_sbom: bool,
}

/// Runs the command.
pub(crate) fn run(
    workspace: &Workspace,
    preference: Option<Preference>,
    arguments: &Arguments,
) -> Result<()> {
    let architectures = wanted(&arguments.arch)?;
    let version = arguments.version.as_deref();
    let about = about(workspace, version, arguments.source.clone())?;
    let inputs = Inputs::gather(workspace, preference, &architectures, about)?;
    let directory = workspace.target().join("image");
    let layouts = inputs.assemble(&directory)?;
    if arguments.no_sbom {
        return Ok(());
    }
    let syft = tools::syft(workspace)?.context("there is no Go here to build syft")?;
    let version = inputs.version();
    let sbom = Sbom { syft, version };
    for architecture in architectures {
        let file = directory.join(format!("aks-oauth-proxy-{}.spdx.json", architecture.name()));
        sbom.of_container(&layouts.container, architecture, &file)?;
        println!("what is in it: {}", file.display());
    }
    let file = directory.join("aks-oauth-proxy-spin.spdx.json");
    sbom.of_component(workspace, &file)?;
    println!("what is in it: {}", file.display());
    Ok(())
}

/// The parts of the images for this machine, for the tests that run them.
pub(crate) fn for_this_machine(
    workspace: &Workspace,
    preference: Option<Preference>,
) -> Result<Inputs> {
    let about = about(workspace, None, None)?;
    Inputs::gather(workspace, preference, &wanted(&[])?, about)
}

/// Assembles the Spin image alone from the built component, for the tests that unpack it. It takes a second,
/// and contains no time and no commit.
pub(crate) fn spin_for_tests(workspace: &Workspace, directory: &Path) -> Result<()> {
    let about = About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        revision: None,
        source: None,
        time: 0,
        created: when::written(0)?,
    };
    let manifest = fs::read_to_string(workspace.path("spin.toml"))?;
    let manifest = manifest.parse().context("spin.toml")?;
    let component = inputs::read(&workspace.wasm(COMPONENT))?;
    let image = application::assemble(&manifest, component, &about)?;
    layout::write(directory, &about.version, &[image])?;
    Ok(())
}

fn wanted(given: &[Architecture]) -> Result<Vec<Architecture>> {
    let given: BTreeSet<_> = given.iter().copied().collect();
    if !given.is_empty() {
        return Ok(given.into_iter().collect());
    }
    let own = Architecture::of_this_machine();
    let own =
        own.context("there are no images for this machine's architecture: say which, --arch")?;
    Ok(vec![own])
}

fn about(workspace: &Workspace, version: Option<&str>, source: Option<String>) -> Result<About> {
    let time = when::seconds(workspace)?;
    Ok(About {
        version: version.unwrap_or(env!("CARGO_PKG_VERSION")).to_owned(),
        revision: when::revision(workspace),
        source,
        time,
        created: when::written(time)?,
    })
}
