//! Old and new releases write at once while a plan runs, and lose nothing.

use super::super::{Database, Place, everywhere};
use super::Session;
use super::acts::{ACTS, Act};
use super::client::{Client, Form, filled};
use migrate_safety_core::Target;
use migrate_safety_core::plan::{DualWrite, PhaseName, Plan, Step};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The keys that the releases write.
const KEYS: Range<u32> = 0..16;

/// Rows besides, so that there is something to fill.
const OTHERS: Range<u32> = 1_000..2_100;

/// Writes before a phase.
const WRITES: usize = 12;

/// Attempts of a write, and of a step, that meets a lock.
const TRIES: u32 = 40;

/// The longest that a write may take beside a step: the lock timeout of a step, and what a busy machine adds.
const LONGEST_WRITE: Duration = Duration::from_millis(2_000 + 3_000);

#[test]
fn releases_write_while_a_plan_runs() {
    // Without being asked for more, each act is played in one way.
    let told = std::env::var("PLANS_BETWEEN").ok();
    let plays: u64 = told.as_ref().map_or(1, |plays| plays.parse().unwrap());
    let only = std::env::var("CHANGE").ok();
    everywhere(|place| {
        let target = place.target();
        let mut failed = String::new();
        for (number, act) in ACTS.iter().enumerate().filter(|(_, act)| act.dialects.contains(&target.dialect)) {
            if only.as_ref().is_some_and(|only| !act.name.contains(only.as_str())) {
                continue;
            }
            let one = number % act.modes.len();
            let modes = if told.is_some() { act.modes } else { &act.modes[one..=one] };
            for mode in modes {
                let plan = act.plan(target, *mode).unwrap_or_else(|error| panic!("{target}: {}: {error}", act.name));
                for seed in 0..plays {
                    let play =
                        Play::new(act, &plan, *mode, seed).unwrap_or_else(|error| panic!("{}: {error}", act.name));
                    let played = play.run(place);
                    if let Err(error) = played {
                        failed += &format!("{target}: {} ({mode:?}, {seed}): {error}\n\n", act.name);
                    }
                }
            }
        }
        assert!(failed.is_empty(), "{failed}");
    });
}

impl Place {
    pub(super) fn target(&self) -> Target {
        match self {
            Self::Sqlite { .. } => Target::sqlite(345),
            Self::MySql(server) if server.product().is_mariadb() => Target::mariadb(1011),
            Self::MySql(_) => Target::mysql(900),
        }
    }
}

/// Values by key.
type Model = BTreeMap<u32, usize>;

/// A plan with the releases that write while it runs.
struct Play<'p> {
    act: &'p Act,
    plan: &'p Plan,
    clients: Vec<Client>,
    /// Which of them write while a phase runs.
    during: [Vec<usize>; 3],
    /// Which of them write, group by group, before a phase.
    before: [Vec<Vec<usize>>; 3],
    /// Whether the new form is filled.
    filled: AtomicBool,
    random: std::sync::atomic::AtomicU64,
}

impl<'p> Play<'p> {
    fn new(act: &'p Act, plan: &'p Plan, mode: DualWrite, seed: u64) -> Result<Self, String> {
        let code =
            |at: usize| plan.application.get(at).map(|code| code.code.as_str()).ok_or("the plan has no such code");
        let old = act.old().client("the old release", Form::Old);
        let (clients, during, before) = match mode {
            _ if act.is_unseen() => {
                (vec![old], [vec![0], vec![0], vec![0]], [vec![vec![0]], vec![vec![0]], vec![vec![0]]])
            }
            DualWrite::Application => (
                vec![
                    old,
                    Client::of_code("the release that writes both and reads the old form", Form::Old, code(0)?)?,
                    Client::of_code("the release that writes both and reads the new form", Form::New, code(1)?)?,
                    Client::of_code("the new release", Form::New, code(2)?)?,
                ],
                [vec![0], vec![1], vec![3]],
                [vec![vec![0]], vec![vec![0, 1]], vec![vec![1, 2], vec![2, 3]]],
            ),
            DualWrite::Trigger => (
                vec![old, Client::of_code("the new release", Form::New, code(0)?)?],
                [vec![0], vec![0, 1], vec![1]],
                [vec![vec![0]], vec![vec![0, 1]], vec![vec![0, 1]]],
            ),
        };
        let random = std::sync::atomic::AtomicU64::new(seed * 7919 + 1);
        Ok(Self { act, plan, clients, during, before, filled: AtomicBool::new(false), random })
    }

    fn any(&self, below: usize) -> usize {
        let next =
            |seed: u64| Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        let seed = self.random.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).unwrap_or_default();
        (seed >> 33) as usize % below
    }

    fn run(&self, place: &Place) -> Result<(), String> {
        let database = place.database();
        let mut stepping = Session::open(&database);
        let mut writing = Session::open(&database);
        stepping.run(self.act.before)?;
        let old = self.act.old().client("the old release", Form::Old);
        let others: String = OTHERS
            .map(|key| {
                format!("{};\n", filled(&old.insert, key, self.act.values[key as usize % self.act.values.len()].0))
            })
            .collect();
        writing.run(&format!("BEGIN;\n{others}COMMIT"))?;
        let mut model: Model = OTHERS.map(|key| (key, key as usize % self.act.values.len())).collect();
        let mut begun: Option<PhaseName> = None;
        for phase in &self.plan.phases {
            let at = at(phase.name);
            let first = begun.map_or(0, |begun| self::at(begun) + 1);
            for group in self.before[first..=at].iter().flatten() {
                self.in_turn(&mut writing, group, &mut model)?;
            }
            begun = Some(phase.name);
            let clients = &self.during[at];
            for step in phase.steps.iter().filter(|step| step.is_migration()) {
                self.at_once(&database, &mut stepping, step, clients, &mut model)
                    .map_err(|error| format!("at {} ({}): {error}", step.id, step.title))?;
                self.in_turn(&mut writing, clients, &mut model)
                    .map_err(|error| format!("after {} ({}): {error}", step.id, step.title))?;
            }
            self.filled.store(phase.name >= PhaseName::Migrate, Ordering::Release);
        }
        let last = self.clients.last().ok_or("no release")?;
        KEYS.chain(OTHERS).try_for_each(|key| self.found(&mut writing, last, key, &model))
    }

    /// Writes of releases in turn, each of which all of them read.
    fn in_turn(&self, session: &mut Session, clients: &[usize], model: &mut Model) -> Result<(), String> {
        for _ in 0..WRITES {
            let key = KEYS.start + self.any(KEYS.len()) as u32;
            let client = &self.clients[clients[self.any(clients.len())]];
            self.write(session, client, key, model)?;
            let readers = clients.iter().map(|at| &self.clients[*at]);
            for reader in readers.filter(|reader| reader.name == client.name || self.relies_on(reader.form)) {
                self.found(session, reader, key, model)
                    .map_err(|error| format!("{error}, written by {}", client.name))?;
            }
        }
        Ok(())
    }

    /// Runs a step while two connections write, each its own keys.
    fn at_once(
        &self,
        database: &Database,
        stepping: &mut Session,
        step: &Step,
        clients: &[usize],
        model: &mut Model,
    ) -> Result<(), String> {
        let ended = AtomicBool::new(false);
        let (mut models, mut rest) = ([Model::new(), Model::new()], Model::new());
        for (key, value) in &*model {
            if KEYS.contains(key) { &mut models[*key as usize % 2] } else { &mut rest }.insert(*key, *value);
        }
        let ran = std::thread::scope(|scope| {
            let writers: Vec<_> = models
                .iter_mut()
                .zip(0u32..)
                .map(|(model, half)| {
                    let client = &self.clients[clients[half as usize % clients.len()]];
                    let ended = &ended;
                    scope.spawn(move || {
                        let mut session = Session::open(database);
                        let mut writes = 0;
                        while writes < 3 || !ended.load(Ordering::Acquire) {
                            let key = KEYS.start + 2 * self.any(KEYS.len() / 2) as u32 + half;
                            let began = Instant::now();
                            self.write(&mut session, client, key, model)?;
                            let took = began.elapsed();
                            if took > LONGEST_WRITE {
                                return Err(format!("{} waits for {took:?}", client.name));
                            }
                            self.found(&mut session, client, key, model)?;
                            writes += 1;
                        }
                        Ok(())
                    })
                })
                .collect();
            let ran = tried(stepping, step);
            ended.store(true, Ordering::Release);
            writers.into_iter().fold(ran, |ran, writer| ran.and(writer.join().unwrap()))
        });
        *model = models.into_iter().flatten().chain(rest).collect();
        ran
    }

    fn relies_on(&self, form: Form) -> bool {
        form == Form::Old || self.filled.load(Ordering::Acquire)
    }

    /// One write: a row is added, changed or deleted.
    fn write(&self, session: &mut Session, client: &Client, key: u32, model: &mut Model) -> Result<(), String> {
        let mut value = self.any(self.act.values.len());
        // Where the new form is not filled, to write what it holds without being written changes nothing.
        if !self.relies_on(client.form) {
            let held = |value: usize| self.act.values[value].1.iter().all(|v| v.is_none() || *v == self.act.default);
            value = (value..).map(|value| value % self.act.values.len()).find(|value| !held(*value)).unwrap();
        }
        let (is_there, deletes) = (model.contains_key(&key), self.any(4) == 0);
        let values = self.values(client.form, value);
        let sql = match (is_there, deletes) {
            (true, true) => format!("DELETE FROM users WHERE id = {key}"),
            (true, false) => filled(&client.update, key, values),
            (false, _) => filled(&client.insert, key, values),
        };
        again(|| session.run(&sql)).map_err(|error| format!("{} fails: {error}", client.name))?;
        if is_there && deletes {
            model.remove(&key);
        } else {
            model.insert(key, value);
        }
        Ok(())
    }

    /// A release reads what was written.
    fn found(&self, session: &mut Session, client: &Client, key: u32, model: &Model) -> Result<(), String> {
        let read = filled(&client.read, key, &[]);
        let found = again(|| session.rows(&read)).map_err(|error| format!("{} does not read: {error}", client.name))?;
        let joined = |value: &usize| {
            let values = self.values(client.form, *value).iter().map(|value| value.unwrap_or("NULL"));
            values.collect::<Vec<_>>().join("|")
        };
        let wanted: Vec<String> = model.get(&key).iter().map(|value| joined(value)).collect();
        if found == wanted {
            return Ok(());
        }
        Err(format!("{} finds {found:?} under {key}, not {wanted:?}", client.name))
    }

    fn values(&self, form: Form, value: usize) -> &'static [Option<&'static str>] {
        let (old, new) = self.act.values[value];
        if form == Form::Old { old } else { new }
    }
}

fn at(phase: PhaseName) -> usize {
    PhaseName::ALL.iter().position(|other| *other == phase).unwrap_or_default()
}

/// Does it again where it met a lock: an application does so.
fn again<T>(mut attempt: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    const LOCKED: [&str; 4] = ["1205 (", "1213 (", "is locked", "1020 ("];

    let mut tries = 0;
    loop {
        match attempt() {
            Err(error) if tries < TRIES && LOCKED.iter().any(|locked| error.contains(locked)) => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

/// Runs a step as the host does.
fn tried(session: &mut Session, step: &Step) -> Result<(), String> {
    let sql = step.up_sql();
    let sql = if step.transaction { format!("BEGIN IMMEDIATE;\n{sql}COMMIT;") } else { sql };
    again(|| {
        session.run(&sql).inspect_err(|_| {
            let _ = session.run("ROLLBACK");
        })
    })
}
