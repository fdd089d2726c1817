//! `pt-online-schema-change`, run as a plan prints it, beside somebody who writes: the end is what the plain change would have
//! left, and the migration that records it does nothing twice. `GH_OST=…/gh-ost` plays that tool, too, on MySQL.

use super::super::{Database, Place, block_on, hasty, on_servers};
use super::Session;
use migrate_safety_core::databases::diff::diff;
use migrate_safety_core::databases::replay;
use migrate_safety_core::plan::{Plan, PlanOptions, Step, plan};
use migrate_safety_core::{Config, Layout, MigrationSet, Target};
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::{MysqlServer, Percona};
use sqlx::migrate::Migrator;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

mod rows;

use rows::{ROWS, Row};

/// The longest that a write may take beside the tool: the wait for a lock that the plan gives it, and what a busy machine
/// adds.
const LONGEST_WRITE: Duration = Duration::from_secs(3 + 3);

#[test]
fn the_tool_of_a_plan_loses_nothing() {
    on_servers(|place| {
        let Place::MySql(server) = place else { return };
        let is_mariadb = server.product().is_mariadb();
        let mut tools = vec![Tool::Percona(Percona::V37)];
        // It speaks to no MySQL 8.4.
        tools.extend(is_mariadb.then_some(Tool::Percona(Percona::V32)));
        tools.extend(std::env::var("GH_OST").ok().filter(|_| !is_mariadb).map(Tool::GhOst));
        let only = std::env::var("CHANGE").ok();
        let mut failed = String::new();
        for tool in &tools {
            let path = match tool {
                Tool::Percona(version) => version.path_for_test(),
                Tool::GhOst(program) => found_first(Path::new(program)),
            };
            let Some(path) = path else { continue };
            let rows = ROWS.iter().enumerate().filter(|(number, row)| tool.plays(*number, row));
            let rows = rows.map(|(_, row)| row).filter(|row| row.dialects.contains(&place.target().dialect));
            for row in rows.filter(|row| only.as_ref().is_none_or(|only| row.name.contains(only.as_str()))) {
                let started = Instant::now();
                match (Play { row, place, server, tool, path: &path }).run() {
                    Ok(seen) => {
                        println!("{} {}: {}: {seen}, {:?}", place.name(), tool.name(), row.name, started.elapsed());
                    }
                    Err(why) => failed += &format!("{} {}: {}: {why}\n\n", place.name(), tool.name(), row.name),
                }
            }
        }
        assert!(failed.is_empty(), "{failed}");
    });
}

/// The value of `PATH` with which a program is found before others of its name.
fn found_first(program: &Path) -> Option<OsString> {
    let others = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(program.parent()?.to_owned()).chain(std::env::split_paths(&others));
    std::env::join_paths(all).ok()
}

/// What is run.
enum Tool {
    Percona(Percona),
    /// The program.
    GhOst(String),
}

impl Tool {
    fn name(&self) -> &'static str {
        match self {
            Self::Percona(version) => version.name(),
            Self::GhOst(_) => "gh-ost",
        }
    }

    /// The program's name, by which a command line begins.
    fn program(&self) -> &'static str {
        match self {
            Self::Percona(_) => "pt-online-schema-change",
            Self::GhOst(_) => "gh-ost",
        }
    }

    /// Whether it is for this row.
    fn plays(&self, number: usize, row: &Row) -> bool {
        match self {
            Self::Percona(Percona::V37) => !row.is_for_gh_ost,
            // Every third will do.
            Self::Percona(Percona::V32) => !row.is_for_gh_ost && !row.is_for_newer && number.is_multiple_of(3),
            Self::GhOst(_) => !row.before.contains("FOREIGN KEY"),
        }
    }
}

/// A row on a server.
struct Play<'p> {
    row: &'p Row,
    place: &'p Place,
    server: &'p MysqlServer,
    tool: &'p Tool,
    /// Where the tool is looked for.
    path: &'p OsStr,
}

impl Play<'_> {
    fn run(&self) -> Result<String, String> {
        let made = self.plan()?;
        let project = Project::of(self.row.before);
        let database = self.place.database();
        self.host(&database, &project)?;
        let mut session = Session::open(&database);
        self.row.fill(&mut session)?;
        let steps: Vec<&Step> = made.steps().collect();
        let at = steps.iter().position(|step| step.tool.is_some()).ok_or("the plan runs no tool")?;
        let tool = steps[at].tool.as_ref().ok_or("the plan runs no tool")?;
        for step in steps.iter().take(at).filter(|step| step.is_migration()) {
            session.run(&step.up_sql())?;
        }
        // What has to hold before the tool, and before the steps behind what records its work.
        let gates: Vec<_> =
            tool.before.iter().chain(steps[at..].iter().skip(2).filter_map(|step| step.gate.as_ref())).collect();
        let closed = |session: &mut Session| -> Result<Option<String>, String> {
            for gate in &gates {
                let answer = session.rows(&gate.sql)?;
                if answer != [gate.expect.as_str()] {
                    return Ok(Some(format!("{} gives {answer:?}: {}", gate.sql, gate.meaning)));
                }
            }
            Ok(None)
        };
        if let Some([spoilt, mended]) = self.row.spoilt {
            session.run(spoilt)?;
            closed(&mut session)?.ok_or_else(|| format!("no check before finds {spoilt}"))?;
            session.run(mended)?;
        }
        if let Some(why) = closed(&mut session)? {
            return Err(why);
        }
        let command = self.command(&made)?;
        // As the runbook says it.
        let tried = match self.tool {
            Tool::Percona(_) => self.shell(&command.replace("--execute", "--dry-run"), &database)?,
            Tool::GhOst(_) => self.shell(&command.replace("--execute", ""), &database)?,
        };
        if matches!(self.tool, Tool::Percona(_)) && !tried.contains("Dry run complete") {
            return Err(format!("the dry run says\n{tried}"));
        }
        let written = self.beside(&database, || self.shell(&command, &database))?;
        for gate in &tool.after {
            let answer = session.rows(&gate.sql)?;
            if answer != [gate.expect.as_str()] {
                return Err(format!("{} gives {answer:?}: {}", gate.sql, gate.meaning));
            }
        }
        // The host's own run records it, and the server copies nothing.
        let copies = Self::copies(&mut session)?;
        project.take(&made);
        self.host(&database, &project)?;
        let copied = Self::copies(&mut session)?;
        if copies != copied {
            return Err(format!("recorded by a copy: {copies:?} became {copied:?}"));
        }
        self.host(&database, &project)?;
        if matches!(self.tool, Tool::GhOst(_)) {
            self.tidy(&made, &mut session)?;
        }
        let plain = self.plain(&written.statements)?;
        let end = Self::same(&made, &plain, &database)?;
        // Without the tool, on a table that is small, the same migrations make the change.
        let small = self.place.database();
        self.host(&small, &project)?;
        let wanted = self.place.database();
        Session::open(&wanted).run(self.row.before)?;
        Session::open(&wanted).run(self.row.change)?;
        Self::same(&made, &wanted, &small).map_err(|why| format!("on a small table: {why}"))?;
        let longest = written.longest;
        if longest > LONGEST_WRITE {
            return Err(format!("a write took {longest:?}"));
        }
        Ok(format!("{} writes, the longest {longest:?}, {end}", written.statements.len()))
    }

    fn plan(&self) -> Result<Plan, String> {
        let mut set = MigrationSet::from_text("before.sql", self.row.before, Layout::Plain);
        set.complete = true;
        let target: Target = self.place.target();
        let schema = replay(&set, &Config { target, ..Config::default() });
        let options = PlanOptions { layout: Layout::Sqlx, ..PlanOptions::default() };
        plan(&schema, self.row.change, &options).map_err(|error| error.to_string())
    }

    /// The command line, out of the runbook, with what it leaves to whom it concerns.
    fn command(&self, made: &Plan) -> Result<String, String> {
        let runbook = made.runbook();
        let blocks = runbook.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
        let mut blocks = blocks.filter(|block| block.starts_with(self.tool.program()));
        let command = blocks.next().ok_or_else(|| format!("the runbook has no command of {}", self.tool.program()))?;
        let (host, port) = ("127.0.0.1", self.server.port());
        Ok(match self.tool {
            Tool::Percona(_) => command
                .replace("D=DATABASE", "D=$DATABASE")
                .replace("h=HOST", &format!("h={host},P={port}"))
                .replace("u=USER", "u=root"),
            // Without a terminal it cannot ask.
            Tool::GhOst(_) => {
                let flag =
                    command.split_once("--postpone-cut-over-flag-file=").and_then(|(_, rest)| rest.split(' ').next());
                let cut_over = format!("(sleep 3; rm -f {}) & ", flag.unwrap_or_default());
                let there = format!("--host={host} --port={port} --allow-on-master");
                let command = command
                    .replace("--host=HOST", &there)
                    .replace("--user=USER --ask-pass", "--user=root")
                    .replace("--database=DATABASE", "--database=$DATABASE")
                    .replace("--throttle-control-replicas=REPLICAS", "");
                format!("{cut_over}{command}")
            }
        })
    }

    /// What gh-ost leaves is taken away as the plan says: the old table, and what is behind the names of triggers.
    fn tidy(&self, made: &Plan, session: &mut Session) -> Result<(), String> {
        let note = made.notes.iter().find(|note| note.contains("LOCK TABLES"));
        let told = note.and_then(|note| note.split('`').find(|part| part.contains("LOCK TABLES")));
        let dropped =
            made.notes.iter().find_map(|note| note.split("leaves the old one as `").nth(1)?.split('`').next());
        match (told, dropped) {
            (Some(told), _) => session.run(told),
            (None, Some(old)) => session.run(&format!("DROP TABLE `{old}`")),
            (None, None) => Err("the plan does not say what gh-ost leaves".to_owned()),
        }
    }

    /// What a command line prints that ends well. It asks for the password, which is empty.
    fn shell(&self, command: &str, database: &Database) -> Result<String, String> {
        let name = database.url();
        let name = name.rsplit('/').next().unwrap_or_default();
        let mut child = Command::new("sh")
            .args(["-c", command])
            .env("PATH", self.path)
            .env("DATABASE", name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        child.stdin.take().ok_or("no input")?.write_all(b"\n").map_err(|error| error.to_string())?;
        let output = child.wait_with_output().map_err(|error| error.to_string())?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        if output.status.success() { Ok(said) } else { Err(format!("{command}\n{said}")) }
    }

    /// Does something while somebody writes.
    fn beside<T>(&self, database: &Database, work: impl FnOnce() -> Result<T, String>) -> Result<Written, String> {
        let (begun, done) = (AtomicU32::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| self.write(database, &begun, &done));
            while begun.load(Ordering::Acquire) < 20 && !writer.is_finished() {
                std::thread::sleep(Duration::from_millis(2));
            }
            let worked = work();
            done.store(true, Ordering::Release);
            let written = writer.join().map_err(|_| "the writer panicked")?;
            worked?;
            written
        })
    }

    fn write(&self, database: &Database, begun: &AtomicU32, done: &AtomicBool) -> Result<Written, String> {
        let mut session = Session::open(database);
        let mut written = Written { statements: Vec::new(), longest: Duration::ZERO };
        let mut number = self.row.count;
        while !done.load(Ordering::Acquire) {
            number += 1;
            let some = 1 + number.wrapping_mul(7919) % self.row.count;
            for statement in self.row.writes {
                let sql = statement.replace("{new}", &number.to_string()).replace("{some}", &some.to_string());
                let started = Instant::now();
                let mut tries = 0;
                while let Err(why) = session.run(&sql) {
                    tries += 1;
                    let again = ["1205", "1213"].iter().any(|code| why.contains(&format!("{code} (")));
                    if !again || tries > 10 {
                        return Err(format!("a write fails: {why}"));
                    }
                }
                written.longest = written.longest.max(started.elapsed());
                written.statements.push(sql);
            }
            begun.fetch_add(1, Ordering::AcqRel);
        }
        Ok(written)
    }

    /// A database with the same rows and writes on which the change is made as it is.
    fn plain(&self, written: &[String]) -> Result<Database, String> {
        let database = self.place.database();
        let mut session = Session::open(&database);
        session.run(self.row.before)?;
        self.row.fill(&mut session)?;
        if let Some([spoilt, mended]) = self.row.spoilt {
            session.run(spoilt)?;
            session.run(mended)?;
        }
        for some in written.chunks(200) {
            session.run(&some.join(";\n"))?;
        }
        session.run(self.row.change)?;
        Ok(database)
    }

    /// Whether two databases hold the same tables and rows, those of the host aside.
    fn same(made: &Plan, wanted: &Database, found: &Database) -> Result<String, String> {
        let tables = |database: &Database| -> Result<Vec<(String, Vec<String>)>, String> {
            let mut session = Session::open(database);
            let names = "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name \
                         NOT IN ('_sqlx_migrations', '_migrate_safety') ORDER BY table_name";
            let names = session.rows(names)?;
            let rows = |name: String| -> Result<(String, Vec<String>), String> {
                let mut rows = session.rows(&format!("SELECT * FROM `{name}`"))?;
                rows.sort();
                Ok((name, rows))
            };
            names.into_iter().map(rows).collect()
        };
        let [wanted_schema, found_schema] = [wanted, found].map(|database| {
            block_on(async {
                let pool = database.mysql().await;
                let mut connection = pool.acquire().await.unwrap();
                migrate_safety_sqlx::introspect_mysql(&mut connection).await.unwrap().schema()
            })
        });
        let mut differences = diff(&wanted_schema, &found_schema, None);
        differences.retain(|difference| !difference.to_string().contains("_sqlx_migrations"));
        // The names of checks on MySQL, which the plan tells of.
        if made.notes.iter().any(|note| note.contains("gives them their names back only by another copy")) {
            differences.retain(|difference| !difference.to_string().contains("_chk_"));
        }
        if !differences.is_empty() {
            let told: Vec<String> = differences.iter().map(ToString::to_string).collect();
            return Err(format!("another schema: {told:#?}"));
        }
        let (wanted, found) = (tables(wanted)?, tables(found)?);
        for ((name, wanted), (other, found)) in wanted.iter().zip(&found) {
            let missing: Vec<_> = wanted.iter().filter(|row| !found.contains(row)).take(5).collect();
            let more: Vec<_> = found.iter().filter(|row| !wanted.contains(row)).take(5).collect();
            if name != other || wanted != found {
                let (wanted, found) = (wanted.len(), found.len());
                return Err(format!("{name}: {found} rows, not {wanted}; missing {missing:#?}, too many {more:#?}"));
            }
        }
        let rows: usize = found.iter().map(|(_, rows)| rows.len()).sum();
        Ok(format!("{rows} rows"))
    }

    /// What the tables are kept as: another number after each copy.
    fn copies(session: &mut Session) -> Result<Vec<String>, String> {
        let of_mysql = "SELECT name, table_id FROM information_schema.innodb_tables WHERE name LIKE \
                        concat(database(), '/%') AND name NOT LIKE '%sqlx%' ORDER BY name";
        session.rows(of_mysql).or_else(|_| session.rows(&of_mysql.replace("innodb_tables", "innodb_sys_tables")))
    }

    /// What the host does: sqlx, or the guarded run, by turns.
    fn host(&self, database: &Database, project: &Project) -> Result<(), String> {
        let guarded = self.row.name.len().is_multiple_of(2);
        block_on(async {
            let migrator = Migrator::new(project.directory.as_path()).await.map_err(|error| error.to_string())?;
            if guarded {
                let pool = database.mysql().await;
                let ran = Guard::new(&migrator).settings(hasty()).run(&pool).await.map(drop);
                ran.map_err(|error| format!("the guarded run: {error}"))
            } else {
                database.run_unguarded(&migrator).await.map_err(|error| format!("sqlx: {error}"))
            }
        })
    }
}

/// What a writer has written, statement by statement.
struct Written {
    statements: Vec<String>,
    longest: Duration,
}

/// A directory of migrations that is gone with this value.
struct Project {
    directory: PathBuf,
}

impl Project {
    fn of(before: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("migrate-safety-tool-{}-{number}", std::process::id()));
        let directory = root.join("migrations");
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("1_before.up.sql"), before).unwrap();
        std::fs::write(directory.join("1_before.down.sql"), "SELECT 1").unwrap();
        Self { directory }
    }

    /// The migrations of a plan, of all releases.
    fn take(&self, made: &Plan) {
        for path in made.write(Layout::Sqlx, &self.directory).unwrap() {
            let file: OsString = path.file_name().unwrap().to_owned();
            std::fs::rename(&path, self.directory.join(file)).unwrap();
        }
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.directory.parent().unwrap_or(Path::new("/nowhere")));
    }
}
