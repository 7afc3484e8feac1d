//! The container image, run like `docker run`, and the contents of the Spin image. `sign_in` tests the
//! sign-in in the first by the same command, and `chart::spin` in the second.

use std::fs;
use std::path::Path;
use std::time::Duration;

use e2e::{Container, Running, SpinImage, bundle, workspace};
use tempfile::TempDir;
use toml::{Table, Value};

const PROGRAM: &str = "/usr/local/bin/aks-oauth-proxy";

/// `docker run -e TENANT_ID=… -e … -v $PWD/token.jwt:… IMAGE`, with a read-only root, if there is an unpacked
/// image.
fn docker_run(secret: &str) -> Option<(Running, TempDir)> {
    let Some(bundle) = bundle() else {
        eprintln!("skipped: there is no image (E2E_BUNDLE); run: cargo xtask test --image");
        return None;
    };
    let directory = tempfile::tempdir().unwrap();
    let given = directory.path().join("given");
    fs::create_dir(&given).unwrap();
    let token = given.join("token.jwt");
    fs::write(&token, "header.claims.signature").unwrap();
    let settings = [
        ("TENANT_ID", "11111111-2222-3333-4444-555555555555"),
        ("CLIENT_ID", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
        ("REDIRECT_URI", "http://localhost:8080/callback"),
        ("SESSION_SECRET", secret),
        ("SESSION_COOKIE_SECURE", "false"),
        ("AZURE_FEDERATED_TOKEN_FILE", token.to_str().unwrap()),
    ];
    let container = Container {
        settings: settings
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        mounts: vec![given],
        ..Container::default()
    };
    let running = container.start(&bundle, &directory.path().join("container"));
    Some((running, directory))
}

fn with_a_real_secret() -> Option<(Running, TempDir)> {
    let (running, directory) = docker_run(&"0123456789abcdef".repeat(4))?;
    running.process.line("\"listening\"");
    Some((running, directory))
}

#[test]
fn the_predecessors_command_works_with_a_real_secret() {
    let Some((running, _directory)) = with_a_real_secret() else {
        return;
    };
    let listening = running.process.line("\"listening\"");
    assert!(listening.contains("http://0.0.0.0:8080"), "{listening}");
    let healthy = running.exec(&[PROGRAM, "healthcheck"]);
    assert!(healthy.status.success(), "{healthy:?}");
    let said = running.process.output();
    assert!(
        !said.contains("warning"),
        "kubelogin and the token are there: {said}"
    );
}

#[test]
fn change_me_is_refused_with_the_command_that_makes_a_secret() {
    let Some((mut running, _directory)) = docker_run("change-me") else {
        return;
    };
    let code = running.process.ends_within(Duration::from_secs(60));
    let said = running.process.output();
    assert_eq!(code, Some(64), "{said}");
    assert!(said.contains("openssl rand -hex 32"), "{said}");
    assert!(!said.contains("change-me"), "{said}");
}

#[test]
fn it_runs_as_a_user_without_rights_on_a_root_that_cannot_be_written() {
    let Some((running, _directory)) = with_a_real_secret() else {
        return;
    };
    let of = |file: &str| {
        let file = Path::new("/proc").join(running.id().to_string()).join(file);
        fs::read_to_string(file).unwrap()
    };
    let status = of("status");
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(line("Uid:"), "65532 65532 65532 65532");
    assert_eq!(line("Gid:"), "65532 65532 65532 65532");
    assert_eq!(line("CapEff:"), "0000000000000000");
    assert_eq!(line("NoNewPrivs:"), "1");
    // proc_pid_mountinfo(5): the fifth field is the mount point, the sixth its options.
    let mounts = of("mountinfo");
    let root = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .find(|fields| fields[4] == "/")
        .unwrap();
    assert!(root[5].split(',').any(|option| option == "ro"), "{root:?}");
}

#[test]
fn kubelogin_is_in_the_image_and_runs() {
    let Some((running, _directory)) = with_a_real_secret() else {
        return;
    };
    let said = running.exec(&["/usr/local/bin/kubelogin", "--version"]);
    assert!(said.status.success(), "{said:?}");
}

/// The repository's manifest, as an image has it: without build commands and empty lists.
fn as_in_an_image(mut manifest: Table) -> Table {
    let components = manifest["component"].as_table_mut().unwrap();
    for (_, component) in components {
        let component = component.as_table_mut().unwrap();
        component.remove("build");
        component.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    manifest
}

/// Removes the components' paths from a manifest, and returns the files.
fn take_sources(manifest: &mut Table, directory: &Path) -> Vec<Vec<u8>> {
    let components = manifest["component"].as_table_mut().unwrap();
    let sources = components.iter_mut().map(|(_, component)| {
        let source = component.as_table_mut().unwrap().remove("source");
        let path = source.as_ref().and_then(Value::as_str).unwrap().to_owned();
        fs::read(directory.join(path)).unwrap()
    });
    sources.collect()
}

#[test]
fn the_spin_image_has_the_component_and_all_that_the_manifest_says() {
    let Some(image) = SpinImage::find() else {
        eprintln!("skipped: there is no Spin image (E2E_SPIN_IMAGE); run: cargo xtask test");
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    image.unpack(directory.path());
    let read = |directory: &Path| -> Table {
        let text = fs::read_to_string(directory.join("spin.toml")).unwrap();
        text.parse().unwrap()
    };
    let mut unpacked = read(directory.path());
    let mut own = as_in_an_image(read(&workspace()));
    let components = take_sources(&mut unpacked, directory.path());
    assert!(components == take_sources(&mut own, &workspace()));
    assert_eq!(unpacked, own);
}
