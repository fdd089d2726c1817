//! Tables: `CREATE TABLE` with all that can stand in it.

use super::text::{bare, default_value, literal, with_options};
use crate::catalog::query::values;
use crate::catalog::{Catalog, Column, Constraint, ConstraintKind, Relation, RelationKind, Table};
use crate::sql::Ident;
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{PartitionBound, PartitionStrategy, Persistence};

/// What stands for the server of a foreign table: which one it is, and its options, are not in the catalog.
pub(super) const UNKNOWN_SERVER: &str = "server_not_known";

/// One table to be written, and what cannot be written in its `CREATE TABLE`.
pub(in crate::catalog) struct TableWriter<'c> {
    pub(in crate::catalog) catalog: &'c Catalog,
    pub(in crate::catalog) relation: &'c Relation,
    pub(in crate::catalog) table: &'c Table,
    /// Whether expressions that call the schema's own functions have to wait, since those need the table.
    pub(in crate::catalog) calls_wait: bool,
}

impl<'c> TableWriter<'c> {
    /// The table as a statement names it.
    pub(in crate::catalog) fn name(&self) -> String {
        self.relation.object_name().sql()
    }

    /// `CREATE TABLE` without a semicolon.
    pub(in crate::catalog) fn create(&self) -> String {
        let table = self.table;
        let inherits = self.inherits_at_once();
        let word = match (table.foreign, table.persistence) {
            (true, _) => "FOREIGN TABLE",
            (false, Persistence::Unlogged) => "UNLOGGED TABLE",
            (false, _) => "TABLE",
        };
        let columns = table.columns.iter().filter(|c| !inherits || c.local).map(|c| self.column(c));
        let constraints = table.constraints.iter().filter(|c| self.stands_inside(c) && !is_unread(c));
        let constraints = constraints.map(|c| self.named_constraint(c));
        let items: Vec<String> = columns.chain(constraints).collect();
        let body = if items.is_empty() { String::new() } else { format!("\n    {}\n", items.join(",\n    ")) };
        let mut sql = format!("CREATE {word} {} ({body})", self.name());
        if inherits && !table.inherits.is_empty() {
            let parents = table.inherits.iter().filter_map(|id| self.catalog.relation(*id));
            let parents: Vec<String> = parents.map(|r| r.object_name().sql()).collect();
            sql = format!("{sql} INHERITS ({})", parents.join(", "));
        }
        if let Some(partitioning) = &table.partition_by {
            let key: Vec<String> = partitioning.key.iter().map(key_element).collect();
            sql = format!("{sql} PARTITION BY {} ({})", strategy_name(partitioning.strategy), key.join(", "));
        }
        if let Some(method) = &table.access_method {
            sql = format!("{sql} USING {}", method.sql());
        }
        if table.foreign {
            sql = format!("{sql} SERVER {UNKNOWN_SERVER}");
        }
        format!("{sql}{}", with_options(&table.options))
    }

    /// A column with everything that is written at it.
    pub(in crate::catalog) fn column(&self, column: &Column) -> String {
        let mut sql = format!("{} {}", column.name.sql(), column.data_type);
        if let Some(collation) = &column.collation {
            sql = format!("{sql} COLLATE {}", collation.sql());
        }
        if let Some(default) = self.catalog.default_sql(column)
            && !self.waits(column.default.as_deref())
        {
            sql = format!("{sql} DEFAULT {default}");
        }
        if let Some(generated) = &column.generated {
            let kind = if generated.stored { "STORED" } else { "VIRTUAL" };
            sql = format!("{sql} GENERATED ALWAYS AS ({}) {kind}", bare(&generated.expression));
        }
        // What a parent makes NOT NULL need not be said; a table that joins its parents has to be as strict as they are.
        if column.not_null || (!self.inherits_at_once() && self.is_made_not_null(column)) {
            sql = format!("{sql}{} NOT NULL{}", self.not_null_name(column), self.not_null_scope(column));
        }
        if let Some(always) = column.identity
            && !self.has_parents_identity(column)
        {
            sql.push_str(&self.identity_sql(column, always));
        }
        sql
    }

    /// ` GENERATED … AS IDENTITY (…)`.
    pub(in crate::catalog) fn identity_sql(&self, column: &Column, always: bool) -> String {
        let options = column.sequence.and_then(|id| self.catalog.identity_options(self.relation, column, id));
        let options = options.map(|options| format!(" ({options})")).unwrap_or_default();
        format!(" GENERATED {} AS IDENTITY{options}", if always { "ALWAYS" } else { "BY DEFAULT" })
    }

    /// The not-null constraint of a column, where there is one for it (PostgreSQL 18).
    fn not_null_constraint(&self, column: &Column) -> Option<&'c Constraint> {
        let is_it = |c: &&Constraint| matches!(c.kind, ConstraintKind::NotNull { column: of } if of == column.id);
        self.table.constraints.iter().find(is_it)
    }

    /// ` CONSTRAINT name` for a name that the server would not give.
    fn not_null_name(&self, column: &Column) -> String {
        let Some(constraint) = self.not_null_constraint(column) else { return String::new() };
        let usual = format!("{}_{}_not_null", self.relation.name, column.name);
        // The server would make up another one if somebody else has it.
        let holders = self.catalog.constraint_names.get(&constraint.name).map_or(0, Vec::len);
        if constraint.name == *usual && holders < 2 {
            String::new()
        } else {
            format!(" CONSTRAINT {}", constraint.name.sql())
        }
    }

    fn not_null_scope(&self, column: &Column) -> &'static str {
        let here = self.not_null_constraint(column).is_some_and(|c| c.no_inherit && !self.takes_no_scope(c));
        if here { " NO INHERIT" } else { "" }
    }

    /// Whether a partition's identity column is its parent's (from PostgreSQL 17 on): attaching makes it one.
    fn has_parents_identity(&self, column: &Column) -> bool {
        if self.catalog.target().version < 17 {
            return false;
        }
        let parent = self.table.partition_of.as_ref().and_then(|(parent, _)| self.catalog.table(*parent));
        parent.and_then(|p| p.column(&column.name)).is_some_and(|c| c.identity.is_some())
    }

    /// `CONSTRAINT name …`.
    pub(in crate::catalog) fn named_constraint(&self, constraint: &Constraint) -> String {
        format!("CONSTRAINT {} {}", constraint.name.sql(), self.catalog.constraint_sql(self.table, constraint))
    }

    /// Whether a constraint can be written in `CREATE TABLE`.
    fn stands_inside(&self, constraint: &Constraint) -> bool {
        match &constraint.kind {
            // It is written at its column; foreign keys need the other table's indexes.
            ConstraintKind::NotNull { .. } | ConstraintKind::ForeignKey(_) => false,
            ConstraintKind::Check { expression, .. } => {
                // A new table's checks would count as valid.
                self.is_own(constraint) && (constraint.valid || !constraint.enforced) && !self.waits(Some(expression))
            }
            // The server gives a partition its parent's, and takes none that is there for it.
            ConstraintKind::Exclude { index, .. } => {
                self.catalog.index(*index).is_none_or(|i| i.valid && i.parent.is_none()) && !self.repeats(constraint)
            }
            ConstraintKind::Unique { index, .. } => {
                self.catalog.index(*index).is_none_or(|i| i.valid) && !self.repeats(constraint)
            }
        }
    }

    /// Whether it is a key over the columns of another key: written beside that one, the server would leave it out.
    pub(in crate::catalog) fn repeats(&self, constraint: &Constraint) -> bool {
        let key = |of: &'c Constraint| match &of.kind {
            ConstraintKind::Unique { columns, .. } => Some(columns),
            _ => None,
        };
        if let ConstraintKind::Exclude { operators, index } = &constraint.kind {
            if self.catalog.index(*index).is_some_and(|i| i.parent.is_some()) {
                return false;
            }
            // Whether one is another's repetition is the server's to say: it only has to stand apart.
            let like =
                |c: &Constraint| matches!(&c.kind, ConstraintKind::Exclude { operators: o, .. } if o == operators);
            return self.table.constraints.iter().any(|c| c.id < constraint.id && like(c));
        }
        let ConstraintKind::Unique { primary: false, columns, .. } = &constraint.kind else { return false };
        let others = self.table.constraints.iter().filter(|c| c.id != constraint.id);
        let mut others = others.filter(|c| key(c) == Some(columns));
        others.any(|c| c.id < constraint.id || matches!(c.kind, ConstraintKind::Unique { primary: true, .. }))
    }

    /// Whether a check does not come from a parent by itself.
    pub(in crate::catalog) fn is_own(&self, constraint: &Constraint) -> bool {
        constraint.local || constraint.inherited == 0 || !self.inherits_at_once() || self.table.partition_of.is_some()
    }

    /// Below how many partitioned tables it is.
    pub(in crate::catalog) fn depth(&self) -> usize {
        let parent = |table: &'c Table| self.catalog.table(table.partition_of.as_ref()?.0);
        std::iter::successors(parent(self.table), |table| parent(table)).count()
    }

    /// Whether an expression can only be written when the functions are there.
    pub(in crate::catalog) fn waits(&self, expression: Option<&Expression>) -> bool {
        let Some(expression) = expression else { return false };
        let mut calls = false;
        expression.expr.walk(&mut |e| {
            calls |= matches!(e, Expr::Call { name, .. } if !self.catalog.routines_named(name).is_empty());
        });
        self.calls_wait && calls
    }

    /// Whether `INHERITS` gives the columns in the order in which the table has them. If not, it is made apart and
    /// inherits afterwards; so does a partition.
    pub(in crate::catalog) fn inherits_at_once(&self) -> bool {
        if self.table.partition_of.is_some() {
            return false;
        }
        let mut natural: Vec<&Ident> = Vec::new();
        let parents = self.table.inherits.iter().filter_map(|id| self.catalog.table(*id));
        for column in parents.flat_map(|p| &p.columns) {
            if !natural.contains(&&column.name) {
                natural.push(&column.name);
            }
        }
        let own = self.table.columns.iter().map(|c| &c.name);
        let rest: Vec<&Ident> = own.clone().filter(|name| !natural.contains(name)).collect();
        natural.into_iter().chain(rest).eq(own)
    }
}

impl Catalog {
    /// A column's default; one that takes numbers from the column's own sequence calls it by its present name.
    pub(crate) fn default_sql(&self, column: &Column) -> Option<String> {
        let default = column.default.as_ref()?;
        let sequence = column.sequence.filter(|_| column.identity.is_none()).and_then(|id| self.relation(id));
        match (sequence, &default.expr) {
            (Some(sequence), Expr::Call { name, .. }) if name.name == *"nextval" => {
                let sequence = literal(&sequence.object_name().sql());
                Some(format!("nextval({sequence}::regclass)"))
            }
            _ => Some(default_value(default)),
        }
    }

    /// Tables that a history makes and that outlive a session.
    pub(in crate::catalog) fn written_table<'c>(
        &'c self,
        relation: &'c Relation,
        calls_wait: bool,
    ) -> Option<TableWriter<'c>> {
        match &relation.kind {
            RelationKind::Table(table) => Some(TableWriter { catalog: self, relation, table, calls_wait }),
            _ => None,
        }
    }
}

/// One element of a partition key.
fn key_element(expression: &Expression) -> String {
    match &expression.expr {
        Expr::Column { name, .. } => name.sql(),
        _ => format!("({})", bare(expression)),
    }
}

/// A strategy as it is written.
pub(in crate::catalog) fn strategy_name(strategy: PartitionStrategy) -> &'static str {
    match strategy {
        PartitionStrategy::Range => "RANGE",
        PartitionStrategy::List => "LIST",
        PartitionStrategy::Hash => "HASH",
    }
}

/// `FOR VALUES …` or `DEFAULT`.
pub(crate) fn bound_sql(bound: &PartitionBound) -> String {
    match bound {
        PartitionBound::Default => "DEFAULT".to_owned(),
        PartitionBound::In(list) => format!("FOR VALUES IN ({})", values(list)),
        PartitionBound::Range { from, to } => format!("FOR VALUES FROM ({}) TO ({})", values(from), values(to)),
        PartitionBound::Hash { modulus, remainder } => {
            format!("FOR VALUES WITH (MODULUS {modulus}, REMAINDER {remainder})")
        }
    }
}

/// Whether the condition of a check could not be read: its table was locked.
fn is_unread(constraint: &Constraint) -> bool {
    matches!(&constraint.kind, ConstraintKind::Check { expression, .. } if expression.sql.is_empty())
}
