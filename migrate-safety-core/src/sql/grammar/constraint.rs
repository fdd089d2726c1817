//! Constraints of tables, and the parts that they share with those of columns.

use super::attribute::{Allowed, Attributes};
use super::common::{
    bare_operator, key_expression, nulls_order, operator, optional_idents, storage_parameters, using_method,
    with_parameters,
};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, Expression};
use crate::sql::name::Ident;
use crate::sql::operation::{
    ConstraintDef, ConstraintKind, ExcludeDef, ForeignKeyDef, IndexElement, IndexParameters, ReferentialAction,
    UniqueDef,
};
use crate::sql::span::Span;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// Whether a table constraint is next, where a column definition could be too.
pub(super) fn is_table_constraint(c: &Cursor<'_, '_>) -> bool {
    const FIRST_WORDS: &[&str] = &["CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "FOREIGN", "NOT"];
    FIRST_WORDS.iter().any(|word| c.is(word))
        || (c.is("EXCLUDE") && (c.is_nth(1, "USING") || c.peek_nth(1) == &Token::LParen))
}

/// A constraint that has no attributes yet.
pub(super) fn plain(name: Option<Ident>, kind: ConstraintKind) -> ConstraintDef {
    ConstraintDef {
        name,
        kind,
        not_valid: false,
        not_enforced: false,
        no_inherit: false,
        deferrable: false,
        initially_deferred: false,
        span: Span::START,
    }
}

/// `[CONSTRAINT name] CHECK (…) [NOT VALID …]` and the like.
pub(super) fn table_constraint(c: &mut Cursor<'_, '_>) -> Parse<ConstraintDef> {
    let start = c.mark();
    let name = if c.eat("CONSTRAINT") { Some(c.ident()?) } else { None };
    let (kind, allowed) = if c.eat("CHECK") {
        (ConstraintKind::Check(c.paren_expression()?), Allowed::CHECK)
    } else if c.eat("NOT") {
        c.expect("NULL")?;
        let column = c.ident()?;
        c.since(18, start, "a NOT NULL constraint of the table");
        (ConstraintKind::NotNull { column }, Allowed::NOT_NULL)
    } else if c.eat("UNIQUE") {
        (ConstraintKind::Unique(unique(c, false)?), Allowed::UNIQUE)
    } else if c.eat("PRIMARY") {
        c.expect("KEY")?;
        (ConstraintKind::Unique(unique(c, true)?), Allowed::PRIMARY_KEY)
    } else if c.eat("EXCLUDE") {
        (ConstraintKind::Exclude(exclude(c)?), Allowed::EXCLUDE)
    } else if c.eat("FOREIGN") {
        c.expect("KEY")?;
        (ConstraintKind::ForeignKey(foreign_key(c)?), Allowed::FOREIGN_KEY)
    } else {
        return Err(c.expected("a constraint"));
    };
    let attributes = Attributes::read(c, allowed)?;
    let mut constraint = plain(name, kind);
    attributes.apply(&mut constraint);
    constraint.span = c.span_from(start);
    Ok(constraint)
}

/// What follows `UNIQUE` or `PRIMARY KEY` of a table.
fn unique(c: &mut Cursor<'_, '_>, primary: bool) -> Parse<UniqueDef> {
    let mut def = no_columns(primary);
    if c.eat("USING") {
        c.expect("INDEX")?;
        def.using_index = Some(c.ident()?);
        return Ok(def);
    }
    if !primary {
        def.nulls_not_distinct = nulls_not_distinct(c)?;
    }
    let without_overlaps = &mut def.without_overlaps;
    def.columns = c.parens(|c| {
        let columns = c.list(Cursor::ident)?;
        let mark = c.mark();
        *without_overlaps = c.eat_all("WITHOUT OVERLAPS");
        if *without_overlaps {
            c.since(18, mark, "`WITHOUT OVERLAPS`");
        }
        Ok(columns)
    })?;
    def.include = include(c)?;
    def.parameters = index_parameters(c)?;
    Ok(def)
}

pub(super) fn no_columns(primary: bool) -> UniqueDef {
    UniqueDef {
        primary,
        columns: Vec::new(),
        include: Vec::new(),
        nulls_not_distinct: false,
        without_overlaps: false,
        using_index: None,
        parameters: IndexParameters::default(),
    }
}

/// `NULLS [NOT] DISTINCT`.
pub(super) fn nulls_not_distinct(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    let mark = c.mark();
    if !c.eat("NULLS") {
        return Ok(false);
    }
    let not = c.eat("NOT");
    c.expect("DISTINCT")?;
    c.since(15, mark, "`NULLS [NOT] DISTINCT`");
    Ok(not)
}

/// `INCLUDE (…)`.
pub(super) fn include(c: &mut Cursor<'_, '_>) -> Parse<Vec<Ident>> {
    let mark = c.mark();
    if !c.eat("INCLUDE") {
        return Ok(Vec::new());
    }
    let columns = c.ident_list()?;
    c.since(11, mark, "`INCLUDE`");
    Ok(columns)
}

/// `WITH (…) USING INDEX TABLESPACE name`: of the index that a constraint makes.
pub(super) fn index_parameters(c: &mut Cursor<'_, '_>) -> Parse<IndexParameters> {
    let options = with_parameters(c)?;
    let tablespace = if c.eat("USING") {
        c.expect("INDEX TABLESPACE")?;
        Some(c.ident()?)
    } else {
        None
    };
    Ok(IndexParameters { options, tablespace })
}

/// What follows `EXCLUDE`.
fn exclude(c: &mut Cursor<'_, '_>) -> Parse<ExcludeDef> {
    let method = using_method(c)?.unwrap_or_else(|| Ident::exact("btree"));
    let (elements, operators) = c.parens(|c| c.list(exclude_element))?.into_iter().unzip();
    let include = include(c)?;
    let parameters = index_parameters(c)?;
    let predicate = if c.eat("WHERE") { Some(c.paren_expression()?) } else { None };
    Ok(ExcludeDef { method, elements, operators, include, parameters, predicate })
}

fn exclude_element(c: &mut Cursor<'_, '_>) -> Parse<(IndexElement, Box<str>)> {
    let element = index_element(c)?;
    c.expect("WITH")?;
    let operator = if c.is("OPERATOR") && c.peek_nth(1) == &Token::LParen {
        operator(c)?
    } else {
        let start = c.mark();
        bare_operator(c)?;
        c.text_from(start).into()
    };
    Ok((element, operator))
}

/// `a COLLATE "C" text_pattern_ops (p = 1) DESC NULLS LAST`.
pub(super) fn index_element(c: &mut Cursor<'_, '_>) -> Parse<IndexElement> {
    let mut expression = key_expression(c)?;
    let mut collation = if c.eat("COLLATE") { Some(c.object_name()?) } else { None };
    if let (None, Expr::Collate { expr, collation: inside }) = (&collation, &expression.expr)
        && let Expr::Column { qualifier: None, name } = &**expr
    {
        // `(a COLLATE "C")` is a column all the same.
        collation = Some(inside.clone());
        expression = Expression { sql: name.sql().into(), expr: (**expr).clone() };
    }
    let mut operator_class = None;
    if matches!(c.peek(), Token::Word(_)) && !nulls_order(c) && !["ASC", "DESC", "WITH"].iter().any(|word| c.is(word)) {
        operator_class = Some(c.object_name()?);
        if c.is_token(&Token::LParen) {
            let mark = c.mark();
            storage_parameters(c)?;
            c.since(13, mark, "a parameter of an operator class");
        }
    }
    let descending = c.eat_one_of(&["ASC", "DESC"]) == Some("DESC");
    let nulls_first = if c.eat("NULLS") {
        match c.eat_one_of(&["FIRST", "LAST"]) {
            Some(word) => Some(word == "FIRST"),
            None => return Err(c.expected("`FIRST` or `LAST`")),
        }
    } else {
        None
    };
    Ok(IndexElement { expression, collation, operator_class, descending, nulls_first })
}

/// What follows `FOREIGN`: `KEY (…) REFERENCES …`.
fn foreign_key(c: &mut Cursor<'_, '_>) -> Parse<ForeignKeyDef> {
    let (columns, period) = c.parens(columns_and_period)?;
    c.expect("REFERENCES")?;
    let mut def = references(c, true)?;
    def.columns = columns;
    def.period |= period;
    Ok(def)
}

/// `a, b, PERIOD c`.
fn columns_and_period(c: &mut Cursor<'_, '_>) -> Parse<(Vec<Ident>, bool)> {
    let mut period = false;
    let mut columns = vec![c.ident()?];
    while !period && c.eat_token(&Token::Comma) {
        // `PERIOD` alone is a column of that name.
        let mark = c.mark();
        period = c.is("PERIOD") && matches!(c.peek_nth(1), Token::Word(_)) && c.eat("PERIOD");
        columns.push(c.ident()?);
        if period {
            c.since(18, mark, "`PERIOD`");
        }
    }
    Ok((columns, period))
}

/// What follows `REFERENCES`; only that of a table can speak of a `PERIOD`.
pub(super) fn references(c: &mut Cursor<'_, '_>, of_table: bool) -> Parse<ForeignKeyDef> {
    let mut def = ForeignKeyDef {
        columns: Vec::new(),
        table: c.object_name()?,
        referenced: Vec::new(),
        match_full: false,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        set_columns: Vec::new(),
        period: false,
    };
    if c.is_token(&Token::LParen) {
        (def.referenced, def.period) = if of_table { c.parens(columns_and_period)? } else { (c.ident_list()?, false) };
    }
    if c.eat("MATCH") {
        if c.is("PARTIAL") {
            return Err(c.problem(ProblemKind::Invalid, "MATCH PARTIAL is not implemented"));
        }
        match c.eat_one_of(&["FULL", "SIMPLE"]) {
            Some(word) => def.match_full = word == "FULL",
            None => return Err(c.expected("`FULL` or `SIMPLE`")),
        }
    }
    let (mut deletes, mut updates) = (false, false);
    loop {
        if !deletes && c.eat_all("ON DELETE") {
            deletes = true;
            (def.on_delete, def.set_columns) = referential_action(c)?;
        } else if !updates && c.is_all("ON UPDATE") {
            updates = true;
            let place = c.next_span();
            c.eat_all("ON UPDATE");
            let (action, columns) = referential_action(c)?;
            def.on_update = action;
            if !columns.is_empty() {
                let mut problem = c.problem(
                    ProblemKind::Invalid,
                    "a column list with SET NULL or SET DEFAULT is only supported for ON DELETE",
                );
                problem.span = place;
                return Err(problem);
            }
        } else {
            return Ok(def);
        }
    }
}

fn referential_action(c: &mut Cursor<'_, '_>) -> Parse<(ReferentialAction, Vec<Ident>)> {
    let action = if c.eat("NO") {
        c.expect("ACTION")?;
        ReferentialAction::NoAction
    } else if c.eat("RESTRICT") {
        ReferentialAction::Restrict
    } else if c.eat("CASCADE") {
        ReferentialAction::Cascade
    } else if c.eat("SET") {
        let action = match c.eat_one_of(&["NULL", "DEFAULT"]) {
            Some("NULL") => ReferentialAction::SetNull,
            Some(_) => ReferentialAction::SetDefault,
            None => return Err(c.expected("`NULL` or `DEFAULT`")),
        };
        let mark = c.mark();
        let columns = optional_idents(c)?;
        if !columns.is_empty() {
            c.since(15, mark, "a column list of SET NULL or SET DEFAULT");
        }
        return Ok((action, columns));
    } else {
        return Err(c.expected("`NO ACTION`, `RESTRICT`, `CASCADE`, `SET NULL` or `SET DEFAULT`"));
    };
    Ok((action, Vec::new()))
}
