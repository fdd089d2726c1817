//! Tables of texts and what they are read as.

mod data_types;
mod dml;
mod expressions;
mod queries;
mod rejected;
mod show;

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::source::SourceText;
use crate::sql::split::{PieceKind, Splitter};
use crate::sql::statement::Problem;

/// Reads all of `text` as one production, for the newest server.
fn read<T>(text: &str, production: impl FnOnce(&mut Cursor<'_, '_>) -> Parse<T>) -> Result<T, Problem> {
    read_for(18, text, production)
}

/// Reads all of `text` as one production, for a server of this version.
fn read_for<T>(
    version: u16,
    text: &str,
    production: impl FnOnce(&mut Cursor<'_, '_>) -> Parse<T>,
) -> Result<T, Problem> {
    let source = SourceText::new(text);
    let tokens = Splitter::new(&source.lines, version).find_map(|piece| match piece.kind {
        PieceKind::Statement(tokens) => Some(tokens.tokens),
        _ => None,
    });
    let mut cursor = Cursor::new(tokens.unwrap_or_default(), &source).for_version(version);
    let found = production(&mut cursor)?;
    cursor.expect_end()?;
    match cursor.take_problems().into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(found),
    }
}
