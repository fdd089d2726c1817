//! The states of earlier checks in the middle of the history, to begin at.
//!
//! They stand at distances from the end of the history that grow by [`STEP`]: development happens at the end, and an
//! edit costs at most so many times the migrations behind it. A state is good for every history that begins with the
//! migrations before it.

use crate::cache::{Cache, Entry, Label};
use crate::digest::Key;

/// By how much each state is further from the end than the one before.
const STEP: usize = 4;

/// The most states that are kept.
const MOST: usize = 8;

pub(crate) struct States {
    /// By their distance from the end.
    entries: Vec<Entry>,
    /// What stands for the migrations before each one.
    before: Vec<Key>,
}

impl States {
    pub(crate) fn new(cache: &Cache, name: &str, before: Vec<Key>) -> Self {
        Self { entries: (0..MOST).map(|at| cache.entry(format_args!("{name}{at}"))).collect(), before }
    }

    /// Before which migrations states are wanted, by their indexes.
    pub(crate) fn wanted(&self) -> Vec<usize> {
        let mut wanted: Vec<usize> = (0..MOST).filter_map(|at| self.index(at)).filter(|index| *index > 0).collect();
        wanted.reverse();
        wanted
    }

    /// The states that this history can begin at, the latest first, by the index of the next migration.
    pub(crate) fn usable(&self) -> impl Iterator<Item = (usize, Vec<u8>)> {
        let mut found: Vec<(usize, &Entry)> = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.number(&|number| self.label(number))?, entry)))
            .collect();
        found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        found.into_iter().filter_map(|(number, entry)| Some((number, entry.read(self.label(number)?)?)))
    }

    /// Keeps the state before a wanted migration.
    pub(crate) fn keep(&self, index: usize, state: &[u8]) {
        let at = (0..MOST).find(|at| self.index(*at) == Some(index));
        let (Some(at), Some(label)) = (at, self.label(index)) else { return };
        self.make_room(at);
        if let Some(entry) = self.entries.get(at) {
            entry.write(label, state);
        }
    }

    /// Moves a state that is still good one place on, if the one there is not, or has come too far from the end.
    fn make_room(&self, at: usize) {
        let distance = |at: usize| {
            let number = self.entries.get(at)?.number(&|number| self.label(number))?;
            Some(self.before.len() - number)
        };
        let too_far = u32::try_from(at + 2).ok().and_then(|at| STEP.checked_pow(at)).unwrap_or(usize::MAX);
        if let (Some(here), Some(next)) = (self.entries.get(at), self.entries.get(at + 1))
            && distance(at).is_some()
            && distance(at + 1).is_none_or(|distance| distance >= too_far)
        {
            self.make_room(at + 1);
            here.move_to(next);
        }
    }

    /// The index of the migration before which the state of a place is wanted.
    fn index(&self, at: usize) -> Option<usize> {
        self.before.len().checked_sub(STEP.checked_pow(u32::try_from(at).ok()?)?)
    }

    fn label(&self, index: usize) -> Option<Label> {
        Some(Label { number: index, key: *self.before.get(index)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    /// The states of a history in which a number stands for each migration.
    fn states(cache: &Cache, history: &[usize]) -> States {
        let mut digest = Digest::new();
        let mut before = Vec::new();
        for migration in history {
            before.push(digest.key());
            digest.bytes(&migration.to_le_bytes());
        }
        States::new(cache, "test", before)
    }

    /// How many migrations a build of a history judges.
    fn build(cache: &Cache, history: &[usize]) -> usize {
        let states = states(cache, history);
        let state = |index: usize| format!("{:?}", &history[..index]).into_bytes();
        let first = states.usable().next().map_or(0, |(index, kept)| {
            assert!(kept == state(index), "a state is of the migrations before it");
            index
        });
        states.wanted().into_iter().filter(|index| *index > first).for_each(|index| states.keep(index, &state(index)));
        history.len() - first
    }

    #[test]
    fn an_edit_costs_what_stands_behind_it() {
        let dir = std::env::temp_dir().join(format!("migrate-safety-states-{}", std::process::id()));
        let cache = Cache::in_directory(dir.clone());
        let mut history = vec![0];
        assert_eq!(build(&cache, &history), 1);
        for number in 1..300 {
            history.push(number);
            assert!(build(&cache, &history) <= 2, "one migration more");
            history[number] = number + 1000;
            assert_eq!(build(&cache, &history), 1, "the last one edited");
        }
        for (round, distance) in [1, 2, 7, 3, 20, 70, 5, 150, 1, 30].into_iter().enumerate() {
            let at = history.len() - distance;
            history[at] = 10_000 + round;
            let judged = build(&cache, &history);
            assert!((distance..=distance * STEP * STEP).contains(&judged), "{distance} from the end: {judged} judged");
        }
        assert!(std::fs::read_dir(&dir).unwrap().count() <= MOST);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
