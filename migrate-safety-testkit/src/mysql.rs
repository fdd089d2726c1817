//! A MySQL or MariaDB server that lives as long as the process that started it, and leaves nothing behind.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;
use crate::binaries::is_root;
use crate::process::{Account, Directory, command, free_port, guarded};

/// The servers that every claim is tested on, as `cargo xtask servers` puts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// MySQL 9.
    MySql9,
    /// MariaDB 10.11.
    MariaDb1011,
    /// MariaDB 11.8.
    MariaDb118,
}

impl Product {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MySql9, Self::MariaDb1011, Self::MariaDb118];

    /// The name of its directory.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql9 => "mysql-9",
            Self::MariaDb1011 => "mariadb-10.11",
            Self::MariaDb118 => "mariadb-11.8",
        }
    }

    /// Whether it is MariaDB.
    #[must_use]
    pub fn is_mariadb(self) -> bool {
        self != Self::MySql9
    }
}

/// A running server with a data directory of its own; it stops, and its directory goes, when it is dropped or when the
/// process ends, however that happens.
#[derive(Debug)]
pub struct MysqlServer {
    product: Product,
    port: u16,
    child: Child,
    directory: Directory,
}

/// A server for a test: `None`, said loudly, only under `MIGRATE_SAFETY_SKIP_SERVERS=1` or
/// `MIGRATE_SAFETY_SKIP_MYSQL=1`.
///
/// # Panics
/// When the server cannot be started: a test of a server never passes because there was none.
#[must_use]
pub fn mysql_for_test(product: Product) -> Option<MysqlServer> {
    if is_left_out(product.name(), &["MIGRATE_SAFETY_SKIP_SERVERS", "MIGRATE_SAFETY_SKIP_MYSQL"]) {
        return None;
    }
    match MysqlServer::start(product) {
        Ok(server) => Some(server),
        Err(error) => panic!("{error}"),
    }
}

/// Whether one of these variables says that tests with this are to be left out; the test that asks is named.
pub(crate) fn is_left_out(what: &str, skips: &[&str]) -> bool {
    let Some(skip) = skips.iter().find(|name| env::var(name).is_ok_and(|value| value == "1")) else { return false };
    let test = thread::current().name().unwrap_or("a test").to_owned();
    // Not `eprintln!`: the test harness would swallow it.
    let _ = writeln!(io::stderr(), "LEFT OUT: {test} on {what}, because {skip}=1");
    true
}

impl MysqlServer {
    /// Starts a server, empty, listening on a free port of 127.0.0.1; `root` needs no password.
    ///
    /// # Errors
    /// When its binaries are not there, or it does not start.
    pub fn start(product: Product) -> Result<Self, Error> {
        let root = root_of(product)?;
        let account = Account::for_server()?;
        let directory = Directory::create(product.name(), account.as_ref())?;
        initialise(product, &root, &directory, account.as_ref())?;
        let mut attempts = 3;
        loop {
            attempts -= 1;
            match Self::run(product, &root, &directory, account.as_ref()) {
                Ok((port, child)) => return Ok(Self { product, port, child, directory }),
                // Another process took the port between our look and the server's start.
                Err(Error::StartMysql { log, .. }) if attempts > 0 && log.contains("Address already in use") => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The product.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// The URL of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("mysql://root@127.0.0.1:{}/{database}", self.port)
    }

    /// The port of 127.0.0.1 that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The last lines of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.directory.log_tail()
    }

    fn run(
        product: Product,
        root: &Path,
        directory: &Directory,
        account: Option<&Account>,
    ) -> Result<(u16, Child), Error> {
        const PATIENCE: Duration = Duration::from_secs(60);

        let port = free_port()?;
        let mut server = program(product, root, directory);
        server.arg(format!("--port={port}")).arg("--bind-address=127.0.0.1").arg("--socket=sock");
        server.args(["--pid-file=pid", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"]);
        match product {
            Product::MySql9 => server.args(["--mysqlx=OFF", "--sync-binlog=0", "--secure-file-priv="]),
            // Otherwise names are looked up.
            _ => server.arg("--skip-name-resolve"),
        };
        let mut child = guarded(&server, "KILL", directory, account)?;
        let started = Instant::now();
        loop {
            if greets(port) {
                return Ok((port, child));
            }
            let ended = child.try_wait().map_err(Error::io("watch the server"))?;
            let reason = match ended {
                Some(status) => format!("ended while starting ({status})"),
                None if started.elapsed() > PATIENCE => "did not answer within 60 seconds".to_owned(),
                None => {
                    thread::sleep(Duration::from_millis(20));
                    continue;
                }
            };
            let log = directory.log_tail();
            return Err(Error::StartMysql { product: product.name(), reason, log });
        }
    }
}

impl Drop for MysqlServer {
    fn drop(&mut self) {
        // The guard sees the end of its input and stops the server.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Where servers and tools are: in `$MYSQL_SERVERS/<name>`, else in the cache of this user.
pub(crate) fn servers_dir() -> PathBuf {
    match env::var_os("MYSQL_SERVERS").filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None if is_root() => "/var/cache/mysql-servers".into(),
        None => Path::new(&env::var_os("HOME").unwrap_or_default()).join(".cache/mysql-servers"),
    }
}

fn root_of(product: Product) -> Result<PathBuf, Error> {
    let root = servers_dir().join(product.name());
    if executable(product, &root).is_file() {
        Ok(root)
    } else {
        Err(Error::NoMysql { product: product.name(), path: root })
    }
}

fn executable(product: Product, root: &Path) -> PathBuf {
    root.join("usr/sbin").join(if product.is_mariadb() { "mariadbd" } else { "mysqld" })
}

/// Where the server's messages and scripts are.
fn share(root: &Path) -> PathBuf {
    let of_mariadb = root.join("usr/share/mariadb");
    if of_mariadb.is_dir() { of_mariadb } else { root.join("usr/share/mysql") }
}

/// The server's program with its data directory. Where the directory has a loader and libraries of its own, those are
/// used: it may come from another release of the system.
fn program(product: Product, root: &Path, directory: &Directory) -> Command {
    let executable = executable(product, root);
    let loader = ["usr/lib64/ld-linux-x86-64.so.2", "usr/lib/ld-linux-aarch64.so.1", "lib64/ld-linux-x86-64.so.2"];
    let loader = loader.iter().map(|path| root.join(path)).find(|path| path.exists());
    let mut command = match loader {
        Some(loader) => {
            let mut command = Command::new(loader);
            let libraries = [
                "usr/lib/x86_64-linux-gnu",
                "usr/lib/aarch64-linux-gnu",
                "lib/x86_64-linux-gnu",
                "usr/lib/mysql/private",
            ];
            let path: Vec<String> = libraries.iter().map(|dir| root.join(dir).display().to_string()).collect();
            command.arg("--library-path").arg(path.join(":")).arg(executable);
            command
        }
        None => Command::new(executable),
    };
    let share = share(root);
    command.arg("--no-defaults").arg(format!("--datadir={}", directory.data().display()));
    // A server that starts removes what it takes for leftovers of its own.
    if let Some(temporary) = directory.data().parent() {
        command.arg(format!("--tmpdir={}", temporary.display()));
    }
    command.arg(format!("--lc-messages-dir={}", share.display()));
    command.arg(format!("--character-sets-dir={}", share.join("charsets").display()));
    // The system has few requests for it to give, and several servers run at once.
    command.arg("--innodb-use-native-aio=0");
    command
}

/// Fills the data directory with what the server needs to start.
fn initialise(product: Product, root: &Path, directory: &Directory, account: Option<&Account>) -> Result<(), Error> {
    let server = program(product, root, directory);
    let mut command = command(Path::new(server.get_program()), account);
    command.args(server.get_args());
    let input = if product.is_mariadb() {
        fs::create_dir(directory.data()).map_err(Error::io("create the data directory"))?;
        if let Some(account) = account {
            std::os::unix::fs::chown(directory.data(), Some(account.uid), Some(account.gid))
                .map_err(Error::io("hand over the data directory"))?;
        }
        command.args(["--bootstrap", "--log-warnings=0"]);
        let share = share(root);
        let mut input = String::from("create database mysql;\nuse mysql;\n");
        for file in [
            ["mysql_system_tables.sql", "mariadb_system_tables.sql"],
            ["mysql_system_tables_data.sql", "mariadb_system_tables_data.sql"],
        ] {
            let path = file.iter().map(|name| share.join(name)).find(|path| path.is_file());
            let path = path.unwrap_or_else(|| share.join(file[0]));
            input += &fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))?;
        }
        // Root from anywhere, without a password, as MySQL is told to make it.
        input += "REPLACE INTO global_priv VALUES ('%', 'root', '{\"access\": 18446744073709551615}');\n";
        input
    } else {
        command.arg("--initialize-insecure");
        String::new()
    };
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(Error::io("initialise the data directory"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // The server says itself why it stops reading.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(Error::io("initialise the data directory"))?;
    if output.status.success() {
        return Ok(());
    }
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    let reason = format!("cannot initialise its data directory ({})", output.status);
    Err(Error::StartMysql { product: product.name(), reason, log })
}

/// Whether a server sends its greeting.
fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let mut greeting = [0; 5];
    stream.read_exact(&mut greeting).is_ok() && greeting[4] == 10
}
