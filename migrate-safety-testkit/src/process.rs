//! Processes of servers: an account that may run them, a directory that goes with them, an end that comes whatever
//! happens to us.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::Error;
use crate::binaries::is_root;

/// Starts a server under a guard: a shell that stops it by a signal and removes its directory as soon
/// as its input ends, which also happens when this process is killed. The name of another signal on its input stops the
/// server by that, and leaves the directory.
pub(crate) fn guarded(
    server: &Command,
    signal: &str,
    directory: &Directory,
    account: Option<&Account>,
) -> Result<Child, Error> {
    const GUARD: &str = r#"
        directory=$1; signal=$2; shift 2
        exec 3<&0
        "$@" >>"$directory/log" 2>&1 </dev/null 3<&- &
        server=$!
        {
            read -r other <&3
            kill "-${other:-$signal}" "$server"
            while kill -0 "$server"; do sleep 0.02; done
            [ "$other" ] || rm -rf "$directory"
        } >/dev/null 2>&1 &
        exec 3<&- </dev/null
        wait "$server"
    "#;
    let mut command = command(Path::new("sh"), account);
    command.args(["-c", GUARD, "server-guard"]).arg(&directory.path).arg(signal);
    command.arg(server.get_program()).args(server.get_args());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // An interrupt at the terminal is for the tests; the server ends after them.
        .process_group(0)
        .spawn()
        .map_err(Error::io("start the server"))
}

/// A program run by an account.
pub(crate) fn command(program: &Path, account: Option<&Account>) -> Command {
    let mut command = Command::new(program);
    // The current directory need not be readable for the account.
    command.current_dir("/").stdin(Stdio::null());
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("find a free port"))?;
    Ok(listener.local_addr().map_err(Error::io("find a free port"))?.port())
}

/// A directory for the data and the log, removed when dropped.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) path: PathBuf,
}

impl Directory {
    pub(crate) fn create(label: &str, owner: Option<&Account>) -> Result<Self, Error> {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("migrate-safety-{label}-{}-{number}", std::process::id());
        let directory = Self { path: std::env::temp_dir().join(name) };
        let path = &directory.path;
        fs::create_dir(path).map_err(Error::io(format!("create {}", path.display())))?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
            .map_err(Error::io(format!("restrict {}", path.display())))?;
        if let Some(account) = owner {
            chown(path, Some(account.uid), Some(account.gid))
                .map_err(Error::io(format!("hand over {}", path.display())))?;
        }
        Ok(directory)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// The user a server runs as when we are root.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Account {
    /// `None` when we are an ordinary user ourselves.
    pub(crate) fn for_server() -> Result<Option<Self>, Error> {
        if !is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").map_err(Error::io("read /etc/passwd"))?;
        Self::find("nobody", &passwd).map(Some).ok_or(Error::NoUnprivilegedUser)
    }

    fn find(name: &str, passwd: &str) -> Option<Self> {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            if fields.next() != Some(name) {
                return None;
            }
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            Some(Self { uid, gid })
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_by_name() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/nologin\n";
        let account = Account::find("nobody", passwd).unwrap();
        assert_eq!((account.uid, account.gid), (65534, 65533));
        assert!(Account::find("postgres", passwd).is_none());
    }
}
