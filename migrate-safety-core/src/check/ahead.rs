//! Texts are read ahead of their replay: on a thread of their own, and several at a time even without one, since
//! neither the code that reads nor the code that judges fits into a processor's cache beside the other.

use crate::dialect::Target;
use crate::layout::Migration;
use crate::sql::{Script, parse};
use std::sync::mpsc::sync_channel;
use std::thread;

/// How many bytes of text are read at a time, at least.
const AT_A_TIME: usize = 16 * 1024;

/// How many such portions may wait for their replay.
const WAITING: usize = 4;

/// The statements of a migration.
pub(super) struct Read {
    pub(super) up: Script,
    /// Those of the way back, if they are wanted.
    pub(super) down: Option<Script>,
}

impl Read {
    pub(super) fn of(migration: &Migration, target: Target, with_down: bool) -> Self {
        let down = migration.down.as_ref().filter(|_| with_down);
        Self { up: parse(target, &migration.up.text), down: down.map(|down| parse(target, &down.text)) }
    }
}

/// Gives each migration and its statements to `take`, in order.
pub(super) fn read_in_order<'m>(
    migrations: &'m [Migration],
    target: Target,
    with_down: &(dyn Fn(&Migration) -> bool + Sync),
    mut take: impl FnMut(&'m Migration, Read),
) {
    let read = |portion: &[Migration]| -> Vec<Read> {
        portion.iter().map(|migration| Read::of(migration, target, with_down(migration))).collect()
    };
    let mut take_all = |portion: &'m [Migration], read: Vec<Read>| {
        portion.iter().zip(read).for_each(|(migration, read)| take(migration, read));
    };
    let portions = portions(migrations);
    if let [portion] = portions[..] {
        return take_all(portion, read(portion));
    }
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        let (read, to_read) = (&read, portions.clone());
        let reader = move || to_read.into_iter().try_for_each(|portion| sender.send(read(portion)));
        // Where there are no threads, nobody sends.
        let _ = thread::Builder::new().spawn_scoped(scope, reader);
        for portion in portions {
            take_all(portion, receiver.recv().unwrap_or_else(|_| read(portion)));
        }
    });
}

fn portions(migrations: &[Migration]) -> Vec<&[Migration]> {
    let mut portions = Vec::new();
    let (mut rest, mut taken, mut bytes) = (migrations, 0, 0);
    while let Some(migration) = rest.get(taken) {
        taken += 1;
        bytes += migration.up.text.len() + migration.down.as_ref().map_or(0, |down| down.text.len());
        if bytes >= AT_A_TIME {
            let (portion, left) = rest.split_at(taken);
            portions.push(portion);
            (rest, taken, bytes) = (left, 0, 0);
        }
    }
    portions.extend(Some(rest).filter(|rest| !rest.is_empty()));
    portions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Layout, MigrationSet};

    #[test]
    fn each_comes_once_and_in_order_with_its_own_statements() {
        for count in [0, 1, 3, 500] {
            let mut set = MigrationSet { layout: Layout::Sqlx, ..MigrationSet::default() };
            for number in 1..=count {
                let text = format!("SELECT {number}; -- {}\n{}", "x".repeat(number), "SELECT 1;".repeat(number % 7));
                set.append(MigrationSet::from_text(format!("{number}_a.sql"), text, Layout::Sqlx));
            }
            let mut seen = Vec::new();
            read_in_order(&set.migrations, Target::default(), &|_| true, |migration, read| {
                seen.push((migration.id.clone(), read.up.statements.len(), read.down.is_some()));
            });
            let wanted: Vec<_> = (1..=count).map(|number| (number.to_string(), 1 + number % 7, false)).collect();
            assert_eq!(seen, wanted);
        }
    }
}
