//! Columns that are computed from others and take their place.

use super::application::{Application, Field};
use super::compare::differs;
use super::sync::{Absent, Direction, Side, Sync};
use super::texts::Texts;
use super::{Formula, inverse};
use crate::catalog::Column;
use crate::plan::error::Refusal;
use crate::plan::request::{Request, TableRef};
use crate::sql::Ident;
use crate::sql::expr::Expression;
use crate::sql::operation::Update;

/// Columns that are computed from others and take their place.
#[derive(Debug)]
pub(crate) struct Derived<'a> {
    request: &'a Request<'a>,
    table: TableRef<'a>,
    new: Vec<(Column, Formula)>,
    old: Vec<(&'a Column, Option<Formula>)>,
    texts: Option<Texts>,
}

impl<'a> Derived<'a> {
    /// The columns that `update` sets to `targets`, in the place of those that are dropped.
    ///
    /// # Errors
    /// A column that the change leaves is not known.
    pub(crate) fn new(
        request: &'a Request<'a>,
        table: TableRef<'a>,
        targets: &[(Ident, String)],
        update: &Update,
        dropped: &[&'a Column],
    ) -> Result<Self, Refusal> {
        let after = request.after.table(table.id);
        let mut new = Vec::new();
        for ((name, text), (_, expr)) in targets.iter().zip(&update.assignments) {
            let Some(column) = after.and_then(|after| after.column(name)) else {
                return Err(Refusal::new(
                    format!("{} is not there after the change", name.sql()),
                    "fill a column that stays",
                ));
            };
            let expression = Expression { sql: text.as_str().into(), expr: expr.clone() };
            // It is written before it is proved to hold no NULL.
            let column = Column { not_null: false, ..column.clone() };
            new.push((column.clone(), Formula::new(&expression, Some(&column.data_type))));
        }
        let texts = Texts::of(&update.assignments, dropped);
        let inverted = |column: &Column| {
            let mut assignments = update.assignments.iter();
            assignments.find_map(|(target, expr)| inverse::of(expr, &column.name, (&column.data_type, target)))
        };
        let back = |column: &Column| match &texts {
            Some(texts) => texts.back(column),
            None => inverted(column),
        };
        let old = dropped.iter().map(|column| (*column, back(column))).collect();
        Ok(Self { request, table, new, old, texts })
    }

    /// What gets lost on the way back, if the old columns are computed as texts.
    pub(crate) fn loss(&self) -> Option<String> {
        self.texts.as_ref().map(Texts::loss)
    }

    /// Whether the old columns can be computed from the new ones.
    pub(crate) fn has_way_back(&self) -> bool {
        self.old.iter().all(|(_, back)| back.is_some())
    }

    /// Triggers that keep both the same.
    pub(crate) fn sync(&self) -> Option<Sync> {
        let catalog = self.request.catalog;
        let old: Option<Vec<Side>> = self
            .old
            .iter()
            .map(|(column, back)| {
                let absent = match catalog.default_sql(column) {
                    None => Absent::Null,
                    Some(_) => Absent::Unknown,
                };
                Some(Side { column: (*column).clone(), value: back.clone()?, absent })
            })
            .collect();
        let new: Vec<Side> = self
            .new
            .iter()
            .map(|(column, value)| Side { column: column.clone(), value: value.clone(), absent: Absent::Null })
            .collect();
        let first = new.first().map(|side| side.column.name.clone())?;
        let stem = format!("{}_{first}", self.table.relation.name);
        Sync::new(catalog, self.table.id, &stem, (&old?, &new), Direction::Both)
    }

    /// Counts the rows in which the new form does not say what the old one says: a gate that expects 0. Where the new
    /// column was there before, only what is missing counts.
    pub(crate) fn mismatches(&self) -> String {
        let catalog = self.request.catalog;
        let backward: Vec<String> = self
            .old
            .iter()
            .filter_map(|(column, back)| Some(differs(catalog, column, &column.name.sql(), back.as_ref()?.sql())))
            .collect();
        let conditions: Vec<String> = self
            .new
            .iter()
            .map(|(column, value)| {
                let name = column.name.sql();
                if self.table.table.column(&column.name).is_some() {
                    return format!("({name} IS NULL AND {} IS NOT NULL)", value.sql());
                }
                let differs = differs(catalog, column, &name, value.sql());
                // A new value that the old form cannot hold exactly is right all the same.
                let back = backward.iter().map(|condition| format!(" AND {condition}")).collect::<String>();
                format!("({differs}{back})")
            })
            .collect();
        format!("SELECT count(*) FROM {} WHERE {}", self.table.sql(), conditions.join(" OR "))
    }

    /// Both forms as the application sees them.
    pub(crate) fn application(&self) -> Application {
        let after = self.request.after.table(self.table.id);
        let nullable = |name: &Ident| after.and_then(|t| t.column(name)).is_none_or(|column| !column.not_null);
        let new = self.new.iter().map(|(column, value)| Field {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            nullable: nullable(&column.name),
            value: Some(value.clone()),
        });
        let old = self.old.iter().map(|(column, back)| Field {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            nullable: !column.not_null,
            value: back.clone(),
        });
        Application::new(self.request, self.table, old.collect(), new.collect())
    }
}
