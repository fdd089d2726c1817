//! A plan run while releases write.

use super::acts::{Act, Course};
use super::client::{Client, Form, Written, filled, texts};
use super::{WRITES, Write};
use crate::host;
use crate::scene::Scene;
use migrate_safety_core::plan::{DualWrite, PhaseName, Plan, Step};
use migrate_safety_testkit::Database;
use postgres::Client as Connection;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The keys that are written; those of the rows that were made up are lower.
pub(super) const KEYS: std::ops::Range<u32> = 1001..1009;

/// How often a step is tried that gives up waiting for a lock.
const TRIES: usize = 20;

/// The value of each key that has a row, by its place in the act's values.
pub(super) type Model = BTreeMap<u32, usize>;

/// A plan, and which releases run when.
pub(crate) struct Play<'p> {
    pub(super) scene: &'p Scene<'p>,
    pub(super) act: &'p Act,
    pub(super) plan: &'p Plan,
    pub(super) clients: Vec<Client>,
    pub(super) scenes: Scenes,
    /// Whether every row has the new form: only then a release relies on it that has not written it.
    is_filled: AtomicBool,
}

/// Which releases run, by their places among the clients.
pub(super) struct Scenes {
    /// During the steps of a phase.
    pub(super) during: [Vec<usize>; 3],
    /// Before it, one group after the other.
    before: [Vec<Vec<usize>>; 3],
}

impl<'p> Play<'p> {
    /// # Errors
    /// The plan does not have the code of its releases.
    pub(crate) fn new(
        scene: &'p Scene<'p>,
        act: &'p Act,
        dual_write: DualWrite,
        plan: &'p Plan,
    ) -> Result<Self, String> {
        let code = |at: usize| {
            let code = plan.application.get(at).map(|application| &*application.code);
            code.ok_or_else(|| format!("the plan has no code of release {at}"))
        };
        let old = act.old.client("the old release", Form::Old);
        let told = |written: &Written, name: &'static str, form: Form, at: usize| match act.course {
            Course::Tables => written.behind(name, form, code(at)?),
            _ => written.as_in(name, form, code(at)?),
        };
        let (clients, scenes) = match (act.course, dual_write) {
            (Course::Values | Course::Tables, DualWrite::Application) => {
                let both = told(&act.old, "the release that writes both and reads the old form", Form::Old, 0)?;
                let reads_new = told(&act.new, "the release that writes both and reads the new form", Form::New, 1)?;
                (
                    vec![old, both, reads_new, told(&act.new, "the new release", Form::New, 2)?],
                    Scenes {
                        during: [vec![0], vec![1], vec![3]],
                        before: [vec![vec![0]], vec![vec![0, 1]], vec![vec![1, 2], vec![2, 3]]],
                    },
                )
            }
            (Course::Values | Course::Tables, DualWrite::Trigger) => (
                vec![old, told(&act.new, "the new release", Form::New, 0)?],
                Scenes {
                    during: [vec![0], vec![0, 1], vec![1]],
                    before: [vec![vec![0]], vec![vec![0, 1]], vec![vec![0, 1]]],
                },
            ),
            (Course::Types(column), _) => {
                let constants = texts(code(0)?);
                let [read, write] = &*constants else { return Err(format!("other code: {constants:?}")) };
                let new = act.new.client("the new release", Form::New);
                let either = Client {
                    name: "the release that takes both types",
                    insert: new.insert.iter().map(|sql| sql.replace("$1", write)).collect(),
                    update: new.update.iter().map(|sql| sql.replace("$1", write)).collect(),
                    read: new.read.replace(column, read),
                    ..new.clone()
                };
                (
                    vec![old, either, new],
                    Scenes {
                        during: [vec![0], vec![1], vec![2]],
                        before: [vec![vec![0]], vec![vec![0, 1]], vec![vec![1, 2]]],
                    },
                )
            }
            (Course::Names, _) => (
                vec![old, act.new.client("the new release", Form::New)],
                Scenes {
                    during: [vec![0], vec![0, 1], vec![1]],
                    before: [vec![vec![0]], vec![vec![0, 1]], vec![vec![0, 1]]],
                },
            ),
            (Course::Unseen, _) => (
                vec![old],
                Scenes { during: [vec![0], vec![0], vec![0]], before: [vec![vec![0]], vec![vec![0]], vec![vec![0]]] },
            ),
            (Course::Keys, _) => (
                vec![old, act.new.client("the new release", Form::New)],
                Scenes {
                    during: [vec![0], vec![0], vec![1]],
                    before: [vec![vec![0]], vec![vec![0]], vec![vec![0, 1]]],
                },
            ),
        };
        Ok(Self { scene, act, plan, clients, scenes, is_filled: AtomicBool::new(false) })
    }

    /// Plays it with these writes.
    ///
    /// # Errors
    /// A release fails, or does not find what was written.
    pub(crate) fn run(&self, writes: &[Write]) -> Result<(), String> {
        let database = self.scene.start()?;
        let mut stepping = connected(&database)?;
        let mut writing = connected(&database)?;
        let mut model = Model::new();
        self.is_filled.store(false, Ordering::Release);
        let mut begun: Option<PhaseName> = None;
        let mut writes = writes.iter().cycle().copied();
        for phase in &self.plan.phases {
            let at = place(phase.name);
            // What runs before a phase without steps runs before the next one.
            let first = begun.map_or(0, |begun| place(begun) + 1);
            for group in self.scenes.before[first..=at].iter().flatten() {
                let batch: Vec<Write> = writes.by_ref().take(WRITES).collect();
                self.one_by_one(&mut writing, group, &batch, &mut model)?;
            }
            begun = Some(phase.name);
            let clients = &self.scenes.during[at];
            for step in &phase.steps {
                let batch: Vec<Write> = writes.by_ref().take(WRITES).collect();
                let told = |error: String| format!("at {} ({}): {error}", step.id, step.title);
                self.at_once(&database, &mut stepping, step, (clients, &batch), &mut model).map_err(told)?;
                let batch: Vec<Write> = writes.by_ref().take(WRITES / 2).collect();
                self.one_by_one(&mut writing, clients, &batch, &mut model)
                    .map_err(|error| format!("after {} ({}): {error}", step.id, step.title))?;
            }
            self.is_filled.store(phase.name >= PhaseName::Migrate, Ordering::Release);
            for client in clients.iter().map(|at| &self.clients[*at]).filter(|client| self.relies_on(client.form)) {
                KEYS.into_iter().try_for_each(|key| self.found(&mut writing, client, key, &model))?;
            }
        }
        let last = self.clients.last().ok_or("no release")?;
        KEYS.into_iter().try_for_each(|key| self.found(&mut writing, last, key, &model))
    }

    /// Writes of releases in turn, each of which all of them read.
    fn one_by_one(
        &self,
        connection: &mut Connection,
        clients: &[usize],
        writes: &[Write],
        model: &mut Model,
    ) -> Result<(), String> {
        for write in writes {
            let key = KEYS.start + u32::from(write[2]) % KEYS.len() as u32;
            let client = &self.clients[clients[usize::from(write[0]) % clients.len()]];
            self.write(connection, client, key, *write, model)?;
            let readers = clients.iter().map(|at| &self.clients[*at]);
            for reader in readers.filter(|reader| reader.name == client.name || self.relies_on(reader.form)) {
                self.found(connection, reader, key, model)
                    .map_err(|error| format!("{error}, written by {}", client.name))?;
            }
        }
        Ok(())
    }

    /// Runs a step while two connections write, each its own keys.
    fn at_once(
        &self,
        database: &Database,
        stepping: &mut Connection,
        step: &Step,
        (clients, writes): (&[usize], &[Write]),
        model: &mut Model,
    ) -> Result<(), String> {
        let ended = AtomicBool::new(false);
        let mut models = [Model::new(), Model::new()];
        for (key, value) in &*model {
            models[*key as usize % 2].insert(*key, *value);
        }
        let ran = thread::scope(|scope| {
            let writers: Vec<_> = models
                .iter_mut()
                .zip(0u32..)
                .map(|(model, half)| {
                    let client = &self.clients[clients[half as usize % clients.len()]];
                    let ended = &ended;
                    scope.spawn(move || {
                        let mut connection = connected(database)?;
                        for (number, write) in writes.iter().cycle().enumerate() {
                            if number >= 3 && ended.load(Ordering::Acquire) {
                                return Ok(());
                            }
                            let key = KEYS.start + 2 * (u32::from(write[2]) % (KEYS.len() as u32 / 2));
                            let key = key + u32::from(key % 2 != half);
                            self.write(&mut connection, client, key, *write, model)?;
                            self.found(&mut connection, client, key, model)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            let ran = tried(stepping, step);
            ended.store(true, Ordering::Release);
            writers
                .into_iter()
                .fold(ran, |ran, writer| ran.and(writer.join().unwrap_or_else(|_| Err("a writer failed".to_owned()))))
        });
        *model = models.into_iter().flatten().collect();
        ran
    }

    fn relies_on(&self, form: Form) -> bool {
        form == Form::Old || self.is_filled.load(Ordering::Acquire)
    }

    /// One write: a row is added, changed or deleted.
    fn write(
        &self,
        connection: &mut Connection,
        client: &Client,
        key: u32,
        write: Write,
        model: &mut Model,
    ) -> Result<(), String> {
        let value = usize::from(write[3]) % self.act.values.len();
        // Where the new form is not filled, to make it NULL changes nothing.
        let is_no_write = !self.relies_on(client.form) && self.act.values[value].1 == ["NULL"];
        let value = if is_no_write { (value + 1) % self.act.values.len() } else { value };
        let is_there = model.contains_key(&key);
        let statements = match (is_there, write[1] % 4) {
            (true, 0) => &client.delete,
            (true, _) => &client.update,
            (false, _) => &client.insert,
        };
        let values = self.values(client.form, value);
        let text: String = statements.iter().map(|sql| format!("{};\n", filled(sql, key, values))).collect();
        host::batch(connection, &format!("BEGIN;\n{text}COMMIT;")).map_err(|error| {
            let _ = host::batch(connection, "ROLLBACK");
            format!("{} fails: {error}", client.name)
        })?;
        if is_there && write[1].is_multiple_of(4) {
            model.remove(&key);
        } else {
            model.insert(key, value);
        }
        Ok(())
    }

    /// A release reads what was written.
    pub(super) fn found(
        &self,
        connection: &mut Connection,
        client: &Client,
        key: u32,
        model: &Model,
    ) -> Result<(), String> {
        let read = filled(&client.read, key, &[]);
        let read = format!("SELECT ROW(read.*)::text FROM ({read}) AS read");
        let told = |error: String| format!("{} does not read: {error}\n    in: {read}", client.name);
        let found = host::lines(connection, &read).map_err(told)?;
        let wanted = match model.get(&key) {
            Some(value) => {
                let row = self.values(client.form, *value).join(", ");
                host::lines(connection, &format!("SELECT ROW({row})::text"))?
            }
            None => Vec::new(),
        };
        if found == wanted {
            return Ok(());
        }
        Err(format!("{} finds {found:?} under {key}, not {wanted:?}", client.name))
    }

    pub(super) fn values(&self, form: Form, value: usize) -> &'static [&'static str] {
        let (old, new) = self.act.values[value];
        if form == Form::Old { old } else { new }
    }
}

pub(super) fn place(phase: PhaseName) -> usize {
    PhaseName::ALL.iter().position(|other| *other == phase).unwrap_or_default()
}

/// Runs a step, anew if it gave up waiting for a lock.
pub(super) fn tried(connection: &mut Connection, step: &Step) -> Result<(), String> {
    let mut tries = 0;
    loop {
        match host::run(connection, step) {
            Err(error) if tries < TRIES && ["55P03", "40P01"].iter().any(|code| error.contains(code)) => tries += 1,
            other => return other,
        }
    }
}

pub(super) fn connected(database: &Database) -> Result<Connection, String> {
    database.connect().map_err(|error| error.to_string())
}
