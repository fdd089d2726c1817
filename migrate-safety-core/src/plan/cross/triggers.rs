//! Triggers that keep a value the same in two tables, whoever writes which.
//!
//! A write is copied over where the other table does not already say the same; so the copy of a copy is nobody's write, and
//! a backward form that loses something does not spoil what it came from.

use super::{Cross, Place, RowsOf};
use crate::catalog::Column;
use crate::plan::copy::compare::differs;
use crate::plan::copy::{Formula, function_name};
use crate::plan::installed::{Installed, Part};
use crate::sql::Ident;

const CHANGED: &str = "AFTER INSERT OR UPDATE";

impl Cross<'_> {
    /// The triggers of the old table and those of the new one.
    pub(crate) fn kept(&self) -> [Installed; 2] {
        let (old, new) = match self.rows {
            RowsOf::Apart => (
                vec![("_to_new", CHANGED, self.copied(&self.old, &self.new))],
                vec![
                    ("_from_old", "BEFORE INSERT OR UPDATE", self.fetched()),
                    ("_to_old", CHANGED, self.copied(&self.new, &self.old)),
                ],
            ),
            RowsOf::Old => {
                (self.of_whole("_to_new", &self.old, &self.new), self.of_part("_to_old", &self.new, &self.old))
            }
            RowsOf::New => {
                (self.of_part("_to_new", &self.old, &self.new), self.of_whole("_to_old", &self.new, &self.old))
            }
        };
        [self.kept_on(&self.old, old), self.kept_on(&self.new, new)]
    }

    fn kept_on(&self, place: &Place, bodies: Vec<(&'static str, &'static str, String)>) -> Installed {
        let first = self.new.values.first().map(|(column, _)| column.name.to_string()).unwrap_or_default();
        let stem = format!("{}_{first}", place.table.name);
        let default_schema = Ident::exact("public");
        let schema = place.table.schema.as_ref().unwrap_or(&default_schema);
        let parts = bodies.into_iter().map(|(ending, event, body)| Part {
            function: function_name(self.catalog, schema, &stem, ending),
            trigger: Ident::exact(&format!("zz_{stem}{ending}")).sql(),
            event,
            body,
        });
        Installed { table: place.t(), parts: parts.collect() }
    }

    /// The table whose rows stay.
    fn of_whole(&self, ending: &'static str, whole: &Place, part: &Place) -> Vec<(&'static str, &'static str, String)> {
        let goes = format!("DELETE FROM {} WHERE {};\nRETURN OLD;\n", part.t(), part.belonging(whole, "OLD"));
        vec![(ending, CHANGED, self.upserted(whole, part)), ("_gone", "BEFORE DELETE", body(&goes))]
    }

    /// The table that has a row where there are values.
    fn of_part(&self, ending: &'static str, part: &Place, whole: &Place) -> Vec<(&'static str, &'static str, String)> {
        let emptied = whole.values.iter().map(|(column, _)| {
            let default = self.catalog.default_sql(column).unwrap_or_else(|| "NULL".to_owned());
            format!("{} = {default}", column.name.sql())
        });
        let emptied = format!(
            "IF TG_OP = 'DELETE' THEN\n    -- Not where the row itself goes with the one that it belongs to.\n    IF \
             pg_trigger_depth() = 1 THEN\n        UPDATE {} SET {} WHERE {};\n    END IF;\n    RETURN NULL;\nEND IF;\n",
            whole.t(),
            emptied.collect::<Vec<_>>().join(", "),
            whole.belonging(part, "OLD"),
        );
        vec![(
            ending,
            "AFTER INSERT OR UPDATE OR DELETE",
            body(&(emptied + &self.write(part, whole, "TG_OP = 'INSERT'") + "RETURN NULL;\n")),
        )]
    }

    /// What is written to one table is written to the other one.
    fn copied(&self, from: &Place, to: &Place) -> String {
        let given = format!("TG_OP = 'INSERT' AND ({})", from.given(self.catalog, "NEW."));
        body(&(self.write(from, to, &given) + "RETURN NULL;\n"))
    }

    /// The same, with a row for what has none there.
    fn upserted(&self, from: &Place, to: &Place) -> String {
        let given = from.given(self.catalog, "NEW.");
        let write = self.write(from, to, &format!("TG_OP = 'INSERT' AND ({given})"));
        let link: Vec<String> = to.link.iter().map(|column| column.name.sql()).collect();
        let from_link = from.link.iter().map(|column| format!("NEW.{}", column.name.sql()));
        let values = from_link.chain(self.computed(from, to).into_iter().map(|(_, value)| value));
        let set: Vec<String> = to.names().iter().map(|name| format!("{name} = EXCLUDED.{name}")).collect();
        body(&format!(
            "{write}IF ({given}) AND NOT EXISTS (SELECT FROM {t} WHERE {belonging}) THEN\n    INSERT INTO {t} ({columns}) VALUES \
             ({values}) ON CONFLICT ({link}) DO UPDATE SET {set};\nEND IF;\nRETURN NULL;\n",
            t = to.t(),
            belonging = to.belonging(from, "NEW"),
            columns = link.iter().cloned().chain(to.names()).collect::<Vec<_>>().join(", "),
            values = values.collect::<Vec<_>>().join(", "),
            link = link.join(", "),
            set = set.join(", "),
        ))
    }

    /// The UPDATE of the other table, if something was written that it does not say.
    fn write(&self, from: &Place, to: &Place, inserted: &str) -> String {
        let changed = self.changed(from.link.iter().chain(from.values.iter().map(|(column, _)| column)));
        let computed = self.computed(from, to);
        let set: Vec<String> =
            computed.iter().map(|(column, value)| format!("{} = {value}", column.name.sql())).collect();
        let is_other = computed.iter().map(|(column, value)| {
            let name = format!("{}.{}", to.table.name.sql(), column.name.sql());
            differs(self.catalog, column, &name, value)
        });
        let says_other = from.values.iter().filter_map(|(column, value)| {
            let name = format!("NEW.{}", column.name.sql());
            Some(differs(self.catalog, column, &name, &value.as_ref()?.of_row(&to.table.name)))
        });
        format!(
            "IF {inserted} OR TG_OP = 'UPDATE' AND ({changed}) THEN\n    UPDATE {} SET {} WHERE {} AND ({}) AND ({});\nEND IF;\n",
            to.t(),
            set.join(", "),
            to.belonging(from, "NEW"),
            is_other.collect::<Vec<_>>().join(" OR "),
            says_other.collect::<Vec<_>>().join(" OR "),
        )
    }

    /// A row of the new table that says nothing of the value has the one of the row that it belongs to. That row must not
    /// change before this one is there.
    fn fetched(&self) -> String {
        let (new, old) = (&self.new, &self.old);
        let given = new.given(self.catalog, "NEW.");
        let moved = self.changed(new.link.iter());
        let written = self.changed(new.values.iter().map(|(column, _)| column));
        let values: Vec<&str> = new.values.iter().filter_map(|(_, value)| Some(value.as_ref()?.sql())).collect();
        let into: Vec<String> = new.names().iter().map(|name| format!("NEW.{name}")).collect();
        body(&format!(
            "IF TG_OP = 'INSERT' AND NOT ({given}) OR TG_OP = 'UPDATE' AND ({moved}) AND NOT ({written}) THEN\n    SELECT {} INTO \
             {} FROM {} WHERE {} FOR SHARE;\nEND IF;\nRETURN NEW;\n",
            values.join(", "),
            into.join(", "),
            old.t(),
            old.belonging(new, "NEW"),
        ))
    }

    /// The values of one table from the row that a trigger of the other one calls `NEW`.
    fn computed<'p>(&self, from: &Place, to: &'p Place) -> Vec<(&'p Column, String)> {
        let value = |value: &Option<Formula>| value.as_ref().map(|value| value.of_new_row(&from.table.name));
        to.values.iter().filter_map(|(column, formula)| Some((column, value(formula)?))).collect()
    }

    fn changed<'c>(&self, columns: impl Iterator<Item = &'c Column>) -> String {
        let changed = |column: &Column| {
            let name = column.name.sql();
            differs(self.catalog, column, &format!("NEW.{name}"), &format!("OLD.{name}"))
        };
        columns.map(changed).collect::<Vec<_>>().join(" OR ")
    }
}

fn body(statements: &str) -> String {
    let lines: String = statements.lines().map(|line| format!("    {line}\n")).collect();
    format!("BEGIN\n{lines}END\n")
}
