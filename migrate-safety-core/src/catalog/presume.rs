//! What an operation takes to exist, where the history does not say: it is there, and more is not known of it.

use super::{Catalog, RelationKind, Resolved, Sequence, View};
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableRef, TableSource};
use crate::sql::operation::{
    AlterTable, CommentTarget, ConstraintDef, ConstraintKind, CreateTable, Persistence, ReindexTarget, RelationWord,
    TableAction,
};
use crate::sql::{DataType, Ident, ObjectName, Operation};

/// What sort of relation a statement takes a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Table,
    View,
    MaterializedView,
    Sequence,
}

impl Catalog {
    /// Makes up the relations that an operation needs, and the columns it names, as far as they may exist and are not
    /// known: only then can it be said which locks it takes on them. Without effect where all is known.
    pub fn presume(&mut self, operation: &Operation) {
        if self.complete && self.unknown_names.is_empty() {
            return;
        }
        let mut names = Names::default();
        names.of(operation);
        for (name, sort) in names.found {
            self.presume_relation(name, sort);
        }
        if let Operation::AlterTable(alter) = operation {
            self.presume_column(alter);
        }
    }

    fn presume_relation(&mut self, name: &ObjectName, sort: Sort) {
        if self.resolve(name) != Resolved::Unknown {
            return;
        }
        let id = self.ensure_relation(name);
        if let Some(relation) = self.relations.get_mut(&id) {
            match sort {
                Sort::Table => {}
                Sort::View => relation.kind = RelationKind::View(Box::new(unknown_view(false))),
                Sort::MaterializedView => relation.kind = RelationKind::View(Box::new(unknown_view(true))),
                Sort::Sequence => relation.kind = RelationKind::Sequence(Box::new(unknown_sequence())),
            }
        }
    }

    fn presume_column(&mut self, alter: &AlterTable) {
        let (TableAction::DropColumn { column, .. }
        | TableAction::RenameColumn { column, .. }
        | TableAction::SetType { column, .. }
        | TableAction::SetDefault { column, .. }
        | TableAction::DropDefault { column }
        | TableAction::SetNotNull { column }
        | TableAction::DropNotNull { column }) = &alter.action
        else {
            return;
        };
        if let Resolved::Found(table) = self.resolve(&alter.table) {
            self.ensure_column(table, column);
        }
    }
}

fn unknown_view(materialized: bool) -> View {
    View {
        materialized,
        populated: true,
        persistence: Persistence::Permanent,
        columns: Vec::new(),
        complete: false,
        sql: "".into(),
        depends_on: Vec::new(),
        routines: Vec::new(),
        types: Vec::new(),
        indexes: Vec::new(),
        triggers: Vec::new(),
        rules: Vec::new(),
        rule_reads: Vec::new(),
        options: Vec::new(),
    }
}

fn unknown_sequence() -> Sequence {
    Sequence {
        data_type: DataType::builtin("int8"),
        owned_by: None,
        identity: false,
        persistence: Persistence::Permanent,
        bounds: (None, None),
        increment: 1,
        start: None,
        cache: 1,
        cycle: false,
    }
}

/// The relations that an operation names.
#[derive(Default)]
struct Names<'o> {
    found: Vec<(&'o ObjectName, Sort)>,
    /// Names that stand for common table expressions.
    ctes: Vec<&'o Ident>,
}

impl<'o> Names<'o> {
    fn of(&mut self, operation: &'o Operation) {
        match operation {
            Operation::CreateTable(create) => self.of_create_table(create),
            Operation::AlterTable(alter) => self.of_alter_table(alter),
            Operation::CreateTableAs { query, .. } | Operation::CreateMaterializedView { query, .. } => {
                self.query(query);
            }
            Operation::DropTable { names, .. } => self.all(names, Sort::Table),
            Operation::DropView { names, .. } => self.all(names, Sort::View),
            Operation::DropMaterializedView { names, .. } => self.all(names, Sort::MaterializedView),
            Operation::RefreshMaterializedView { name, .. } => self.add(name, Sort::MaterializedView),
            Operation::DropSequence { names, .. } => self.all(names, Sort::Sequence),
            Operation::AlterSequence { name, .. } => self.add(name, Sort::Sequence),
            Operation::Truncate { tables, .. } | Operation::LockTable { tables, .. } => {
                tables.iter().for_each(|table| self.table(&table.name));
            }
            Operation::CreateIndex(create) => self.table(&create.table),
            Operation::Reindex { target: ReindexTarget::Table(name), .. } => self.table(name),
            Operation::CreateTrigger(create) => {
                self.table(&create.table);
                create.from.iter().for_each(|table| self.table(table));
            }
            Operation::AlterTrigger { table, .. }
            | Operation::DropTrigger { table, .. }
            | Operation::CreateRule { table, .. }
            | Operation::AlterRule { table, .. }
            | Operation::DropRule { table, .. }
            | Operation::CreatePolicy { table, .. }
            | Operation::AlterPolicy { table, .. }
            | Operation::DropPolicy { table, .. } => self.table(table),
            Operation::Comment { on, .. } => match on {
                CommentTarget::Relation(name)
                | CommentTarget::Column(name, _)
                | CommentTarget::Constraint(name, _)
                | CommentTarget::OnTable(_, name, _) => self.table(name),
                _ => {}
            },
            Operation::Vacuum { tables, .. } | Operation::Analyze { tables, .. } => {
                tables.iter().for_each(|target| self.table(&target.name));
            }
            Operation::ClusterTable { table: Some(table), .. } => self.table(table),
            _ => self.of_data(operation),
        }
    }

    fn of_create_table(&mut self, create: &'o CreateTable) {
        let at_columns = create.columns.iter().flat_map(|column| &column.constraints);
        create.constraints.iter().chain(at_columns).for_each(|constraint| self.constraint(constraint));
        create.inherits.iter().for_each(|parent| self.table(parent));
        create.like.iter().for_each(|like| self.table(&like.source));
        create.partition_of.iter().for_each(|(parent, _)| self.table(parent));
        self.found.retain(|(name, _)| **name != create.name);
    }

    fn of_alter_table(&mut self, alter: &'o AlterTable) {
        match alter.word {
            RelationWord::Table | RelationWord::ForeignTable => self.table(&alter.table),
            RelationWord::View => self.add(&alter.table, Sort::View),
            RelationWord::MaterializedView => self.add(&alter.table, Sort::MaterializedView),
            RelationWord::Sequence => self.add(&alter.table, Sort::Sequence),
            // An index is nothing without its table.
            RelationWord::Index => {}
        }
        match &alter.action {
            TableAction::AddColumn { column, .. } => column.constraints.iter().for_each(|c| self.constraint(c)),
            TableAction::AddConstraint(constraint) => self.constraint(constraint),
            TableAction::Inherit { parent } | TableAction::NoInherit { parent } => self.table(parent),
            TableAction::AttachPartition { partition, .. } | TableAction::DetachPartition { partition, .. } => {
                self.table(partition);
            }
            _ => {}
        }
    }

    fn of_data(&mut self, operation: &'o Operation) {
        match operation {
            Operation::Select(query) => self.query(query),
            Operation::Insert(insert) => {
                self.ctes(&insert.ctes);
                self.table(&insert.table);
                insert.source.iter().for_each(|query| self.query(query));
            }
            Operation::Update(update) => {
                self.ctes(&update.ctes);
                self.table(&update.table.name);
                self.sources(&update.from);
                let set = update.assignments.iter().map(|(_, value)| value);
                set.chain(&update.filter).for_each(|expr| self.expr(expr));
            }
            Operation::Delete(delete) => {
                self.ctes(&delete.ctes);
                self.table(&delete.table.name);
                self.sources(&delete.using);
                delete.filter.iter().for_each(|expr| self.expr(expr));
            }
            Operation::Merge(merge) => {
                self.ctes(&merge.ctes);
                self.table(&merge.table.name);
                self.sources(std::slice::from_ref(&merge.source));
            }
            Operation::Copy { table, query, .. } => {
                table.iter().for_each(|table| self.table(table));
                query.iter().for_each(|query| self.query(query));
            }
            _ => {}
        }
    }

    fn constraint(&mut self, constraint: &'o ConstraintDef) {
        if let ConstraintKind::ForeignKey(key) = &constraint.kind {
            self.table(&key.table);
        }
    }

    fn ctes(&mut self, ctes: &'o [Cte]) {
        for cte in ctes {
            self.ctes.push(&cte.name);
            match &cte.body {
                CteBody::Query(query) => self.query(query),
                CteBody::Dml(operation) => self.of_data(operation),
            }
        }
    }

    fn query(&mut self, query: &'o Query) {
        let outer = self.ctes.len();
        self.ctes(&query.ctes);
        for select in &query.selects {
            self.sources(&select.from);
            let items = select.items.iter().map(|item| &item.expr);
            items.chain(&select.filter).chain(&select.others).for_each(|expr| self.expr(expr));
        }
        self.ctes.truncate(outer);
    }

    fn sources(&mut self, sources: &'o [TableRef]) {
        for source in sources {
            match &source.source {
                TableSource::Relation { name, .. } => {
                    let is_cte = name.schema.is_none() && self.ctes.contains(&&name.name);
                    if !is_cte {
                        self.table(name);
                    }
                }
                TableSource::Query(query) => self.query(query),
                TableSource::Expr(expr) => self.expr(expr),
            }
            source.on.iter().for_each(|expr| self.expr(expr));
        }
    }

    /// The queries inside an expression.
    fn expr(&mut self, expr: &'o Expr) {
        let mut queries = Vec::new();
        expr.walk(&mut |e| {
            if let Expr::Subquery { query, .. } = e {
                queries.push(&**query);
            }
        });
        queries.into_iter().for_each(|query| self.query(query));
    }

    fn table(&mut self, name: &'o ObjectName) {
        self.add(name, Sort::Table);
    }

    fn all(&mut self, names: &'o [ObjectName], sort: Sort) {
        names.iter().for_each(|name| self.add(name, sort));
    }

    fn add(&mut self, name: &'o ObjectName, sort: Sort) {
        self.found.push((name, sort));
    }
}
