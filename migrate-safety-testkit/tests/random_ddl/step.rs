//! One step of a random history: numbers that choose a statement from what the schema has.

use proptest::prelude::*;

/// How many choices a statement may make; more begin again.
const CHOICES: usize = 16;

/// What proptest makes and shrinks.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) kind: u16,
    pub(crate) choices: [u16; CHOICES],
}

pub(crate) fn steps(count: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<u16>(), any::<[u16; CHOICES]>()).prop_map(|(kind, choices)| Step { kind, choices });
    prop::collection::vec(step, count)
}

/// The choices of a step, taken one after the other.
#[derive(Debug)]
pub(crate) struct Choices<'s> {
    step: &'s Step,
    taken: usize,
}

impl<'s> Choices<'s> {
    pub(crate) fn new(step: &'s Step) -> Self {
        Self { step, taken: 0 }
    }

    /// Below `count`; 0 if there is nothing to choose from.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let choice = usize::from(self.step.choices[self.taken % CHOICES]);
        self.taken += 1;
        // A second round must not repeat the first.
        let choice = choice.wrapping_mul(1 + 2 * (self.taken / CHOICES));
        if count == 0 { 0 } else { choice % count }
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        let at = self.below(all.len());
        all.get(at).copied()
    }

    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.one_of(words).unwrap_or_default()
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
