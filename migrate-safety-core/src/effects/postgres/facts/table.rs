//! `ALTER TABLE` for the table as a whole: storage, inheritance, triggers, row security, replication.

use crate::catalog::{Relation, RelationId, RelationKind, Table};
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::on::{self, index_named, is_partitioned};
use crate::effects::scene::Scene;
use crate::effects::{Effects, Failure};
use crate::sql::LockMode::{AccessExclusive, Share, ShareRowExclusive, ShareUpdateExclusive};
use crate::sql::operation::{Persistence, RelationWord, ReplicaIdentity, TableAction, TriggerName};
use crate::sql::{Ident, Operation};

const T: &str = "CREATE TABLE t (id serial PRIMARY KEY, a int);";
const P: &str =
    "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);";

/// The facts about tables as a whole.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "table/options",
        of: &[Kind::SetOptions],
        condition: "storage parameters that do not change how rows are read",
        when: |scene| !has_strong_option(scene),
        acts: &[Act::lock(on::target, ShareUpdateExclusive)],
        source: "docs, ALTER TABLE: storage parameters need a SHARE UPDATE EXCLUSIVE lock",
        examples: &[
            Example::new(T, "ALTER TABLE t SET (fillfactor = 70, autovacuum_enabled = off)"),
            Example::new(T, "ALTER TABLE t RESET (fillfactor)"),
            Example::new(T, "ALTER INDEX t_pkey SET (fillfactor = 70)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "table/strong-options",
        of: &[Kind::SetOptions],
        condition: "options of views, `user_catalog_table`, and those of GIN, GiST and BRIN indexes",
        when: has_strong_option,
        acts: &[Act::lock(on::target, AccessExclusive)],
        source: "reloptions of the server, measured, PG 14-18",
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER VIEW v SET (security_barrier = true)"),
            Example::new(T, "ALTER TABLE t SET (user_catalog_table = true)"),
            Example::new(
                "CREATE TABLE t (a int[]); CREATE INDEX i ON t USING gin (a)",
                "ALTER INDEX i SET (fastupdate = off)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "table/cluster-on",
        of: &[Kind::ClusterOn, Kind::SetWithoutCluster],
        acts: &[
            Act::lock(on::target, ShareUpdateExclusive),
            Act::lock_as_target(clustered_index, ShareUpdateExclusive),
        ],
        source: "docs, ALTER TABLE: CLUSTER ON acquires a SHARE UPDATE EXCLUSIVE lock",
        examples: &[
            Example::new(T, "ALTER TABLE t CLUSTER ON t_pkey"),
            Example::new(T, "ALTER TABLE t SET WITHOUT CLUSTER"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "table/strongest",
        of: &[
            Kind::SetOids,
            Kind::OfType,
            Kind::NotOf,
            Kind::SetRule,
            Kind::RowSecurity,
            Kind::ForceRowSecurity,
            Kind::ReplicaIdentity,
            Kind::Inherit,
            Kind::NoInherit,
            Kind::SetLogged,
            Kind::SetTablespace,
            Kind::SetAccessMethod,
            Kind::TableOptions,
            Kind::OpaqueAction,
        ],
        acts: &[Act::lock(on::target, AccessExclusive)],
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[
            Example::new(T, "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
            Example::new(T, "ALTER TABLE t NO FORCE ROW LEVEL SECURITY"),
            Example::new(T, "ALTER TABLE t REPLICA IDENTITY FULL"),
            Example::new(T, "ALTER TABLE t SET WITHOUT OIDS"),
            Example::new(T, "ALTER TABLE t SET LOGGED"),
            Example::new(T, "ALTER TABLE t SET TABLESPACE pg_default"),
            Example::new("CREATE TYPE y AS (a int); CREATE TABLE t (a int)", "ALTER TABLE t OF y"),
            Example::new("CREATE TYPE y AS (a int); CREATE TABLE t OF y", "ALTER TABLE t NOT OF"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "table/opaque",
        of: &[Kind::OpaqueAction],
        condition: "not understood",
        also: |scene, effects| {
            if let Some(TableAction::Opaque { sql }) = scene.action() {
                effects.uncertain.push(format!("What does `{sql}` do?"));
            }
        },
        source: "none: it is taken to need the strongest lock",
        ..Fact::BASE
    },
    Fact {
        id: "table/inherit",
        of: &[Kind::Inherit],
        acts: &[Act::lock(new_parent, ShareUpdateExclusive)],
        examples: &[Example::new("CREATE TABLE p (id int); CREATE TABLE c (id int)", "ALTER TABLE c INHERIT p")],
        ..Fact::BASE
    },
    Fact {
        id: "table/no-inherit",
        of: &[Kind::NoInherit],
        examples: &[Example::new(
            "CREATE TABLE p (id int); CREATE TABLE c () INHERITS (p)",
            "ALTER TABLE c NO INHERIT p",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "table/replica-identity-index",
        of: &[Kind::ReplicaIdentity],
        condition: "USING INDEX",
        acts: &[Act::lock(identity_index, Share)],
        examples: &[Example::new(T, "ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey")],
        ..Fact::BASE
    },
    Fact {
        id: "table/logged",
        of: &[Kind::SetLogged],
        condition: "it changes",
        when: logging_changes,
        acts: &[Act::work(on::target, AccessExclusive, Work::Rewrite)],
        also: unlogged_references,
        source: "docs, ALTER TABLE: SET LOGGED and SET UNLOGGED rewrite the table",
        examples: &[
            Example::new(T, "ALTER TABLE t SET UNLOGGED"),
            Example::new("CREATE UNLOGGED TABLE t (id int PRIMARY KEY)", "ALTER TABLE t SET LOGGED"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "table/logged-sequences",
        of: &[Kind::SetLogged],
        condition: "it changes, and columns own sequences",
        when: logging_changes,
        acts: &[Act::lock(on::owned_sequences, AccessExclusive)],
        since: 15,
        source: "measured, PG 15-18",
        examples: &[Example::new(T, "ALTER TABLE t SET UNLOGGED")],
        ..Fact::BASE
    },
    Fact {
        id: "table/tablespace",
        of: &[Kind::SetTablespace],
        condition: "it changes",
        when: tablespace_changes,
        acts: &[
            Act::work(moved_table, AccessExclusive, Work::Move),
            Act::work(moved_index, AccessExclusive, Work::RebuildIndex),
        ],
        source: "docs, ALTER TABLE: SET TABLESPACE moves the data files; indexes are not moved",
        examples: &[Example::new(
            "SET allow_in_place_tablespaces = on; CREATE TABLESPACE other LOCATION ''; CREATE TABLE t (id int PRIMARY KEY)",
            "ALTER TABLE t SET TABLESPACE other",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "table/all-in-tablespace",
        of: &[Kind::MoveAllInTablespace],
        acts: &[
            Act::work(all_in_tablespace, AccessExclusive, Work::Move),
            Act::work(indexes_in_tablespace, AccessExclusive, Work::RebuildIndex),
        ],
        source: "docs, ALTER TABLE: ALL IN TABLESPACE locks all tables to be moved first",
        examples: &[Example::new(
            "SET allow_in_place_tablespaces = on; CREATE TABLESPACE one LOCATION ''; CREATE TABLESPACE two LOCATION ''; CREATE TABLE t (id int PRIMARY KEY) TABLESPACE one; CREATE TABLE u (id int)",
            "ALTER TABLE ALL IN TABLESPACE one SET TABLESPACE two",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "table/access-method",
        of: &[Kind::SetAccessMethod],
        condition: "it changes",
        when: access_method_changes,
        acts: &[Act::work(on::target, AccessExclusive, Work::Rewrite)],
        since: 15,
        source: "docs, ALTER TABLE: SET ACCESS METHOD rewrites the table",
        examples: &[Example::new(
            "CREATE TABLE t (id int PRIMARY KEY); CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler",
            "ALTER TABLE t SET ACCESS METHOD heap2",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "table/trigger",
        of: &[Kind::SetTrigger],
        acts: &[Act::lock(on::target, ShareRowExclusive)],
        source: "docs, ALTER TABLE: ENABLE and DISABLE TRIGGER acquire a SHARE ROW EXCLUSIVE lock",
        examples: &[Example::new(T, "ALTER TABLE t DISABLE TRIGGER ALL")],
        ..Fact::BASE
    },
    Fact {
        id: "table/trigger-of-partitions",
        of: &[Kind::SetTrigger],
        condition: "a row trigger of a partitioned table, which its partitions have, too",
        when: |scene| on::recurses(scene) && is_partitioned(scene) && names_row_trigger(scene),
        acts: &[Act::lock_as_target(on::tree, ShareRowExclusive)],
        examples: &[
            Example::new(
                "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int REFERENCES r) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "ALTER TABLE p DISABLE TRIGGER ALL",
            ),
            Example::new(P, "ALTER TABLE p DISABLE TRIGGER USER"),
        ],
        ..Fact::BASE
    },
];

/// The lock level of each option is part of its definition (`src/backend/access/common/reloptions.c`).
const STRONG_OPTIONS: &[&str] = &[
    "user_catalog_table",
    "fastupdate",
    "gin_pending_list_limit",
    "buffering",
    "pages_per_range",
    "autosummarize",
    "security_barrier",
    "security_invoker",
    "check_option",
];

fn has_strong_option(scene: &Scene<'_>) -> bool {
    let Some(TableAction::SetOptions { options }) = scene.action() else { return false };
    options.iter().any(|(name, _)| STRONG_OPTIONS.contains(&&*name.to_ascii_lowercase()))
}

fn clustered_index(scene: &Scene<'_>) -> Vec<RelationId> {
    match scene.action() {
        Some(TableAction::ClusterOn { index }) => index_named(scene, index).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn identity_index(scene: &Scene<'_>) -> Vec<RelationId> {
    match scene.action() {
        Some(TableAction::ReplicaIdentity(ReplicaIdentity::Index(index))) => {
            index_named(scene, index).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn new_parent(scene: &Scene<'_>) -> Vec<RelationId> {
    match scene.action() {
        Some(TableAction::Inherit { parent }) => scene.relation(parent).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn logging_changes(scene: &Scene<'_>) -> bool {
    let Some(TableAction::SetLogged { logged }) = scene.action() else { return false };
    let wanted = if *logged { Persistence::Permanent } else { Persistence::Unlogged };
    match scene.target().map(|relation| &relation.kind) {
        // Whoever writes SET LOGGED has an unlogged table.
        Some(RelationKind::Table(_)) if scene.target().is_some_and(|target| target.unknown) => true,
        Some(RelationKind::Table(table)) => table.persistence != wanted && !table.is_partitioned(),
        Some(RelationKind::Sequence(sequence)) => sequence.persistence != wanted,
        _ => false,
    }
}

/// A logged table cannot reference an unlogged one.
fn unlogged_references(scene: &Scene<'_>, effects: &mut Effects) {
    let (Some(TableAction::SetLogged { logged }), Some(target)) = (scene.action(), scene.target()) else { return };
    let persistence = |id| scene.catalog.table(id).map(|table: &Table| table.persistence);
    let name = |id| scene.catalog.relation(id).map(|relation: &Relation| relation.name.to_string()).unwrap_or_default();
    let message = if *logged {
        let keys = scene.catalog.foreign_keys_from(target.id);
        let other = keys
            .iter()
            .map(|key| key.key.table)
            .find(|id| *id != target.id && persistence(*id) == Some(Persistence::Unlogged));
        other.map(|id| {
            format!(
                "could not change table \"{}\" to logged because it references unlogged table \"{}\"",
                target.name,
                name(id)
            )
        })
    } else {
        let keys = scene.catalog.foreign_keys_to(target.id);
        let other = keys
            .iter()
            .map(|key| key.from)
            .find(|id| *id != target.id && persistence(*id) == Some(Persistence::Permanent));
        other.map(|id| {
            format!(
                "could not change table \"{}\" to unlogged because it references logged table \"{}\"",
                target.name,
                name(id)
            )
        })
    };
    effects.failures.extend(message.map(|message| Failure { sqlstate: "42P16", message, only_with_rows: false }));
}

/// The tablespace of a relation with a file; the default one has no name here.
fn tablespace(relation: &Relation) -> Option<&Ident> {
    match &relation.kind {
        RelationKind::Table(table) => table.tablespace.as_ref(),
        RelationKind::Index(index) => index.tablespace.as_ref(),
        _ => None,
    }
}

fn is_default_tablespace(name: Option<&Ident>) -> bool {
    name.is_none_or(|name| *name == *"pg_default")
}

fn tablespace_changes(scene: &Scene<'_>) -> bool {
    let (Some(TableAction::SetTablespace { tablespace: to }), Some(target)) = (scene.action(), scene.target()) else {
        return false;
    };
    let from = tablespace(target);
    from != Some(to) && !(is_default_tablespace(from) && is_default_tablespace(Some(to)))
}

fn moved_table(scene: &Scene<'_>) -> Vec<RelationId> {
    scene.target().filter(|target| target.index().is_none()).map(|target| target.id).into_iter().collect()
}

fn moved_index(scene: &Scene<'_>) -> Vec<RelationId> {
    scene.target().filter(|target| target.index().is_some()).map(|target| target.id).into_iter().collect()
}

fn all_in_tablespace(scene: &Scene<'_>) -> Vec<RelationId> {
    in_tablespace(scene, |word, relation| match &relation.kind {
        RelationKind::Table(table) => word == RelationWord::Table && !table.is_partitioned() && !table.foreign,
        RelationKind::View(view) => word == RelationWord::MaterializedView && view.materialized,
        _ => false,
    })
}

fn indexes_in_tablespace(scene: &Scene<'_>) -> Vec<RelationId> {
    in_tablespace(scene, |word, relation| word == RelationWord::Index && relation.index().is_some())
}

fn in_tablespace(scene: &Scene<'_>, is_meant: fn(RelationWord, &Relation) -> bool) -> Vec<RelationId> {
    let Operation::MoveAllInTablespace { kind, from, to } = scene.operation else { return Vec::new() };
    if from == to {
        return Vec::new();
    }
    let is_there = |relation: &&Relation| {
        let own = tablespace(relation);
        is_meant(*kind, relation)
            && (own == Some(from) || (is_default_tablespace(own) && is_default_tablespace(Some(from))))
    };
    scene.catalog.relations().filter(is_there).map(|relation| relation.id).collect()
}

fn access_method_changes(scene: &Scene<'_>) -> bool {
    let (Some(TableAction::SetAccessMethod { method }), Some(table)) = (scene.action(), scene.target_table()) else {
        return false;
    };
    let name = |method: &Option<Ident>| method.as_ref().map_or("heap".to_owned(), ToString::to_string);
    !table.is_partitioned() && name(method) != name(&table.access_method)
}

/// Whether the triggers named include one for each row: also those of foreign keys, for `ALL`.
fn names_row_trigger(scene: &Scene<'_>) -> bool {
    let (Some(TableAction::SetTrigger { name, .. }), Some(target)) = (scene.action(), scene.target()) else {
        return false;
    };
    let own = target.table().map_or(&[][..], |table| &table.triggers);
    let own_row_trigger = own.iter().any(|trigger| trigger.for_each_row);
    match name {
        TriggerName::Named(name) => own.iter().any(|trigger| trigger.for_each_row && trigger.name == *name),
        TriggerName::User => own_row_trigger,
        TriggerName::All => {
            // Before 15 the triggers of foreign keys are made on partitions only.
            let keyed = scene.version() >= 15
                && !(scene.catalog.foreign_keys_from(target.id).is_empty()
                    && scene.catalog.foreign_keys_to(target.id).is_empty());
            own_row_trigger || keyed
        }
    }
}
