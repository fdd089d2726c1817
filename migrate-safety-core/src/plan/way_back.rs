//! The way back from a step, found by comparing the schema before and after it.

use super::desired::{follow, told, unblocked};
use super::state::State;
use crate::catalog::diff::{Change, Closeness, Difference, ObjectKind, diff};

/// How often the schemas are compared: what is made anew can lack what only then can be seen (its comments).
const ROUNDS: usize = 8;

/// Statements that make `after` what `before` is, in an order in which the server takes them.
pub(super) fn way_back(before: &State, after: &State) -> Vec<String> {
    let mut state = after.clone();
    let mut done = Vec::new();
    let mut last: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        let differences = diff(&before.catalog, &state.catalog, Closeness::Meaning);
        if round == 0 && may_be_renamed(&differences) {
            for sql in follow(&state.catalog, &before.catalog) {
                if let Some(next) = state.attempt(&sql) {
                    state = next;
                    done.push(sql);
                }
            }
            if !done.is_empty() {
                continue;
            }
        }
        let mut waiting: Vec<String> =
            differences.iter().flat_map(|difference| difference.sql.iter().cloned()).collect();
        if waiting.is_empty() {
            break;
        }
        let before_round = done.len();
        // What leaves the same differences helps nobody.
        let told = told(&differences);
        if told == last {
            waiting.clear();
        }
        while !waiting.is_empty() {
            let count = waiting.len();
            waiting.retain(|sql| match state.attempt(sql) {
                Some(next) => {
                    state = next;
                    done.push(sql.clone());
                    false
                }
                None => true,
            });
            if waiting.len() == count {
                break;
            }
        }
        // What does not help depends on what cannot be undone; the proof of the plan will say so.
        if done.len() == before_round && !unblocked(&mut state, &before.catalog, &differences, &mut done) {
            return done;
        }
        last = told;
    }
    done
}

/// Whether something that goes by a name of its own, and is costly to make anew, is gone and something of its kind is new.
fn may_be_renamed(differences: &[Difference]) -> bool {
    let has = |change: Change, kind: ObjectKind| differences.iter().any(|d| d.change == change && d.kind == kind);
    let kinds = [ObjectKind::Constraint, ObjectKind::Index, ObjectKind::Sequence];
    kinds.into_iter().any(|kind| has(Change::Missing, kind) && has(Change::Extra, kind))
}
