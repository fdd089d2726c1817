//! What stands behind a constraint: `NOT VALID`, `DEFERRABLE`, `NOT ENFORCED` …

use super::common::none_of;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::operation::ConstraintDef;
use crate::sql::statement::ProblemKind;

/// Attributes as written; absent ones are not written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes {
    pub(super) deferrable: Option<bool>,
    pub(super) initially_deferred: Option<bool>,
    pub(super) enforced: Option<bool>,
    pub(super) not_valid: bool,
    pub(super) no_inherit: bool,
}

/// Which attributes a sort of constraint takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    /// How complaints name the sort.
    pub(super) label: &'static str,
    pub(super) deferrable: bool,
    pub(super) enforced: bool,
    pub(super) not_valid: bool,
    pub(super) no_inherit: bool,
}

impl Allowed {
    pub(super) const CHECK: Self =
        Self { label: "CHECK constraints", deferrable: false, enforced: true, not_valid: true, no_inherit: true };
    pub(super) const NOT_NULL: Self =
        Self { label: "NOT NULL constraints", deferrable: false, enforced: false, not_valid: true, no_inherit: true };
    pub(super) const UNIQUE: Self =
        Self { label: "UNIQUE constraints", deferrable: true, enforced: false, not_valid: false, no_inherit: false };
    pub(super) const PRIMARY_KEY: Self = Self { label: "PRIMARY KEY constraints", ..Self::UNIQUE };
    pub(super) const EXCLUDE: Self = Self { label: "EXCLUDE constraints", ..Self::UNIQUE };
    pub(super) const FOREIGN_KEY: Self =
        Self { label: "FOREIGN KEY constraints", deferrable: true, enforced: true, not_valid: true, no_inherit: false };
    /// What `ALTER CONSTRAINT` takes.
    pub(super) const ALTER: Self =
        Self { label: "altered constraints", deferrable: true, enforced: true, not_valid: false, no_inherit: true };
}

/// An attribute by its words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Deferrable(bool),
    InitiallyDeferred(bool),
    Enforced(bool),
    NotValid,
    NoInherit,
}

const WORDS: &[(&str, Attribute)] = &[
    ("DEFERRABLE", Attribute::Deferrable(true)),
    ("NOT DEFERRABLE", Attribute::Deferrable(false)),
    ("INITIALLY DEFERRED", Attribute::InitiallyDeferred(true)),
    ("INITIALLY IMMEDIATE", Attribute::InitiallyDeferred(false)),
    ("ENFORCED", Attribute::Enforced(true)),
    ("NOT ENFORCED", Attribute::Enforced(false)),
    ("NOT VALID", Attribute::NotValid),
    ("NO INHERIT", Attribute::NoInherit),
];

/// The next attribute and its words, if one is next.
fn next(c: &Cursor<'_, '_>) -> Option<(&'static str, Attribute)> {
    WORDS.iter().copied().find(|(words, _)| c.is_all(words))
}

/// Whether an attribute that may stand behind a column's constraint is next.
pub(super) fn is_column_attribute(c: &Cursor<'_, '_>) -> bool {
    next(c).is_some_and(|(_, attribute)| !matches!(attribute, Attribute::NotValid | Attribute::NoInherit))
}

impl Attributes {
    /// All that follow a table constraint: any order, repetitions included.
    pub(super) fn read(c: &mut Cursor<'_, '_>, allowed: Allowed) -> Parse<Self> {
        let mut attributes = Self::default();
        while let Some((words, attribute)) = next(c) {
            attributes.check(c, attribute, words, allowed)?;
            attributes.take(c, attribute, words);
        }
        if ["INITIALLY", "NO", "NOT"].iter().any(|word| c.is(word)) {
            return Err(none_of(c, WORDS.iter().map(|(words, _)| *words), "an attribute"));
        }
        Ok(attributes)
    }

    /// The one that is next, behind a constraint of a column: none twice.
    pub(super) fn read_one(&mut self, c: &mut Cursor<'_, '_>, allowed: Option<Allowed>) -> Parse<()> {
        let Some((words, attribute)) = next(c) else { return Err(c.expected("an attribute of a constraint")) };
        let fits = allowed.is_some_and(|allowed| match attribute {
            Attribute::Enforced(_) => allowed.enforced,
            _ => allowed.deferrable,
        });
        let Some(allowed) = allowed.filter(|_| fits) else {
            return Err(c.problem(ProblemKind::Invalid, format!("misplaced {words} clause")));
        };
        let repeated = match attribute {
            Attribute::Deferrable(_) => self.deferrable.is_some(),
            Attribute::InitiallyDeferred(_) => self.initially_deferred.is_some(),
            Attribute::Enforced(_) => self.enforced.is_some(),
            Attribute::NotValid | Attribute::NoInherit => false,
        };
        if repeated {
            return Err(c.problem(ProblemKind::Invalid, format!("{words} comes after a clause of the same kind")));
        }
        self.check(c, attribute, words, allowed)?;
        self.take(c, attribute, words);
        Ok(())
    }

    /// Complains about one that the constraint cannot have or that contradicts an earlier one.
    fn check(&self, c: &Cursor<'_, '_>, attribute: Attribute, words: &str, allowed: Allowed) -> Parse<()> {
        let (possible, conflicts) = match attribute {
            Attribute::Deferrable(on) => (
                // Saying what holds anyway is fine.
                allowed.deferrable || !on,
                self.deferrable == Some(!on) || (!on && self.initially_deferred == Some(true)),
            ),
            Attribute::InitiallyDeferred(on) => (
                allowed.deferrable || !on,
                self.initially_deferred == Some(!on) || (on && self.deferrable == Some(false)),
            ),
            Attribute::Enforced(on) => (allowed.enforced || on, self.enforced == Some(!on)),
            Attribute::NotValid => (allowed.not_valid, false),
            Attribute::NoInherit => (allowed.no_inherit, false),
        };
        if !possible {
            let message = format!("{} cannot be marked {words}", allowed.label);
            return Err(c.problem(ProblemKind::Invalid, message));
        }
        if conflicts {
            return Err(c.problem(ProblemKind::Invalid, format!("{words} contradicts an earlier clause")));
        }
        Ok(())
    }

    fn take(&mut self, c: &mut Cursor<'_, '_>, attribute: Attribute, words: &str) {
        let mark = c.mark();
        c.eat_all(words);
        if matches!(attribute, Attribute::Enforced(_)) {
            c.since(18, mark, &format!("`{words}`"));
        }
        match attribute {
            Attribute::Deferrable(on) => self.deferrable = Some(on),
            Attribute::InitiallyDeferred(on) => self.initially_deferred = Some(on),
            Attribute::Enforced(on) => self.enforced = Some(on),
            Attribute::NotValid => self.not_valid = true,
            Attribute::NoInherit => self.no_inherit = true,
        }
    }

    /// Puts them into a constraint.
    pub(super) fn apply(self, constraint: &mut ConstraintDef) {
        constraint.initially_deferred = self.initially_deferred.unwrap_or_default();
        constraint.deferrable = self.deferrable.unwrap_or(constraint.initially_deferred);
        constraint.not_enforced = self.enforced == Some(false);
        constraint.not_valid = self.not_valid;
        constraint.no_inherit |= self.no_inherit;
    }
}
