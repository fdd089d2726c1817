//! Directories for a test and the built program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is gone with this value.
pub struct Dir(pub PathBuf);

impl Dir {
    /// A directory with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = Self(std::env::temp_dir().join(format!("migrate-safety-cli-{}-{number}", std::process::id())));
        std::fs::create_dir_all(&dir.0).unwrap();
        for (name, text) in files {
            dir.write(name, text.as_bytes());
        }
        dir
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// Runs the program in it.
    pub fn run(&self, args: &[&str]) -> Ran {
        run_in(&self.0, env!("CARGO_BIN_EXE_migrate-safety"), args, None)
    }

    /// Runs the program in it with these variables in its environment.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        spawn(&self.0, env!("CARGO_BIN_EXE_migrate-safety"), args, environment, None)
    }

    /// Runs the program in it with this on standard input.
    pub fn run_with_input(&self, args: &[&str], input: &[u8]) -> Ran {
        run_in(&self.0, env!("CARGO_BIN_EXE_migrate-safety"), args, Some(input))
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Fails the test unless the exit status is this one.
    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Runs a program in a directory.
pub fn run_in(dir: &Path, program: &str, args: &[&str], input: Option<&[u8]>) -> Ran {
    spawn(dir, program, args, &[], input)
}

fn spawn(dir: &Path, program: &str, args: &[&str], environment: &[(&str, &str)], input: Option<&[u8]>) -> Ran {
    let mut child = Command::new(program)
        .args(args)
        .envs(environment.iter().copied())
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // The program may end without having read everything.
    let _ = stdin.write_all(input.unwrap_or_default());
    drop(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { status: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) }
}
