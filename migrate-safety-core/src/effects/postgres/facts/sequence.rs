//! `ALTER SEQUENCE` with options.

use crate::effects::fact::{Act, Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::scene::Scene;
use crate::sql::{LockMode, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[Fact {
    id: "alter-sequence",
    of: &[Kind::AlterSequence],
    condition: "any option: RESTART, AS, OWNED BY …",
    acts: &[Act::lock(altered, LockMode::ShareRowExclusive)],
    examples: &[
        Example { setup: SEQUENCE, sql: "ALTER SEQUENCE s RESTART" },
        Example { setup: SEQUENCE, sql: "ALTER SEQUENCE s OWNED BY t.id" },
        Example { setup: SEQUENCE, sql: "ALTER SEQUENCE s AS int" },
        Example { setup: SEQUENCE, sql: "ALTER SEQUENCE IF EXISTS nope RESTART" },
    ],
    ..Fact::BASE
}];

const SEQUENCE: &str = "CREATE TABLE t (id int); CREATE SEQUENCE s";

fn altered(scene: &Scene<'_>) -> Vec<crate::catalog::RelationId> {
    let Operation::AlterSequence { name, .. } = scene.operation else { return Vec::new() };
    scene.relation(name).into_iter().collect()
}
