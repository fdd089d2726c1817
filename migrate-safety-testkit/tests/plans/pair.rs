//! A schema, and the one that it is to become.

use std::fs;
use std::path::{Path, PathBuf};

/// A schema, and the one that it is to become.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) old: String,
    pub(crate) new: String,
    /// What is said about names: `users.name=full_name`.
    pub(crate) renames: Vec<(String, String)>,
    /// What is said to be dropped: `users.name`.
    pub(crate) drops: Vec<String>,
    /// Whether rows that are made up keep it from being reached.
    pub(crate) rows_forbid: bool,
    /// Some of it has to be done in a maintenance window, with this in the reason.
    pub(crate) window: Option<String>,
    /// It has to be refused, with this in the reason.
    pub(crate) refused: Option<String>,
    /// Whether everything that is asked about has been dropped: a history does not say what got another name.
    pub(crate) drops_all: bool,
}

impl Pair {
    /// The way back.
    fn backwards(self) -> Self {
        let renames = self.renames.iter().map(|(from, to)| renamed_back(from, to));
        Self {
            name: format!("{}, backwards", self.name),
            renames: renames.collect(),
            old: self.new,
            new: self.old,
            drops_all: true,
            ..Self::default()
        }
    }
}

/// The hint for the way back: `users.username=user_name` for `users.user_name=username`.
fn renamed_back(from: &str, to: &str) -> (String, String) {
    match (from.rsplit_once('.'), to.contains('.')) {
        (Some((table, column)), false) => (format!("{table}.{to}"), column.to_owned()),
        (None, true) => (to.to_owned(), format!("public.{from}")),
        _ => (to.to_owned(), from.to_owned()),
    }
}

/// The pairs below a path: of a file of pairs, or of a directory with the states of a schema in the order of their
/// names; then each becomes the one `stride` further on. A negative one takes the pairs of a file backwards.
pub(crate) fn at(path: &Path, stride: isize) -> Result<Vec<Pair>, String> {
    let read = |path: &Path| {
        fs::read_to_string(path).map(|text| plain(&text)).map_err(|error| format!("{}: {error}", path.display()))
    };
    if !path.is_dir() {
        let pairs = parse(&read(path)?);
        return Ok(if stride < 0 { pairs.into_iter().map(Pair::backwards).collect() } else { pairs });
    }
    let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut states: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    states.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    states.sort();
    let other = |at: usize| at.checked_add_signed(stride).and_then(|other| states.get(other));
    let pairs = states.iter().enumerate().filter_map(|(at, state)| Some((state, other(at)?)));
    let pair = |(old, new): (&PathBuf, &PathBuf)| {
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let directory = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Pair {
            name: format!("{directory} {} to {}", stem(old), stem(new)),
            old: read(old)?,
            new: read(new)?,
            drops_all: true,
            ..Pair::default()
        })
    };
    pairs.map(pair).collect()
}

/// Pairs in one text: `-- pair: name`, the old schema, `-- to`, the new one. Lines behind the name say more:
/// `-- rename: a=b`, `-- drop: a`, `-- window: why`, `-- refused: why`, `-- rows forbid it`.
pub(crate) fn parse(text: &str) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut is_new = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("-- pair: ") {
            pairs.push(Pair { name: name.to_owned(), ..Pair::default() });
            is_new = false;
            continue;
        }
        let Some(pair) = pairs.last_mut() else { continue };
        if line == "-- to" {
            is_new = true;
        } else if line == "-- rows forbid it" {
            pair.rows_forbid = true;
        } else if let Some((from, to)) = line.strip_prefix("-- rename: ").and_then(|hint| hint.split_once('=')) {
            pair.renames.push((from.to_owned(), to.to_owned()));
        } else if let Some(name) = line.strip_prefix("-- drop: ") {
            pair.drops.push(name.to_owned());
        } else if let Some(why) = line.strip_prefix("-- window: ") {
            pair.window = Some(why.to_owned());
        } else if let Some(why) = line.strip_prefix("-- refused: ") {
            pair.refused = Some(why.to_owned());
        } else {
            let schema = if is_new { &mut pair.new } else { &mut pair.old };
            schema.push_str(line);
            schema.push('\n');
        }
    }
    pairs
}

/// A dump without what is for `psql` alone.
fn plain(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with('\\')).flat_map(|line| [line, "\n"]).collect()
}
