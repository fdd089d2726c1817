//! Steps that move data.

use super::draft::DraftStep;
use super::error::Refusal;
use crate::backfill::{Backfill, InvalidBackfill, Prepared};
use crate::catalog::Catalog;

/// A backfill that runs on this schema, if need be by the place of the rows.
pub(crate) fn prepared(catalog: &Catalog, backfill: &Backfill) -> Result<Prepared, Refusal> {
    let prepared = match backfill.prepare(catalog) {
        Err(InvalidBackfill::NoKey { by_place: true, .. }) => backfill.clone().key(["ctid"]).prepare(catalog),
        other => other,
    };
    prepared
        .map_err(|error| Refusal::new(error.to_string(), "change the statement accordingly, or move the data by hand"))
}

/// The step that runs it.
pub(crate) fn step(title: impl Into<String>, prepared: &Prepared) -> DraftStep {
    DraftStep::backfill(title, prepared)
}
