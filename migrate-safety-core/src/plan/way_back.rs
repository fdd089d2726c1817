//! The way back from a step, found by comparing the schema before and after it.

use super::state::State;
use crate::catalog::diff::{Closeness, diff};

/// How often the schemas are compared: what is made anew can lack what only then can be seen (its comments).
const ROUNDS: usize = 4;

/// Statements that make `after` what `before` is, in an order in which the server takes them.
pub(super) fn way_back(before: &State, after: &State) -> Vec<String> {
    let mut state = after.clone();
    let mut done = Vec::new();
    for _ in 0..ROUNDS {
        let differences = diff(&before.catalog, &state.catalog, Closeness::Meaning);
        let mut waiting: Vec<String> = differences.into_iter().flat_map(|difference| difference.sql).collect();
        if waiting.is_empty() {
            break;
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
            // The rest depends on what cannot be undone; the proof of the plan will say so.
            if waiting.len() == count {
                return done;
            }
        }
    }
    done
}
