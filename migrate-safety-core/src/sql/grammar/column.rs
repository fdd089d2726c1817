//! Columns as `CREATE TABLE` and `ADD COLUMN` define them.

use super::attribute::{Allowed, Attributes, is_column_attribute};
use super::common::{create_options, none_of};
use super::constraint::{index_parameters, no_columns, nulls_not_distinct, plain, references};
use super::sequence;
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::datatype::DataType;
use crate::sql::name::Ident;
use crate::sql::operation::{ColumnDef, ConstraintDef, ConstraintKind, Generated, Identity};
use crate::sql::span::Span;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

/// `name type [STORAGE s] [COMPRESSION c] [OPTIONS (…)] [qualifiers]`.
pub(super) fn column_def(c: &mut Cursor<'_, '_>) -> Parse<ColumnDef> {
    let start = c.mark();
    let mut column = ColumnDef::new(c.ident()?);
    let (data_type, serial) = unfold_serial(c.data_type()?);
    column.data_type = Some(data_type);
    column.serial = serial;
    let mark = c.mark();
    if c.eat("STORAGE") {
        column.storage = Some(setting(c)?);
        c.since(16, mark, "`STORAGE` in the definition of a column");
    }
    let mark = c.mark();
    if c.eat("COMPRESSION") {
        column.compression = Some(setting(c)?);
        c.since(14, mark, "`COMPRESSION`");
    }
    create_options(c)?;
    Qualifiers::new(column).read(c, start)
}

/// `name [WITH OPTIONS] [qualifiers]`: a column whose type comes from a parent table or a composite type.
pub(super) fn typed_column_def(c: &mut Cursor<'_, '_>) -> Parse<ColumnDef> {
    let start = c.mark();
    let column = ColumnDef::new(c.ident()?);
    if c.eat("WITH") {
        c.expect("OPTIONS")?;
    }
    Qualifiers::new(column).read(c, start)
}

/// A value of `STORAGE` or `COMPRESSION`.
pub(super) fn setting(c: &mut Cursor<'_, '_>) -> Parse<Ident> {
    if c.eat("DEFAULT") { Ok(Ident::exact("default")) } else { c.ident() }
}

/// `ALWAYS` (true) or `BY DEFAULT`.
pub(super) fn generated_when(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    if c.eat("ALWAYS") {
        Ok(true)
    } else if c.eat_all("BY DEFAULT") {
        Ok(false)
    } else {
        Err(c.expected("`ALWAYS` or `BY DEFAULT`"))
    }
}

/// What follows `AS IDENTITY`.
pub(super) fn identity(c: &mut Cursor<'_, '_>, always: bool) -> Parse<Identity> {
    let options = if c.is_token(&Token::LParen) { c.parens(sequence::some_options)? } else { Default::default() };
    Ok(Identity { always, options })
}

/// `serial` and the like as the integer type that they stand for.
fn unfold_serial(written: DataType) -> (DataType, bool) {
    if written.schema.is_some() || written.array || !written.modifiers.is_empty() {
        return (written, false);
    }
    let integer = match written.name.as_str() {
        "smallserial" | "serial2" => "int2",
        "serial" | "serial4" => "int4",
        "bigserial" | "serial8" => "int8",
        _ => return (written, false),
    };
    (DataType::builtin(integer), true)
}

/// Reads what stands behind name and type, in any order.
struct Qualifiers {
    column: ColumnDef,
    /// Attributes of the constraint read last, if attributes can follow.
    attributes: Attributes,
    allowed: Option<Allowed>,
    not_null: bool,
    primary: bool,
}

impl Qualifiers {
    fn new(column: ColumnDef) -> Self {
        Self { column, attributes: Attributes::default(), allowed: None, not_null: false, primary: false }
    }

    fn read(mut self, c: &mut Cursor<'_, '_>, start: Mark) -> Parse<ColumnDef> {
        while self.next(c)? {}
        self.column.span = c.span_from(start);
        if self.primary && self.column.null {
            c.no_longer(18, start, "`NULL` at a primary key");
        }
        Ok(self.column)
    }

    /// Reads one, if there is one.
    fn next(&mut self, c: &mut Cursor<'_, '_>) -> Parse<bool> {
        let start = c.mark();
        if is_column_attribute(c) {
            self.attributes.read_one(c, self.allowed)?;
            if let Some(constraint) = self.column.constraints.last_mut() {
                self.attributes.apply(constraint);
                constraint.span.end = c.span_from(start).end;
            }
            return Ok(true);
        }
        if c.is("COLLATE") {
            fits(c, self.column.collation.is_none(), "multiple COLLATE clauses")?;
            c.eat("COLLATE");
            self.column.collation = Some(c.object_name()?);
            return Ok(true);
        }
        if c.is_all("NOT VALID") {
            let message = "a constraint at a column cannot be NOT VALID: only one of the table can";
            return Err(c.problem(ProblemKind::Invalid, message));
        }
        if c.is("INITIALLY") || (c.is("NOT") && !c.is_nth(1, "NULL")) {
            const PHRASES: &[&str] =
                &["NOT NULL", "NOT DEFERRABLE", "NOT ENFORCED", "INITIALLY DEFERRED", "INITIALLY IMMEDIATE"];
            return Err(none_of(c, PHRASES.iter().copied(), "a constraint"));
        }
        let name = if c.eat("CONSTRAINT") { Some(c.ident()?) } else { None };
        let named = name.is_some();
        let found = self.constraint(c, name, start)? || self.property(c)?;
        if named && !found {
            return Err(c.expected("a constraint"));
        }
        Ok(found)
    }

    /// What is kept as a constraint.
    fn constraint(&mut self, c: &mut Cursor<'_, '_>, name: Option<Ident>, start: Mark) -> Parse<bool> {
        let column = self.column.name.clone();
        let mut no_inherit = false;
        let (kind, allowed) = if c.is_all("NOT NULL") {
            fits(c, !self.column.null, CONFLICTING_NULLS)?;
            c.eat_all("NOT NULL");
            no_inherit = c.eat_all("NO INHERIT");
            if no_inherit {
                c.since(18, start, "`NOT NULL NO INHERIT`");
            }
            self.not_null = true;
            (ConstraintKind::NotNull { column }, None)
        } else if c.eat("UNIQUE") {
            let mut def = no_columns(false);
            def.nulls_not_distinct = nulls_not_distinct(c)?;
            def.parameters = index_parameters(c)?;
            def.columns.push(column);
            (ConstraintKind::Unique(def), Some(Allowed::UNIQUE))
        } else if c.eat("PRIMARY") {
            c.expect("KEY")?;
            self.primary = true;
            let mut def = no_columns(true);
            def.parameters = index_parameters(c)?;
            def.columns.push(column);
            (ConstraintKind::Unique(def), Some(Allowed::PRIMARY_KEY))
        } else if c.eat("CHECK") {
            let check = c.paren_expression()?;
            no_inherit = c.eat_all("NO INHERIT");
            (ConstraintKind::Check(check), Some(Allowed::CHECK))
        } else if c.eat("REFERENCES") {
            let mut def = references(c, false)?;
            def.columns.push(column);
            (ConstraintKind::ForeignKey(def), Some(Allowed::FOREIGN_KEY))
        } else {
            return Ok(false);
        };
        let span = c.span_from(start);
        self.column.constraints.push(ConstraintDef { no_inherit, span, ..plain(name, kind) });
        self.attributes = Attributes::default();
        self.allowed = allowed;
        Ok(true)
    }

    /// What is kept as a property of the column.
    fn property(&mut self, c: &mut Cursor<'_, '_>) -> Parse<bool> {
        let column = &mut self.column;
        if c.is("DEFAULT") {
            fits(c, column.default.is_none(), "multiple default values")?;
            fits(c, column.identity.is_none(), "both a default and an identity")?;
            fits(c, column.generated.is_none(), "both a default and a generation expression")?;
            fits(c, !column.serial, "multiple default values: a serial column has one")?;
            c.eat("DEFAULT");
            column.default = Some(c.default_expression()?);
        } else if c.is("NULL") {
            fits(c, !self.not_null && !column.serial, CONFLICTING_NULLS)?;
            c.eat("NULL");
            column.null = true;
        } else if c.is("GENERATED") {
            let start = c.mark();
            let place = c.next_span();
            c.eat("GENERATED");
            let always = generated_when(c)?;
            c.expect("AS")?;
            if c.is("IDENTITY") {
                fits_at(place, column.identity.is_none(), "multiple identity clauses")?;
                fits_at(place, column.default.is_none() && !column.serial, "both a default and an identity")?;
                fits_at(place, column.generated.is_none(), "both an identity and a generation expression")?;
                fits_at(place, !column.null, CONFLICTING_NULLS)?;
                c.eat("IDENTITY");
                column.identity = Some(identity(c, always)?);
                c.since(10, start, "an identity column");
                self.not_null = true;
            } else {
                fits_at(place, always, "for a generated column, GENERATED ALWAYS must be specified")?;
                fits_at(place, column.generated.is_none(), "multiple generation clauses")?;
                fits_at(
                    place,
                    column.default.is_none() && !column.serial,
                    "both a default and a generation expression",
                )?;
                fits_at(place, column.identity.is_none(), "both an identity and a generation expression")?;
                let expression = c.paren_expression()?;
                let stored = c.eat_one_of(&["STORED", "VIRTUAL"]) == Some("STORED");
                match stored {
                    true => c.since(12, start, "a generated column"),
                    false => c.since(18, start, "a virtual generated column"),
                }
                column.generated = Some(Generated { expression, stored });
            }
        } else {
            return Ok(false);
        }
        self.allowed = None;
        Ok(true)
    }
}

const CONFLICTING_NULLS: &str = "conflicting NULL and NOT NULL declarations";

/// Complains at the next token unless the clause there fits.
fn fits(c: &Cursor<'_, '_>, holds: bool, message: &str) -> Parse<()> {
    fits_at(c.next_span(), holds, message)
}

fn fits_at(span: Span, holds: bool, message: &str) -> Parse<()> {
    if holds { Ok(()) } else { Err(Problem { kind: ProblemKind::Invalid, span, message: message.into() }) }
}
