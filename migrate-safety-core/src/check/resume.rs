//! A check that begins where an earlier one was, so that it costs what is new and not the whole history.
//!
//! What is kept of a check is its state before a migration: the schema, and what was found up to there. It depends on
//! the settings, on the set's layout and completeness, and on the migrations before; whoever keeps it hands it back only
//! where all of that, and this crate's version, is the same.

use super::{JudgedMigration, Replay, Start, conclude};
use crate::catalog::codec::{Codec, Reader, Writer, codec};
use crate::catalog::{Catalog, Session, Stamp};
use crate::config::Config;
use crate::dialect::Dialect;
use crate::layout::{Migration, MigrationSet};
use crate::report::{Message, MigrationReport, StatementReport};
use crate::rules::{Directives, Finding, Status, find};
use crate::sql::{Directive, Span};
use std::sync::Arc;

/// The messages of a [`check`](crate::check()), the migrations `from.0..` judged on what was kept before them.
///
/// `keep` gets the state before each of the `wanted` migrations (their indexes, ascending) that is judged, unless that
/// state has no form in bytes. `None`: what was kept cannot be read, or nothing is ever kept of a check for this
/// dialect; then nothing has been kept either.
pub fn messages_resumed(
    set: &MigrationSet,
    config: &Config,
    from: Option<(usize, &[u8])>,
    wanted: &[usize],
    keep: &mut dyn FnMut(usize, Vec<u8>),
) -> Option<Vec<Message>> {
    if config.target.dialect != Dialect::Postgres {
        return None;
    }
    let start = Start::default();
    let (mut replay, mut reports) = match from {
        Some((before, bytes)) => {
            let state = State::read_all(bytes).filter(|state| state.found.len() == before)?;
            state.restore(set, config, &start)?
        }
        None => (Replay::over_bookkeeping(set, config, &start), Vec::new()),
    };
    let first = reports.len();
    for (index, migration) in set.migrations.iter().enumerate().skip(first) {
        if index > first
            && wanted.binary_search(&index).is_ok()
            && let Some(bytes) = state_of(&replay, &reports)
        {
            keep(index, bytes);
        }
        reports.push(replay.judge(migration));
    }
    Some(conclude(set, config, &replay, reports).messages())
}

/// The state of a check before a migration.
struct State {
    catalog: Catalog,
    session: Session,
    now: Stamp,
    /// What was found in each migration before.
    found: Vec<Found>,
}

/// What was found in a migration, before what only the whole set can show.
struct Found {
    directives: Vec<Directives>,
    statements: Vec<(Span, Vec<Finding>)>,
    findings: Vec<Finding>,
}

impl State {
    fn read_all(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        Self::read(&mut reader).filter(|_| reader.is_empty())
    }

    fn restore<'c>(
        self,
        set: &MigrationSet,
        config: &'c Config,
        start: &Start<'c>,
    ) -> Option<(Replay<'c>, Vec<JudgedMigration>)> {
        let mut replay = Replay::on(self.catalog, set, config, start);
        (replay.session, replay.now) = (self.session, self.now);
        let mut reports = Vec::with_capacity(self.found.len());
        for (index, found) in self.found.into_iter().enumerate() {
            let report = report(set.migrations.get(index)?, found.statements, found.findings);
            reports.push(JudgedMigration { report, directives: found.directives });
        }
        Some((replay, reports))
    }
}

/// The state of a check as bytes; prepared statements have no form in them.
fn state_of(replay: &Replay<'_>, reports: &[JudgedMigration]) -> Option<Vec<u8>> {
    if !replay.prepared.is_empty() {
        return None;
    }
    let mut out = Writer::new();
    replay.catalog.write(&mut out);
    replay.session.write(&mut out);
    replay.now.write(&mut out);
    out.number(reports.len() as u64);
    for JudgedMigration { report, directives } in reports {
        directives.write(&mut out);
        out.number(report.statements.len() as u64);
        for statement in &report.statements {
            statement.span.write(&mut out);
            statement.findings.write(&mut out);
        }
        report.findings.write(&mut out);
    }
    out.finish()
}

/// The report of a migration as far as messages are made of it.
fn report(migration: &Migration, statements: Vec<(Span, Vec<Finding>)>, findings: Vec<Finding>) -> MigrationReport {
    let statement = |(span, findings)| StatementReport {
        span,
        sql: String::new(),
        operations: Vec::new(),
        understood: true,
        effects: Arc::default(),
        estimates: Vec::new(),
        findings,
    };
    MigrationReport::new(migration, statements.into_iter().map(statement).collect(), findings)
}

codec!(struct State { catalog, session, now, found });
codec!(struct Found { directives, statements, findings });
codec!(struct Directives { statement, first, written });
codec!(struct Directive { span, text });

impl Codec for Finding {
    fn write(&self, out: &mut Writer) {
        // Its category is the rule's.
        let Self { rule, category: _, status, message, help, fix, estimate, verify, span } = self;
        Box::<str>::from(*rule).write(out);
        (*status == Status::Block).write(out);
        message.write(out);
        [help, fix, estimate, verify].into_iter().for_each(|note| note.write(out));
        span.write(out);
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        let rule = find(&Box::<str>::read(from)?)?;
        Some(Self {
            rule: rule.id,
            category: rule.category,
            status: if bool::read(from)? { Status::Block } else { Status::Flag },
            message: Codec::read(from)?,
            help: Codec::read(from)?,
            fix: Codec::read(from)?,
            estimate: Codec::read(from)?,
            verify: Codec::read(from)?,
            span: Codec::read(from)?,
        })
    }
}

#[cfg(test)]
mod tests;
