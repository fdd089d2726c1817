//! A column with a new name: while both releases run, each finds the name it knows.

use super::drop_column::optional;
use super::set_not_null::needs_value;
use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef, IndexDef, IndexKind};
use crate::databases::schema::Table;
use crate::layout::Layout;
use crate::plan::databases::State;
use crate::plan::databases::fill::Fill;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::replayed::Replayed;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "rename-column",
    title: "RENAME COLUMN while an application uses the old name",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, user_name TEXT NOT NULL); CREATE INDEX by_name ON users (user_name);",
            "ALTER TABLE users RENAME COLUMN user_name TO username",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, \"User Name\" TEXT, x INT);",
            "ALTER TABLE users RENAME COLUMN \"User Name\" TO \"select\"",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name varchar(80) NOT NULL, org int, KEY by_org (org, user_name));",
            "ALTER TABLE users RENAME COLUMN user_name TO username",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name varchar(80) DEFAULT 'nobody', UNIQUE KEY user_name (user_name));",
            "ALTER TABLE users CHANGE user_name username varchar(80) DEFAULT 'nobody'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, action) = request.action()?;
    let (column, to) = match action {
        ActionKind::RenameColumn { column, to } => (column, to),
        ActionKind::Modify { column, to, .. } if *column != to.name => (column, &to.name),
        _ => return None,
    };
    let old = table.column(column)?;
    let new = request.table_after(table)?.column(to)?.clone();
    if column == to {
        return None;
    }
    Some(Copy { request, table, old, new }.draft())
}

/// A column beside another that takes its place.
struct Copy<'r> {
    request: &'r Request<'r>,
    table: &'r Table,
    old: &'r ColumnDef,
    new: ColumnDef,
}

impl Copy<'_> {
    fn draft(&self) -> Result<Draft, Refusal> {
        self.possible()?;
        let request = self.request;
        let (t, old, new) = (request.table_sql(self.table), request.name(&self.old.name), request.name(&self.new.name));
        let beside = ColumnDef { not_null: None, default: None, on_update: false, ..self.new.clone() };
        let place = if request.is_sqlite() { String::new() } else { format!(" AFTER {old}") };
        let add = format!("ALTER TABLE {t} ADD COLUMN {}{place}", request.column_sql(&beside));
        let mut steps = Steps { request, state: request.state.clone(), draft: Draft::new() };
        if request.options().dual_write == DualWrite::Trigger && needs_value(self.old) {
            let freed = optional(request, self.table, self.old)?;
            steps.add(PhaseName::Expand, freed);
        }
        let added = steps.request().ddl(format!("Add {new} beside {old}"), add);
        steps.add(PhaseName::Expand, added);
        let triggers = self.triggers();
        if request.options().dual_write == DualWrite::Trigger {
            self.trigger_steps(&mut steps, &triggers);
        } else {
            steps.draft = std::mem::take(&mut steps.draft)
                .deploy(
                    PhaseName::Migrate,
                    format!("Deployed everywhere: an application that writes the same value into {old} and {new}, and reads {old}."),
                )
                .code(PhaseName::Migrate, format!("Write {old} and {new}"), self.code());
        }
        let fill = Fill::copy(request, self.table, &self.new.name, old.clone());
        let filled = fill.step(request, format!("Copy {old} to {new}, where they differ"))?;
        let differing = format!("SELECT count(*) FROM {t} WHERE {}", fill.undone);
        #[cfg(feature = "mysql")]
        let filled = match crate::plan::databases::tool::misfits(request, self.table, self.old, &beside) {
            Some(misfits) if !request.is_sqlite() => {
                filled.gate(misfits, "0", format!("rows hold values in {old} that {new} does not take"))
            }
            _ => filled,
        };
        steps.add(PhaseName::Migrate, filled);
        let freed_late = request.options().dual_write == DualWrite::Application && needs_value(self.old);
        if freed_late {
            let freed = optional(&steps.request(), self.table_in(&steps.state), self.old)?;
            steps.add(PhaseName::Migrate, freed);
        }
        steps.draft = std::mem::take(&mut steps.draft)
            .deploy(PhaseName::Contract, format!("Deployed everywhere: an application that reads and writes {new}, and no longer {old}."));
        self.contract(&mut steps, &triggers, differing)?;
        Ok(steps.draft)
    }

    /// The table as it is in a schema between the steps.
    fn table_in<'s>(&'s self, state: &'s State) -> &'s Table {
        state.schema.tables().find(|table| table.id == self.table.id).unwrap_or(self.table)
    }

    /// What stands in the way of a column beside the old one.
    fn possible(&self) -> Result<(), Refusal> {
        let request = self.request;
        let column = &self.old.name;
        let because = |reason: String| {
            let plain = &request.piece.sql;
            Err(Refusal::new(reason, format!("stop the application, and run `{plain}` as it is")))
        };
        if let Some(reader) = request.readers(self.table, column).first() {
            return because(format!("{reader} names the column"));
        }
        if self.table.primary_key().contains(&column) {
            return because("the column is a part of the primary key".to_owned());
        }
        if self.old.generated.is_some() || self.old.auto_increment {
            return because("the server gives the column its values".to_owned());
        }
        if self.table.foreign_keys.iter().any(|key| key.columns.contains(column)) && !request.is_sqlite() {
            return because("a foreign key is on the column".to_owned());
        }
        let mut references = request.schema().references_to(&self.table.name);
        if references.any(|(_, key)| key.referenced.contains(column)) {
            return because("a foreign key refers to the column".to_owned());
        }
        let uses = |columns: &[(Option<Name>, Name)]| columns.iter().any(|(_, name)| name == column);
        let mut generated = self.table.columns.iter().filter_map(|c| c.generated.as_ref());
        if generated.any(|generated| uses(&generated.expression.columns)) {
            return because("a generated column is computed from the column".to_owned());
        }
        if !request.is_sqlite() && self.table.checks.iter().any(|check| uses(&check.expression.columns)) {
            return because("a check is on the column".to_owned());
        }
        Ok(())
    }

    /// Triggers by which each column gets the value that a client wrote into the other.
    fn triggers(&self) -> Vec<(String, String)> {
        let request = self.request;
        let (t, old, new) = (request.table_sql(self.table), request.name(&self.old.name), request.name(&self.new.name));
        let name = |event: &str| request.name(&Name::new(&format!("{}_{}_{event}", self.table.name.name, self.new.name)));
        if request.is_sqlite() {
            let row = match self.key() {
                keys if keys.is_empty() => "rowid = NEW.rowid".to_owned(),
                keys => keys.iter().map(|key| format!("{key} = NEW.{key}")).collect::<Vec<_>>().join(" AND "),
            };
            let insert = name("insert");
            let update_old = name("update_old");
            let update_new = name("update_new");
            return vec![
                (insert.clone(), format!(
                    "CREATE TRIGGER {insert} AFTER INSERT ON {t} WHEN NEW.{old} IS NOT NEW.{new}\nBEGIN\n    UPDATE {t} SET {old} = coalesce(NEW.{new}, NEW.{old}), {new} = coalesce(NEW.{new}, NEW.{old}) WHERE {row};\nEND"
                )),
                (update_old.clone(), format!(
                    "CREATE TRIGGER {update_old} AFTER UPDATE OF {old} ON {t} WHEN NEW.{old} IS NOT OLD.{old} AND NEW.{new} IS NOT NEW.{old}\nBEGIN\n    UPDATE {t} SET {new} = NEW.{old} WHERE {row};\nEND"
                )),
                (update_new.clone(), format!(
                    "CREATE TRIGGER {update_new} AFTER UPDATE OF {new} ON {t} WHEN NEW.{new} IS NOT OLD.{new} AND NEW.{old} IS NOT NEW.{new}\nBEGIN\n    UPDATE {t} SET {old} = NEW.{new} WHERE {row};\nEND"
                )),
            ];
        }
        let (insert, update) = (name("insert"), name("update"));
        vec![
            (insert.clone(), format!(
                "CREATE TRIGGER {insert} BEFORE INSERT ON {t} FOR EACH ROW\nBEGIN\n    IF NEW.{new} IS NULL THEN\n        SET NEW.{new} = NEW.{old};\n    ELSE\n        SET NEW.{old} = NEW.{new};\n    END IF;\nEND"
            )),
            (update.clone(), format!(
                "CREATE TRIGGER {update} BEFORE UPDATE ON {t} FOR EACH ROW\nBEGIN\n    IF NEW.{new} <=> OLD.{new} THEN\n        SET NEW.{new} = NEW.{old};\n    ELSE\n        SET NEW.{old} = NEW.{new};\n    END IF;\nEND"
            )),
        ]
    }

    /// The columns by which a row is found in a table without row numbers.
    fn key(&self) -> Vec<String> {
        if !self.table.options.without_rowid {
            return Vec::new();
        }
        self.table.primary_key().into_iter().map(|name| self.request.name(name)).collect()
    }

    fn trigger_steps(&self, steps: &mut Steps<'_>, triggers: &[(String, String)]) {
        let (old, new) = (self.request.name(&self.old.name), self.request.name(&self.new.name));
        let title = format!("Keep {old} and {new} the same");
        if self.request.is_sqlite() {
            let made = self.request.step(title, triggers.iter().map(|(_, sql)| sql.clone()));
            let dropped = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name}"));
            steps.add(PhaseName::Expand, made.undo(dropped));
            return;
        }
        for (name, sql) in triggers {
            let made = self.request.step(title.clone(), [sql.clone()]);
            steps.add(PhaseName::Expand, made.undo_alone(format!("DROP TRIGGER {name}")));
        }
    }

    /// The old column goes, and the new one is what it was.
    fn contract(&self, steps: &mut Steps<'_>, triggers: &[(String, String)], differing: String) -> Result<(), Refusal> {
        let request = self.request;
        let (t, old, new) = (request.table_sql(self.table), request.name(&self.old.name), request.name(&self.new.name));
        let by_trigger = request.options().dual_write == DualWrite::Trigger;
        let unequal = format!("rows in which {new} is not what {old} is are left");
        let lost = format!("the values of {old} are gone, but {new} has them: go on with {new}");
        #[cfg(feature = "sqlite")]
        if request.is_sqlite() {
            let title = format!("Take {old} away");
            let dropped: Vec<String> =
                if by_trigger { triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name}")).collect() } else { Vec::new() };
            let between = steps.state.with(&dropped);
            let rebuild = crate::plan::databases::rebuild::Rebuild {
                before: &between.schema,
                after: &request.after.schema,
                table: &self.table.name,
                values: Vec::new(),
            };
            let mut step = rebuild.step(title).ok_or_else(super::unknown_table)?;
            // Within its own transaction, where it has one.
            let at = usize::from(!step.transaction) * 2;
            step.sql.splice(at..at, dropped);
            let step = step.irreversible(lost).allow("drop-column", "no deployed application uses the old name");
            let gate = if by_trigger { differing } else { format!("SELECT count(*) FROM {t} WHERE {new} IS NULL AND {old} IS NOT NULL") };
            steps.add(PhaseName::Contract, step.gate(gate, "0", unequal));
            return Ok(());
        }
        if by_trigger {
            for (name, sql) in triggers {
                let step = request.step(format!("Stop keeping {old} and {new} the same"), [format!("DROP TRIGGER {name}")]);
                let step = step.undo_alone(sql.clone());
                let step = if name == &triggers[0].0 { step.gate(differing.clone(), "0", unequal.clone()) } else { step };
                steps.add(PhaseName::Contract, step);
            }
        }
        let defined = &self.new;
        if defined.not_null == Some(true) || defined.default.is_some() || defined.on_update {
            let beside = ColumnDef { not_null: None, default: None, on_update: false, ..self.new.clone() };
            let modify = |column: &ColumnDef| format!("ALTER TABLE {t} MODIFY COLUMN {}", request.column_sql(column));
            let sql = steps.request().asserted(&modify(defined)).ok_or_else(|| {
                Refusal::new("the server makes it NOT NULL only while nobody writes", "set a strict sql_mode")
            })?;
            let step = request.step(format!("Give {new} what {old} has besides its values"), [sql]).undo_alone(modify(&beside));
            let step = if defined.not_null == Some(true) {
                let nulls = format!("SELECT count(*) FROM {t} WHERE {new} IS NULL");
                step.gate(nulls, "0", format!("rows with NULL in {new} are left"))
                    .allow("nulls-fail", "the application that writes the new name is deployed")
            } else {
                step
            };
            steps.add(PhaseName::Contract, step);
        }
        let on_it: Vec<&IndexDef> =
            self.table.indexes.iter().filter(|index| index.columns().contains(&&self.old.name)).collect();
        for index in &on_it {
            self.index(steps, index)?;
        }
        let dropped = steps.request().asserted(&format!("ALTER TABLE {t} DROP COLUMN {old}")).ok_or_else(|| {
            Refusal::new("the server drops the column only while nobody writes", "make the change in a maintenance window")
        })?;
        let step = request.step(format!("Drop {old}"), [dropped]).irreversible(lost);
        steps.add(PhaseName::Contract, step.allow("drop-column", "no deployed application uses the old name"));
        Ok(())
    }

    /// An index gets the new column in the place of the old one: the new one is there before the old one goes.
    fn index(&self, steps: &mut Steps<'_>, index: &IndexDef) -> Result<(), Refusal> {
        let request = self.request;
        let t = request.table_sql(self.table);
        let Some(name) = &index.name else { return Ok(()) };
        let after = request.table_after(self.table).and_then(|table| table.index(name));
        let Some(wanted) = after else { return Ok(()) };
        let temporary = Name::new(&format!("{name}_new"));
        let beside = IndexDef { name: Some(temporary.clone()), ..wanted.clone() };
        let rendered = request.rendered();
        let build = format!("ALTER TABLE {t} ADD {}", rendered.index_in_table(&beside));
        let refuse = || Refusal::new(format!("the index {name} is built only while nobody writes"), "drop it first, or make the change in a window");
        let sql = steps.request().asserted(&build).ok_or_else(refuse)?;
        let title = format!("Build {} on the new column", request.name(name));
        let built = request.step(title, [sql]).undo_alone(format!("DROP INDEX {} ON {t}", request.name(&temporary)));
        let built = match index.kind {
            IndexKind::Unique => built.gate(
                super::add_unique::duplicates(request, self.table, wanted),
                "0",
                format!("rows of {t} share a value"),
            ),
            _ => built,
        };
        steps.add(PhaseName::Contract, built);
        let swap = format!(
            "ALTER TABLE {t} DROP INDEX {n}, RENAME INDEX {tmp} TO {n}",
            n = request.name(name),
            tmp = request.name(&temporary)
        );
        let sql = steps.request().asserted(&swap).ok_or_else(refuse)?;
        let back = format!(
            "ALTER TABLE {t} RENAME INDEX {n} TO {tmp}, ADD {}",
            rendered.index_in_table(index),
            n = request.name(name),
            tmp = request.name(&temporary)
        );
        steps.add(PhaseName::Contract, request.step(format!("Let it be {}", request.name(name)), [sql]).undo_alone(back));
        Ok(())
    }

    /// What the application does while both columns are there.
    fn code(&self) -> String {
        let request = self.request;
        let (t, old, new) = (request.table_sql(self.table), request.name(&self.old.name), request.name(&self.new.name));
        let [table, from, to] = [&self.table.name.name, &self.old.name, &self.new.name].map(|name| name.as_str().to_lowercase());
        match request.options().layout {
            Layout::Diesel => format!(
                "// In schema.rs: {new} beside {old}. Every write of one is a write of both:\n\
                 diesel::update({table}::table.find(id))\n    .set(({table}::{from}.eq(value), {table}::{to}.eq(value)))\n    \
                 .execute(connection)?;"
            ),
            Layout::Sqlx | Layout::Plain => format!(
                "// Every INSERT and UPDATE that writes {old} writes {new} too:\n\
                 sqlx::query(\"UPDATE {t} SET {old} = ?, {new} = ? WHERE id = ?\")\n    .bind(&value)\n    .bind(&value)\n    \
                 .bind(id)\n    .execute(&pool)\n    .await?;"
            ),
        }
    }
}

/// Steps, and the schema that they have led to so far.
struct Steps<'r> {
    request: &'r Request<'r>,
    state: State,
    draft: Draft,
}

impl Steps<'_> {
    fn add(&mut self, phase: PhaseName, step: DraftStep) {
        if step.batches.is_none() {
            self.state = self.state.with(&step.sql);
        }
        self.draft = std::mem::take(&mut self.draft).step(phase, step);
    }

    /// The request on the schema that the steps so far lead to.
    fn request(&self) -> Request<'_> {
        Request { state: &self.state, ..*self.request }
    }
}
