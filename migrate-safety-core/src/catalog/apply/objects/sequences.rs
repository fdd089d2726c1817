//! Sequences.

use super::Applied;
use super::support::{kinds, wrong_kind};
use crate::catalog::{Catalog, ColumnId, Conflict, RelationId, RelationKind, Sequence, Stamp};
use crate::sql::operation::{Persistence, RelationWord, SequenceOptions};
use crate::sql::{DataType, Ident, ObjectName};

impl Catalog {
    /// `CREATE SEQUENCE`.
    pub(super) fn create_sequence(
        &mut self,
        name: &ObjectName,
        if_not_exists: bool,
        persistence: Persistence,
        options: &SequenceOptions,
        now: Stamp,
        applied: &mut Applied,
    ) {
        let (mut schema, name) = self.new_name(name, applied);
        if persistence == Persistence::Temporary {
            schema = Ident::exact(crate::catalog::TEMP_SCHEMA);
        }
        let sequence = Sequence::new(DataType::builtin("int8"), persistence, options);
        let clash = self.relation_clash(&schema, &name, true);
        if let Some(clash) = clash.as_ref().filter(|_| if_not_exists) {
            return applied.notice(format!("{}, skipping", clash.message));
        }
        if let Some(problem) = options_problem(&sequence.data_type, sequence.increment, options, None).or(clash) {
            return applied.conflicts.push(problem);
        }
        let owner = options.owned_by.as_ref().and_then(|o| o.as_ref());
        let owner = owner.and_then(|(table, column)| self.owner(&schema, table, column, applied));
        let id = self.add_relation(schema, name, RelationKind::Sequence(Box::new(sequence)), now);
        self.own_sequence(id, owner);
        applied.created.push(id);
    }

    /// `ALTER SEQUENCE` with options.
    pub(super) fn alter_sequence(
        &mut self,
        name: &ObjectName,
        if_exists: bool,
        options: &SequenceOptions,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(name, if_exists, applied) else { return };
        let Some(relation) = self.relation(id) else { return };
        let Some(sequence) = relation.sequence() else {
            if relation.unknown {
            } else if self.target().version >= 17 {
                let detail = format!("This operation is not supported for {}.", kinds(relation));
                let problem = Conflict::new("42809", format!("cannot open relation \"{}\"", name.name));
                applied.conflicts.push(Conflict { detail: vec![detail], ..problem });
            } else {
                applied.conflicts.push(wrong_kind(&name.name, RelationWord::Sequence));
            }
            return;
        };
        let data_type = options.data_type.clone().unwrap_or_else(|| sequence.data_type.clone());
        let increment = options.increment.unwrap_or(sequence.increment);
        if let Some(problem) = options_problem(&data_type, increment, options, Some(sequence)) {
            return applied.conflicts.push(problem);
        }
        let (schema, identity, owned_by) = (relation.schema.clone(), sequence.identity, sequence.owned_by);
        let mut owner = None;
        if let Some(new_owner) = &options.owned_by {
            if identity {
                let table = owned_by.and_then(|(table, _)| self.relation(table)).map(|t| t.name.to_string());
                let table = table.unwrap_or_default();
                let detail = vec![format!("Sequence \"{}\" is linked to table \"{table}\".", name.name)];
                let problem = Conflict::new("0A000", "cannot change ownership of identity sequence");
                return applied.conflicts.push(Conflict { detail, ..problem });
            }
            let before = applied.conflicts.len();
            let found = new_owner.as_ref().and_then(|(table, column)| self.owner(&schema, table, column, applied));
            if applied.conflicts.len() > before {
                return;
            }
            owner = Some(found);
        }
        if let Some(RelationKind::Sequence(sequence)) = self.relations.get_mut(&id).map(|r| &mut r.kind) {
            sequence.alter(options);
        }
        if let Some(owner) = owner {
            self.own_sequence(id, owner);
        }
    }

    /// The column of `OWNED BY table.column`.
    fn owner(
        &self,
        schema: &Ident,
        table: &ObjectName,
        column: &Ident,
        applied: &mut Applied,
    ) -> Option<(RelationId, ColumnId)> {
        let id = self.existing_relation(table, false, applied)?;
        let relation = self.relation(id)?;
        let Some(definition) = relation.table() else {
            // A plain view can own one.
            if relation.view().is_none_or(|v| v.materialized) {
                applied.conflict("42809", format!("sequence cannot be owned by relation \"{}\"", relation.name));
            }
            return None;
        };
        if relation.schema != *schema {
            applied.conflict("55000", "sequence must be in same schema as table it is linked to");
            return None;
        }
        match definition.column(column) {
            Some(column) => Some((id, column.id)),
            None => {
                if !relation.unknown {
                    let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name);
                    applied.conflict("42703", message);
                }
                None
            }
        }
    }
}

impl Sequence {
    /// A sequence of its own, or to be owned.
    pub(in crate::catalog) fn new(data_type: DataType, persistence: Persistence, options: &SequenceOptions) -> Self {
        let mut sequence = Self {
            data_type,
            owned_by: None,
            identity: false,
            persistence,
            bounds: (None, None),
            increment: 1,
            start: None,
            cache: 1,
            cycle: false,
        };
        sequence.set(options);
        sequence
    }

    /// The first number it gives.
    pub(in crate::catalog) fn first(&self) -> i64 {
        let (least, most) = self.usual_bounds();
        let end = if self.increment > 0 { self.bounds.0.unwrap_or(least) } else { self.bounds.1.unwrap_or(most) };
        self.start.unwrap_or(end)
    }

    /// The least and the greatest number if nothing is written about them.
    fn usual_bounds(&self) -> (i64, i64) {
        let (lowest, highest) = match self.data_type.name.as_str() {
            "int2" => (i64::from(i16::MIN), i64::from(i16::MAX)),
            "int4" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        if self.increment > 0 { (1, highest) } else { (lowest, -1) }
    }

    /// `ALTER SEQUENCE`: where it starts stays as it is, and so do bounds that would be others for another direction.
    fn alter(&mut self, options: &SequenceOptions) {
        let (first, (least, most), ascending) = (self.first(), self.usual_bounds(), self.increment > 0);
        if options.increment.is_some_and(|increment| (increment > 0) != ascending) {
            self.bounds = (Some(self.bounds.0.unwrap_or(least)), Some(self.bounds.1.unwrap_or(most)));
        }
        self.start = Some(first);
        self.set(options);
        self.forget_usual();
    }

    /// Drops the bounds and the start that it would have if nothing were written about them.
    pub(in crate::catalog) fn forget_usual(&mut self) {
        let (least, most) = self.usual_bounds();
        let first = Self { start: None, ..self.clone() }.first();
        self.start = self.start.filter(|start| *start != first);
        self.bounds = (self.bounds.0.filter(|bound| *bound != least), self.bounds.1.filter(|bound| *bound != most));
    }

    /// Sets the options that are written.
    pub(in crate::catalog) fn set(&mut self, options: &SequenceOptions) {
        if let Some(data_type) = &options.data_type {
            self.data_type = data_type.clone();
        }
        self.bounds.0 = options.min_value.unwrap_or(self.bounds.0);
        self.bounds.1 = options.max_value.unwrap_or(self.bounds.1);
        self.increment = options.increment.unwrap_or(self.increment);
        self.start = options.start.or(self.start);
        self.cache = options.cache.unwrap_or(self.cache);
        self.cycle = options.cycle.unwrap_or(self.cycle);
    }
}

/// What is wrong with the options of a sequence (`init_params` on the server).
fn options_problem(
    data_type: &DataType,
    increment: i64,
    options: &SequenceOptions,
    before: Option<&Sequence>,
) -> Option<Conflict> {
    let invalid = |message: String| Some(Conflict::new("22023", message));
    let (lowest, highest, spelt) = match data_type.name.as_str() {
        "int2" => (i64::from(i16::MIN), i64::from(i16::MAX), "smallint"),
        "int4" => (i64::from(i32::MIN), i64::from(i32::MAX), "integer"),
        "int8" => (i64::MIN, i64::MAX, "bigint"),
        _ => return invalid("sequence type must be smallint, integer, or bigint".to_owned()),
    };
    if increment == 0 {
        return invalid("INCREMENT must not be zero".to_owned());
    }
    let (min, max) = before.map_or((None, None), |s| s.bounds);
    let max = options.max_value.unwrap_or(max).unwrap_or(if increment > 0 { highest } else { -1 });
    let min = options.min_value.unwrap_or(min).unwrap_or(if increment > 0 { 1 } else { lowest });
    for (word, bound) in [("MAXVALUE", max), ("MINVALUE", min)] {
        if !(lowest..=highest).contains(&bound) {
            return invalid(format!("{word} ({bound}) is out of range for sequence data type {spelt}"));
        }
    }
    if min >= max {
        return invalid(format!("MINVALUE ({min}) must be less than MAXVALUE ({max})"));
    }
    let values = [("START", options.start), ("RESTART", options.restart.flatten())];
    for (word, value) in values.into_iter().filter_map(|(word, value)| Some((word, value?))) {
        if value < min {
            return invalid(format!("{word} value ({value}) cannot be less than MINVALUE ({min})"));
        }
        if value > max {
            return invalid(format!("{word} value ({value}) cannot be greater than MAXVALUE ({max})"));
        }
    }
    None
}
