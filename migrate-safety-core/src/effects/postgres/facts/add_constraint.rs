//! `ALTER TABLE … ADD CONSTRAINT`.

use crate::catalog::RelationId;
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::constrained::{
    added, adopted_tables, builds_index, foreign_key, inheriting_tables, is_check, is_not_null, key_needs_proof,
    keyed_tables, unique, verified_tables,
};
use crate::effects::postgres::foreign_key::{is_checked, own_keys, referenced_tables, scanned_tables};
use crate::effects::postgres::on::{self, is_partitioned};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, Effects};
use crate::sql::LockMode::{AccessExclusive, Share, ShareRowExclusive, ShareUpdateExclusive};
use crate::sql::operation::ConstraintKind;

const T: &str = "CREATE TABLE t (id int NOT NULL, a int);";
const FK: &str = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int);";
const P: &str =
    "CREATE TABLE p (id int NOT NULL, a int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);";
const I: &str = "CREATE TABLE p (id int, a int); CREATE TABLE c () INHERITS (p);";

/// The facts about added constraints.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "add-constraint/target",
        of: &[Kind::AddConstraint],
        condition: "anything but a foreign key",
        when: |scene| foreign_key(scene).is_none(),
        acts: &[Act::lock(on::target, AccessExclusive)],
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[
            Example::new(T, "ALTER TABLE t ADD CHECK (a > 0) NOT VALID"),
            Example::new(T, "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/descendants",
        of: &[Kind::AddConstraint],
        condition: "the table has children or partitions",
        when: |scene| foreign_key(scene).is_none(),
        acts: &[Act::lock(on::tree, AccessExclusive)],
        since: 18,
        source: "measured, PG 18",
        examples: &[
            Example::new(I, "ALTER TABLE p ADD UNIQUE (a)"),
            Example::new(I, "ALTER TABLE p ADD CHECK (a > 0) NO INHERIT"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/check",
        of: &[Kind::AddConstraint],
        condition: "CHECK",
        when: is_check,
        acts: &[Act::lock(inheriting_tables, AccessExclusive), Act::work(verified_tables, AccessExclusive, Work::Scan)],
        examples: &[
            Example::new(T, "ALTER TABLE t ADD CHECK (a > 0)"),
            Example::new(P, "ALTER TABLE p ADD CHECK (a > 0)"),
            Example::new(P, "ALTER TABLE p ADD CHECK (a > 0) NOT VALID"),
            Example::new(I, "ALTER TABLE p ADD CHECK (a > 0)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/not-null",
        of: &[Kind::AddConstraint],
        condition: "NOT NULL",
        when: is_not_null,
        acts: &[Act::lock(inheriting_tables, AccessExclusive), Act::work(verified_tables, AccessExclusive, Work::Scan)],
        also: nulls_fail,
        since: 18,
        source: "measured, PG 18",
        examples: &[
            Example::new(T, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a"),
            Example::new(T, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID"),
            Example::new(P, "ALTER TABLE p ADD NOT NULL a"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/index",
        of: &[Kind::AddConstraint],
        condition: "UNIQUE, PRIMARY KEY or EXCLUDE: an index is built",
        when: builds_index,
        acts: &[Act::work(on::target, AccessExclusive, Work::Scan), Act::work(partitions, Share, Work::Scan)],
        examples: &[
            Example::new(T, "ALTER TABLE t ADD UNIQUE (a)"),
            Example::new(T, "ALTER TABLE t ADD PRIMARY KEY (id)"),
            Example::new(T, "ALTER TABLE t ADD EXCLUDE USING btree (id WITH =)"),
            Example::new(P, "ALTER TABLE p ADD UNIQUE (id, a)"),
            Example::new(I, "ALTER TABLE p ADD UNIQUE (a)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/primary-key-on-nullable",
        of: &[Kind::AddConstraint],
        condition: "PRIMARY KEY over columns that are not known to hold no NULL: they become NOT NULL below, too",
        when: |scene| unique(scene).is_some_and(|unique| unique.primary) && key_needs_proof(scene),
        acts: &[Act::work(on::tree, AccessExclusive, Work::Scan)],
        also: key_nulls_fail,
        examples: &[
            Example::new(T, "ALTER TABLE t ADD PRIMARY KEY (a)"),
            Example::new(P, "ALTER TABLE p ADD PRIMARY KEY (id, a)"),
            Example::new(I, "ALTER TABLE p ADD PRIMARY KEY (a)"),
            Example::new(
                "CREATE TABLE t (a int); CREATE UNIQUE INDEX u ON t (a)",
                "ALTER TABLE t ADD PRIMARY KEY USING INDEX u",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/primary-key-descendants",
        of: &[Kind::AddConstraint],
        condition: "PRIMARY KEY on a table that others inherit from, where its columns are set NOT NULL in any case",
        when: |scene| unique(scene).is_some_and(|unique| unique.primary) && !is_partitioned(scene),
        acts: &[Act::lock(on::tree, AccessExclusive)],
        until: 17,
        source: "measured, PG 14-17",
        examples: &[Example::new(
            "CREATE TABLE p (id int NOT NULL, a int); CREATE TABLE c () INHERITS (p)",
            "ALTER TABLE p ADD PRIMARY KEY (id)",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/using-index",
        of: &[Kind::AddConstraint],
        condition: "USING INDEX, and the constraint has another name, which the index gets",
        when: |scene| unique(scene).is_some_and(|unique| unique.using_index.is_some()),
        acts: &[Act::lock(renamed_index, ShareUpdateExclusive)],
        examples: &[
            Example::new(
                "CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX u ON t (a)",
                "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX u",
            ),
            Example::new(
                "CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX u ON t (a)",
                "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX u",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/foreign-key",
        of: &[Kind::AddConstraint],
        condition: "FOREIGN KEY",
        when: |scene| foreign_key(scene).is_some(),
        acts: &[Act::lock_as_target(keyed_tables, ShareRowExclusive), Act::lock(referenced, ShareRowExclusive)],
        source: "docs, ALTER TABLE: ADD FOREIGN KEY requires only a SHARE ROW EXCLUSIVE lock",
        examples: &[
            Example::new(FK, "ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT VALID"),
            Example::new(FK, "ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p NOT ENFORCED"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/foreign-key-descendants",
        of: &[Kind::AddConstraint],
        condition: "FOREIGN KEY on a table with children",
        when: |scene| foreign_key(scene).is_some(),
        acts: &[Act::lock_as_target(on::tree, ShareRowExclusive)],
        since: 18,
        source: "measured, PG 18",
        examples: &[Example::new(
            "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p)",
            "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES r",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/foreign-key-checked",
        of: &[Kind::AddConstraint],
        condition: "FOREIGN KEY, enforced and without NOT VALID",
        when: |scene| foreign_key(scene).is_some_and(|(c, _)| !c.not_valid && !c.not_enforced),
        acts: &[Act::scan(keyed_and_read), Act::scan(referenced_and_read)],
        examples: &[
            Example::new(FK, "ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p"),
            Example::new(
                "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int, a int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES r",
            ),
            Example::new(
                "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (p_id int); INSERT INTO p VALUES (1); INSERT INTO t VALUES (1)",
                "ALTER TABLE t ADD FOREIGN KEY (p_id) REFERENCES p",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-constraint/foreign-key-adopted",
        of: &[Kind::AddConstraint],
        condition: "FOREIGN KEY on a partitioned table of which a partition has the same key already",
        when: |scene| !adopted_tables(scene).is_empty(),
        acts: &[Act::lock(referenced, AccessExclusive)],
        examples: &[Example::new(
            "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int, a int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); ALTER TABLE p1 ADD FOREIGN KEY (a) REFERENCES r",
            "ALTER TABLE p ADD FOREIGN KEY (a) REFERENCES r",
        )],
        ..Fact::BASE
    },
];

fn referenced(scene: &Scene<'_>) -> Vec<RelationId> {
    foreign_key(scene).map(|(_, key)| referenced_tables(scene, &key.table)).unwrap_or_default()
}

fn referenced_and_read(scene: &Scene<'_>) -> Vec<RelationId> {
    // A key over a PERIOD is looked up row by row. Without rows on this side nothing is.
    let by_rows = foreign_key(scene).is_some_and(|(_, key)| key.period);
    if by_rows || keyed_and_read(scene).into_iter().all(|id| scene.is_empty(id)) {
        return Vec::new();
    }
    foreign_key(scene).map(|(_, key)| scanned_tables(scene, &key.table)).unwrap_or_default()
}

/// Keys that are taken over were checked before.
fn keyed_and_read(scene: &Scene<'_>) -> Vec<RelationId> {
    let mut adopted = adopted_tables(scene);
    adopted.retain(|id| has_checked_key(scene, *id));
    let is_read = |id: &RelationId| {
        !adopted.contains(id) && scene.catalog.table(*id).is_some_and(|table| !table.is_partitioned())
    };
    keyed_tables(scene).into_iter().filter(is_read).collect()
}

/// Whether all foreign keys of a table were checked; one that was not is when it is taken over (PostgreSQL 18).
fn has_checked_key(scene: &Scene<'_>, id: RelationId) -> bool {
    own_keys(scene.catalog, id).iter().all(|key| is_checked(key.constraint))
}

fn partitions(scene: &Scene<'_>) -> Vec<RelationId> {
    if is_partitioned(scene) { on::tree(scene) } else { Vec::new() }
}

fn renamed_index(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(index) = unique(scene).and_then(|unique| unique.using_index.as_ref()) else { return Vec::new() };
    let keeps_name = added(scene).and_then(|constraint| constraint.name.as_ref()).is_none_or(|name| name == index);
    if keeps_name { Vec::new() } else { on::index_named(scene, index).into_iter().collect() }
}

fn nulls_fail(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(ConstraintKind::NotNull { column }) = added(scene).map(|constraint| &constraint.kind) else { return };
    for id in inheriting_tables(scene) {
        let Some(found) = on::table_column(scene.catalog, id, column) else { continue };
        if found.column.not_null {
            continue;
        }
        if let Some(relation) = on::named(scene, id) {
            let column = Some((found.column.id, column.to_string()));
            effects.breaks.push(Breakage { relation, column, what: BreakageKind::NullsFail });
        }
    }
}

fn key_nulls_fail(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(unique) = unique(scene) else { return };
    let Some(target) = scene.target() else { return };
    for name in &unique.columns {
        let Some(found) = on::table_column(scene.catalog, target.id, name) else { continue };
        if let (false, Some(relation)) = (found.column.not_null, on::named(scene, target.id)) {
            let column = Some((found.column.id, name.to_string()));
            effects.breaks.push(Breakage { relation, column, what: BreakageKind::NullsFail });
        }
    }
}
