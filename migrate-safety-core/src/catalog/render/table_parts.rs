//! What is added to tables and views once all of them are there.

use super::table::TableWriter;
use super::text::bare;
use crate::catalog::{Column, Constraint, ConstraintKind, Policy, Trigger};
use crate::sql::operation::{FiringState, ReplicaIdentity};

impl TableWriter<'_> {
    pub(in crate::catalog::render) fn alter(&self, action: &str) -> String {
        format!("ALTER TABLE {} {action}", self.name())
    }

    /// Defaults and checks that had to wait, and constraints that are not valid: in a new table they would be.
    pub(in crate::catalog) fn late_expressions(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for column in &self.table.columns {
            let inherited = self.inherits_at_once() && !column.local;
            if let Some(default) = self.catalog.default_sql(column)
                && (inherited || self.waits(column.default.as_deref()))
            {
                statements.push(self.alter(&format!("ALTER COLUMN {} SET DEFAULT {default}", column.name.sql())));
            }
            if self.inherits_at_once() && column.default.is_none() && self.parent_has_default(column) {
                statements.push(self.alter(&format!("ALTER COLUMN {} DROP DEFAULT", column.name.sql())));
            }
        }
        for column in self.table.columns.iter().filter(|c| self.inherits_at_once() && !c.local) {
            statements.extend(self.other_null(column));
            if let Some(always) = column.identity {
                let identity = self.identity_sql(column, always);
                statements.push(self.alter(&format!("ALTER COLUMN {} ADD{identity}", column.name.sql())));
            }
        }
        let validated = self.table.constraints.iter().filter(|c| !self.is_own(c) && self.is_validated_apart(c));
        statements.extend(validated.map(|c| self.alter(&format!("VALIDATE CONSTRAINT {}", c.name.sql()))));
        for constraint in self.table.constraints.iter().filter(|c| self.is_own(c)) {
            let not_valid = if constraint.valid || !constraint.enforced { "" } else { " NOT VALID" };
            let late = match &constraint.kind {
                ConstraintKind::Check { expression, .. } => !not_valid.is_empty() || self.waits(Some(expression)),
                ConstraintKind::NotNull { .. } => !not_valid.is_empty(),
                _ => false,
            };
            if late {
                statements.push(self.alter(&format!("ADD {}{not_valid}", self.named_constraint(constraint))));
            }
        }
        statements
    }

    fn parent_has_default(&self, column: &Column) -> bool {
        let mut parents = self.table.inherits.iter().filter_map(|id| self.catalog.table(*id));
        parents.any(|parent| parent.column(&column.name).is_some_and(|c| c.default.is_some()))
    }

    /// Whether a check that comes from a parent is valid while the parent's is not.
    fn is_validated_apart(&self, constraint: &Constraint) -> bool {
        let parents = self.table.inherits.iter().filter_map(|id| self.catalog.table(*id));
        let of_parents = || parents.clone().filter_map(|parent| parent.constraint(&constraint.name));
        constraint.valid && constraint.enforced && of_parents().any(|c| !c.valid && c.enforced)
    }

    /// Constraints whose index does not cover all partitions, and keys that repeat another.
    pub(in crate::catalog) fn late_keys(&self) -> Vec<String> {
        let name = self.name();
        let late = self.table.constraints.iter().filter_map(|constraint| {
            let index = constraint.index().and_then(|index| self.catalog.index(index))?;
            let only = match (index.valid, self.repeats(constraint)) {
                (false, _) => "ONLY ",
                (true, true) => "",
                (true, false) => return None,
            };
            Some(format!("ALTER TABLE {only}{name} ADD {}", self.named_constraint(constraint)))
        });
        late.collect()
    }

    /// Foreign keys, those apart that the server makes for partitions.
    pub(in crate::catalog) fn foreign_keys(&self) -> Vec<String> {
        let keys = self.table.constraints.iter().filter(|c| matches!(c.kind, ConstraintKind::ForeignKey(_)));
        keys.filter(|c| c.parent.is_none())
            .map(|c| {
                let not_valid = if c.valid || !c.enforced { "" } else { " NOT VALID" };
                self.alter(&format!("ADD {}{not_valid}", self.named_constraint(c)))
            })
            .collect()
    }

    /// Everything else that the table has set.
    pub(in crate::catalog) fn settings(&self) -> Vec<String> {
        let table = self.table;
        let mut actions = Vec::new();
        if let Some(of_type) = &table.of_type {
            actions.push(format!("OF {}", of_type.sql()));
        }
        let clustered = table.indexes.iter().filter_map(|id| self.catalog.relation(*id));
        for index in clustered.filter(|r| r.index().is_some_and(|i| i.clustered)) {
            actions.push(format!("CLUSTER ON {}", index.name.sql()));
        }
        match &table.replica_identity {
            ReplicaIdentity::Default => {}
            ReplicaIdentity::Index(index) => actions.push(format!("REPLICA IDENTITY USING INDEX {}", index.sql())),
            ReplicaIdentity::Full => actions.push("REPLICA IDENTITY FULL".to_owned()),
            ReplicaIdentity::Nothing => actions.push("REPLICA IDENTITY NOTHING".to_owned()),
        }
        if table.row_security {
            actions.push("ENABLE ROW LEVEL SECURITY".to_owned());
        }
        if table.force_row_security {
            actions.push("FORCE ROW LEVEL SECURITY".to_owned());
        }
        let own = actions.iter().map(|action| self.alter(action));
        own.chain(table.columns.iter().flat_map(|column| self.storage_of(column))).collect()
    }

    /// How the values of a column are stored and compressed, if not as usual.
    pub(in crate::catalog) fn storage_of(&self, column: &Column) -> Vec<String> {
        let storage = column.storage.as_ref().map(|storage| format!("STORAGE {}", storage.to_ascii_uppercase()));
        let compression = column.compression.as_ref().map(|compression| format!("COMPRESSION {}", compression.sql()));
        let set = |what: String| self.alter(&format!("ALTER COLUMN {} SET {what}", column.name.sql()));
        storage.into_iter().chain(compression).map(set).collect()
    }

    /// Its policies.
    pub(in crate::catalog) fn policies(&self) -> Vec<String> {
        let name = self.name();
        self.table.policies.iter().map(|policy| policy_sql(&name, policy)).collect()
    }

    /// Its triggers, those apart that the server makes for partitions, and which of them do not fire as usual.
    pub(in crate::catalog) fn triggers(&self) -> Vec<String> {
        let parent = self.table.partition_of.as_ref().and_then(|(parent, _)| self.catalog.table(*parent));
        let cloned = |trigger: &Trigger| {
            parent.is_some_and(|p| p.triggers.iter().any(|t| t.for_each_row && t.name == trigger.name))
        };
        let mut statements: Vec<String> = Vec::new();
        for trigger in &self.table.triggers {
            if !cloned(trigger) {
                statements.push(self.catalog.trigger_sql(self.relation, trigger));
            }
            if let Some(word) = firing(trigger.state) {
                statements.push(self.alter(&format!("{word} TRIGGER {}", trigger.name.sql())));
            }
        }
        statements
    }
}

/// The word that makes a trigger or rule fire so, unless that is the usual way.
pub(in crate::catalog) fn firing(state: FiringState) -> Option<&'static str> {
    match state {
        FiringState::Enabled => None,
        FiringState::Disabled => Some("DISABLE"),
        FiringState::Replica => Some("ENABLE REPLICA"),
        FiringState::Always => Some("ENABLE ALWAYS"),
    }
}

/// `CREATE POLICY` without a semicolon.
pub(in crate::catalog) fn policy_sql(on: &str, policy: &Policy) -> String {
    let clauses = &policy.clauses;
    let restrictive = if clauses.restrictive { " AS RESTRICTIVE" } else { "" };
    let command = clauses.command.as_ref().map(|c| format!(" FOR {c}")).unwrap_or_default();
    let roles = clauses.roles.as_ref().map(|r| format!(" TO {r}")).unwrap_or_default();
    let using = clauses.using.as_ref().map(|e| format!(" USING ({})", bare(e))).unwrap_or_default();
    let check = clauses.check.as_ref().map(|e| format!(" WITH CHECK ({})", bare(e))).unwrap_or_default();
    format!("CREATE POLICY {} ON {on}{restrictive}{command}{roles}{using}{check}", policy.name.sql())
}
