//! Programs that are made, compiled, and compiled again.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

const TOKIO: &str =
    r#"tokio = { version = "1.54", features = ["macros", "net", "rt-multi-thread", "time"] }"#;

/// A directory of programs that share what they depend on.
pub(crate) struct Packages {
    root: PathBuf,
    workspace: PathBuf,
}

impl Packages {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or("it has a parent")?;
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
        fs::create_dir_all(&root)?;
        Ok(Packages {
            root,
            workspace: workspace.to_owned(),
        })
    }

    /// A program that may use tokio and sync-twin.
    pub(crate) fn program(&self, name: &str, source: &str) -> Result<PathBuf, Box<dyn Error>> {
        let runtime = self.workspace.join("runtime");
        self.write(
            name,
            &format!("sync-twin = {{ path = {runtime:?} }}\n"),
            source,
        )
    }

    pub(crate) fn program_without_sync_twin(
        &self,
        name: &str,
        source: &str,
    ) -> Result<PathBuf, Box<dyn Error>> {
        self.write(name, "", source)
    }

    fn write(
        &self,
        name: &str,
        dependencies: &str,
        source: &str,
    ) -> Result<PathBuf, Box<dyn Error>> {
        let package = self.root.join(name);
        fs::create_dir_all(package.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{TOKIO}\n{dependencies}\n[workspace]\n"
        );
        fs::write(package.join("Cargo.toml"), manifest)?;
        // The versions that everything else here has.
        fs::copy(
            self.workspace.join("Cargo.lock"),
            package.join("Cargo.lock"),
        )?;
        fs::write(package.join("src/main.rs"), source)?;
        Ok(package)
    }

    /// How long it takes to check the program alone, once all that it depends on has been.
    pub(crate) fn check(&self, package: &Path) -> Result<Duration, Box<dyn Error>> {
        let target = self.root.join("target");
        let check = || run(package, "check", &target);
        check()?;
        let main = package.join("src/main.rs");
        fs::write(&main, fs::read(&main)?)?;
        check()
    }

    /// How long it takes to build the program, and all that it depends on.
    pub(crate) fn build_clean(&self, package: &Path) -> Result<Duration, Box<dyn Error>> {
        let target = package.join("target");
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        run(package, "build", &target)
    }
}

fn run(package: &Path, command: &str, target: &Path) -> Result<Duration, Box<dyn Error>> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args([command, "--quiet", "--target-dir"])
        .arg(target)
        // Nothing of this program is known from before, as in CI.
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(package);
    let start = Instant::now();
    let status = cargo.status()?;
    let time = start.elapsed();
    match status.success() {
        true => Ok(time),
        false => Err(format!("{} does not compile", package.display()).into()),
    }
}
