//! A PostgreSQL server that lives as long as the process that started it, and leaves nothing behind.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use postgres::{Client, NoTls};

use crate::process::{Account, Directory, command, free_port, guarded};
use crate::{Database, Error, ServerBinaries, ServerError};

/// A running PostgreSQL server with a data directory of its own.
///
/// Clones share the server; it stops, and its directory goes, with the last of them and of their
/// [`Database`]s, or with the process, however that ends.
#[derive(Clone, Debug)]
pub struct PostgresServer {
    running: Arc<Running>,
}

impl PostgresServer {
    /// Starts a server of `major`, empty, listening on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When there are no binaries of this version, or the server does not start.
    pub fn start(major: u16) -> Result<Self, Error> {
        Self::start_with(major, &[])
    }

    /// Starts a server that writes to disk what it commits, as one in production does: for what is measured in time.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_durable(major: u16) -> Result<Self, Error> {
        Self::start_with(major, &["fsync=on", "full_page_writes=on", "synchronous_commit=on"])
    }

    /// Starts a server that keeps what it has committed when it is stopped at once, though not when the machine is.
    ///
    /// # Errors
    /// As for [`start`](Self::start).
    pub fn start_synchronous(major: u16) -> Result<Self, Error> {
        Self::start_with(major, &["synchronous_commit=on"])
    }

    /// Stops the server; its data stay. Whoever is connected is cut off.
    ///
    /// # Errors
    /// When it does not end.
    pub fn stop(&self, how: Stop) -> Result<(), Error> {
        let mut child = self.running.child();
        if let Some(mut input) = child.stdin.take() {
            writeln!(input, "{}", how.signal()).map_err(Error::io("stop the server"))?;
        }
        child.wait().map(|_| ()).map_err(Error::io("stop the server"))
    }

    /// Starts the server again, after [`stop`](Self::stop), on its port and with its data.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_again(&self) -> Result<(), Error> {
        let running = &self.running;
        let account = Account::for_server()?;
        let binaries = ServerBinaries::find(running.major)?;
        let mut child = running.child();
        *child = spawn(&binaries, &running.directory, account.as_ref(), running.port, &running.more)?;
        running.wait_until_ready(&mut child)
    }

    fn start_with(major: u16, more: &[&str]) -> Result<Self, Error> {
        let binaries = ServerBinaries::find(major)?;
        let mut attempts = 3;
        loop {
            attempts -= 1;
            match Running::start(&binaries, more) {
                Ok(running) => {
                    return Ok(Self { running: Arc::new(running) });
                }
                // Another process took the port between our look and the server's start.
                Err(Error::Start { log, .. }) if attempts > 0 && log.contains("Address already in use") => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Starts a standby of this server: a copy of its data directory that streams from it.
    ///
    /// # Errors
    /// When the copy fails or the standby does not start.
    pub fn standby(&self) -> Result<Self, Error> {
        let binaries = ServerBinaries::find(self.running.major)?;
        let mut primary = self.connect("postgres")?;
        let failed = |action| Error::query(action);
        let (start, stop) = match self.running.major {
            ..15 => ("SELECT pg_start_backup('standby', true)", "SELECT pg_stop_backup()"),
            _ => ("SELECT pg_backup_start('standby', true)", "SELECT pg_backup_stop()"),
        };
        primary.batch_execute(start).map_err(failed("begin a backup"))?;
        let running = Running::start_copy(&binaries, &self.running)?;
        // It begins with the WAL that the primary still has, and is consistent with what this adds.
        primary.batch_execute(stop).map_err(failed("end a backup"))?;
        running.wait_until_ready(&mut running.child())?;
        Ok(Self { running: Arc::new(running) })
    }

    /// The server of `major` that all tests of this process share; started on first use.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn shared(major: u16) -> Result<Self, Error> {
        static SHARED: Mutex<Option<HashMap<u16, PostgresServer>>> = Mutex::new(None);

        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let servers = shared.get_or_insert_default();
        if let Some(server) = servers.get(&major) {
            return Ok(server.clone());
        }
        let server = Self::start(major)?;
        servers.insert(major, server.clone());
        Ok(server)
    }

    /// Creates the database `name`, which is dropped with the returned value.
    ///
    /// # Errors
    /// When a database of this name exists.
    pub fn database(&self, name: &str) -> Result<Database, Error> {
        Database::create(self, name)
    }

    /// The major version.
    #[must_use]
    pub fn major(&self) -> u16 {
        self.running.major
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.running.port
    }

    /// The URL of a database on this server.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.running.port)
    }

    /// A connection to a database on this server, as its superuser.
    ///
    /// # Errors
    /// When the database does not exist or the server is gone.
    pub fn connect(&self, database: &str) -> Result<Client, Error> {
        self.running.connect(database).map_err(|error| Error::Query {
            action: format!("connect to database {database}"),
            error: ServerError::from(&error),
        })
    }

    /// The last lines of the server's log.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.running.directory.log_tail()
    }

    /// Held by whoever changes what all databases share: roles, databases, server settings.
    pub(crate) fn cluster(&self) -> &Mutex<()> {
        &self.running.cluster
    }

    /// The names of the databases that are in use through [`Database`].
    pub(crate) fn databases(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.running.databases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The shared server of `major` for a test: `None`, said loudly, only under `MIGRATE_SAFETY_SKIP_SERVERS=1`.
///
/// # Panics
/// When the server cannot be started: a test of a server never passes because there was none.
#[must_use]
pub fn server_for_test(major: u16) -> Option<PostgresServer> {
    if std::env::var("MIGRATE_SAFETY_SKIP_SERVERS").is_ok_and(|value| value == "1") {
        let test = thread::current().name().unwrap_or("a test").to_owned();
        // Not `eprintln!`: the test harness would swallow it.
        let _ = writeln!(io::stderr(), "LEFT OUT: {test} on PostgreSQL {major}, because MIGRATE_SAFETY_SKIP_SERVERS=1");
        return None;
    }
    match PostgresServer::shared(major) {
        Ok(server) => Some(server),
        Err(error) => panic!("{error}"),
    }
}

/// How a server is stopped, in the words of `pg_ctl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Its sessions are ended, and all is written down.
    Fast,
    /// As in a crash: the next start recovers.
    Immediate,
}

impl Stop {
    fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
        }
    }
}

/// The process and what it needs.
#[derive(Debug)]
struct Running {
    major: u16,
    port: u16,
    child: Mutex<Child>,
    directory: Directory,
    /// Settings of this server beside those of all.
    more: Vec<String>,
    cluster: Mutex<()>,
    databases: Mutex<BTreeSet<String>>,
}

impl Running {
    fn start(binaries: &ServerBinaries, more: &[&str]) -> Result<Self, Error> {
        let account = Account::for_server()?;
        let directory = Directory::create(&format!("pg{}", binaries.major()), account.as_ref())?;
        initdb(binaries, &directory, account.as_ref())?;
        let port = free_port()?;
        let more: Vec<String> = more.iter().map(|setting| (*setting).to_owned()).collect();
        let child = spawn(binaries, &directory, account.as_ref(), port, &more)?;
        let running = Self {
            major: binaries.major(),
            port,
            child: Mutex::new(child),
            directory,
            more,
            cluster: Mutex::default(),
            databases: Mutex::default(),
        };
        running.wait_until_ready(&mut running.child())?;
        Ok(running)
    }

    /// A process on a copy of the data directory of another one, which is in backup mode. It is not ready yet.
    fn start_copy(binaries: &ServerBinaries, primary: &Self) -> Result<Self, Error> {
        let account = Account::for_server()?;
        let directory = Directory::create(&format!("pg{}", binaries.major()), account.as_ref())?;
        let mut copy = command(Path::new("cp"), account.as_ref());
        let status = copy.arg("-R").arg(primary.directory.data()).arg(directory.data()).stderr(Stdio::null()).status();
        // Files that the primary removes meanwhile are no loss.
        status.map_err(Error::io("copy the data directory"))?;
        let write = |name: &str, text: &str| {
            let path = directory.data().join(name);
            fs::write(&path, text).map_err(Error::io(format!("write {}", path.display())))?;
            match &account {
                Some(account) => chown(&path, Some(account.uid), Some(account.gid))
                    .map_err(Error::io(format!("hand over {}", path.display()))),
                None => Ok(()),
            }
        };
        write("standby.signal", "")?;
        let connection = format!("host=127.0.0.1 port={} user=postgres application_name=standby", primary.port);
        write("postgresql.auto.conf", &format!("primary_conninfo = '{connection}'\n"))?;
        let _ = fs::remove_file(directory.data().join("postmaster.pid"));
        let port = free_port()?;
        let child = spawn(binaries, &directory, account.as_ref(), port, &[])?;
        Ok(Self {
            major: binaries.major(),
            port,
            child: Mutex::new(child),
            directory,
            more: Vec::new(),
            cluster: Mutex::default(),
            databases: Mutex::default(),
        })
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until_ready(&self, child: &mut Child) -> Result<(), Error> {
        const PATIENCE: Duration = Duration::from_secs(60);

        let started = Instant::now();
        loop {
            if self.connect("postgres").is_ok() {
                return Ok(());
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
            return Err(Error::Start { major: self.major, reason, log: self.directory.log_tail() });
        }
    }

    fn connect(&self, database: &str) -> Result<Client, postgres::Error> {
        postgres::Config::new()
            .host("127.0.0.1")
            .port(self.port)
            .user("postgres")
            .dbname(database)
            .application_name("migrate-safety-testkit")
            .connect(NoTls)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The guard of `spawn` sees the end of its input and stops the server.
        let mut child = self.child();
        drop(child.stdin.take());
        let _ = child.wait();
    }
}

fn initdb(binaries: &ServerBinaries, directory: &Directory, account: Option<&Account>) -> Result<(), Error> {
    let mut command = command(&binaries.program("initdb"), account);
    command.args(["-N", "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8", "-D"]);
    let output = command.arg(directory.data()).output().map_err(Error::io("run initdb"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Initdb {
        major: binaries.major(),
        path: binaries.root().to_owned(),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

fn spawn(
    binaries: &ServerBinaries,
    directory: &Directory,
    account: Option<&Account>,
    port: u16,
    more: &[String],
) -> Result<Child, Error> {
    const SETTINGS: [&str; 15] = [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "autovacuum=off",
        "jit=off",
        // In the data directory, which goes whatever happens.
        "dynamic_shared_memory_type=mmap",
        "shared_buffers=32MB",
        "max_connections=100",
        "max_locks_per_transaction=256",
        "timezone=UTC",
        // The counters of a parallel worker are not those of its session.
        "max_parallel_workers_per_gather=0",
        "max_parallel_maintenance_workers=0",
        "log_timezone=UTC",
    ];

    let mut server = Command::new(binaries.program("postgres"));
    server.arg("-D").arg(directory.data()).arg("-p").arg(port.to_string());
    // Of two values the later one counts.
    for setting in SETTINGS.into_iter().chain(more.iter().map(String::as_str)) {
        server.args(["-c", setting]);
    }
    guarded(&server, "QUIT", directory, account)
}
