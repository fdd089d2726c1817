//! The types that a catalog is made of.

use super::{Codec, Reader, Writer, codec};
use crate::catalog::hints::Hints;
use crate::catalog::recent::Recent;
use crate::catalog::*;
use crate::dialect::{Dialect, Target};
use crate::sql::expr::{
    Cte, CteBody, Expr, Expression, Place, Query, RowLock, Select, SelectItem, TableRef, TableSource,
};
use crate::sql::operation::{
    ArgMode, FiringState, Generated, PartitionBound, PartitionStrategy, Persistence, PolicyClauses, ReferentialAction,
    ReplicaIdentity, RoutineBody, RoutineTraits, RuleText, TriggerDetails, TriggerEvents, TriggerTiming, Volatility,
};
use crate::sql::span::Position;
use crate::sql::{DataType, ObjectName, Span};

codec!(id RelationId, ColumnId, ConstraintId, TypeId, RoutineId);

codec!(struct Catalog {
    target, complete, search_path, schemas, relations, relation_names, types, type_names, routines, routine_names,
    constraint_names, hints, recent, readers, extensions, comments, bound_calls, rule_texts, others, statistics, collations,
    roles, unknown_names, check_bodies, own_operators, any_temporary, next_id,
});
codec!(struct Target { dialect, version, patch });
codec!(enum Dialect { 0 Postgres, 1 MySql, 2 MariaDb, 3 Sqlite });
codec!(struct Hints { column_types, sequence_users, guarded, triggered_from, routine_types, reading_routines });
codec!(struct Recent { migration, relations, referencing, enums });
codec!(struct Session { settings, local });
codec!(struct Stamp { migration, transaction, statement });
codec!(struct Position { offset, line, column });
codec!(struct Span { start, end });
codec!(struct ObjectName { schema, name });
codec!(struct DataType { schema, name, modifiers, array });

codec!(struct Relation { id, schema, name, created, unknown, kind, comment });
codec!(enum RelationKind { 0 Table(table), 1 Index(index), 2 View(view), 3 Sequence(sequence), 4 Composite });
codec!(struct Table {
    persistence, foreign, columns, last_column, constraints, indexes, sequences, referenced_by, partition_by,
    partition_of, inherits, children, detach_pending, triggers, rules, rule_reads, policies, row_security,
    force_row_security, replica_identity, options, tablespace, access_method, of_type, filled, emptied,
});
codec!(enum Persistence { 0 Permanent, 1 Unlogged, 2 Temporary });
codec!(struct Partitioning { strategy, key });
codec!(enum PartitionStrategy { 0 Range, 1 List, 2 Hash });
codec!(enum PartitionBound { 0 Default, 1 In(values), 2 Range { from, to }, 3 Hash { modulus, remainder } });
codec!(enum ReplicaIdentity { 0 Default, 1 Index(name), 2 Full, 3 Nothing });
codec!(struct Column {
    id, name, data_type, collation, not_null, default, generated, identity, sequence, storage, compression, created,
    inherited, local, comment,
});
codec!(struct Generated { expression, stored });
codec!(struct Constraint {
    id, name, kind, valid, enforced, deferrable, initially_deferred, no_inherit, inherited, local, parent, created, comment,
});
codec!(enum ConstraintKind {
    0 NotNull { column },
    1 Check { expression, columns },
    2 Unique { primary, columns, index },
    3 ForeignKey(key),
    4 Exclude { index, operators },
});
codec!(struct ForeignKey { columns, table, referenced, index, on_delete, on_update, match_full, set_columns });
codec!(enum ReferentialAction { 0 NoAction, 1 Restrict, 2 Cascade, 3 SetNull, 4 SetDefault });
codec!(struct Index {
    table, method, unique, nulls_not_distinct, keys, include, predicate, column_names, constraint, valid, parent, children,
    clustered, options, tablespace,
});
codec!(struct IndexKey { column, expression, columns, collation, operator_class, descending, nulls_first });
codec!(struct View {
    materialized, populated, persistence, columns, complete, sql, depends_on, routines, types, indexes, triggers, rules,
    rule_reads, options,
});
codec!(struct ViewColumn { name, data_type });
codec!(struct Dependency { relation, columns });
codec!(struct Sequence { data_type, owned_by, identity, persistence, bounds, increment, start, cache, cycle });
codec!(struct Trigger {
    name, timing, events, for_each_row, columns, routine, function, constraint, state, when, from, details, number,
});
codec!(enum TriggerTiming { 0 Before, 1 After, 2 InsteadOf });
codec!(struct TriggerEvents { insert, update, delete, truncate });
codec!(struct TriggerDetails { args, old_table, new_table, deferrable, initially_deferred });
codec!(enum FiringState { 0 Enabled, 1 Disabled, 2 Replica, 3 Always });
codec!(struct Policy { name, clauses, reads, routines, types, number });
codec!(struct PolicyClauses { restrictive, command, roles, using, check });
codec!(struct RuleText { event, body, replaces });
codec!(struct ExtendedStatistics { table, columns, kinds, keys, sql });
codec!(enum StatisticsKey { 0 Column(column), 1 Expression(expression) });

codec!(struct Extension { created, schema });
codec!(struct TypeDef { id, schema, name, created, kind });
codec!(enum TypeDefKind { 0 Enum(labels), 1 Domain(domain), 2 Composite(attributes), 3 Range(subtype), 4 Base });
codec!(struct DomainDef { base, collation, not_null, default, checks });
codec!(struct Routine {
    id, schema, name, args, returns, returns_set, procedure, language, volatility, strict, traits, defaults, settings,
    body, reads, definition, altered, inline, created,
});
codec!(struct RoutineTraits { security_definer, leakproof, parallel, cost, rows });
codec!(struct RoutineBody { text, base, exact });
codec!(enum ArgMode { 0 In, 1 Out, 2 InOut, 3 Variadic, 4 Table });
codec!(enum Volatility { 0 Immutable, 1 Stable, 2 Volatile });

codec!(enum Object {
    0 Relation(id), 1 RowType(id), 2 Column(id, column), 3 Default(id, column), 4 Constraint(id, constraint),
    5 Trigger(id, name), 6 Rule(id, name), 7 Policy(id, name), 8 Type(id), 9 ArrayType(id), 10 Multirange(id, name),
    11 Attribute(id, name), 12 DomainConstraint(id, name), 13 Routine(id), 14 Schema(name), 15 Extension(name),
    16 Member(extension, words), 17 Collation(name),
});

codec!(struct Expression { sql, expr });
codec!(enum Expr {
    0 Null,
    1 Bool(value),
    2 Number(text),
    3 String(text),
    4 Parameter,
    5 Default,
    6 Column { qualifier, name },
    7 Star(qualifier),
    8 Call { name, args },
    9 Cast { expr, to },
    10 Collate { expr, collation },
    11 And(parts),
    12 Or(parts),
    13 Not(expr),
    14 Binary { op, left, right },
    15 IsNull { expr, negated },
    16 InList { expr, list, negated },
    17 Between { expr, low, high, negated },
    18 Array(parts),
    19 Subquery { operand, exists, query },
    20 Other(parts),
});
codec!(struct Query { ctes, selects, order_by, limit, offset, row_locks });
codec!(struct Cte { name, columns, body });
codec!(struct RowLock { exclusive, of, nonblocking });
codec!(struct Select { items, from, filter, others });
codec!(struct SelectItem { expr, alias, sql, place });
codec!(struct TableRef { source, alias, columns, ordinality, joined, optional, using, natural, on, place });

/// Of use only beside the text that was read.
impl Codec for Place {
    fn write(&self, _: &mut Writer) {}

    fn read(_: &mut Reader<'_>) -> Option<Self> {
        Some(Self::default())
    }
}

codec!(enum TableSource { 0 Relation { name, only }, 1 Query(query), 2 Expr(expr) });

/// What changes data stands in no expression that a schema keeps.
impl Codec for CteBody {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Query(query) => query.write(out),
            Self::Dml(_) => out.fail(),
        }
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        Codec::read(from).map(Self::Query)
    }
}
