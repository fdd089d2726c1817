//! Views, materialised or not.

use super::text::{names, with_options};
use crate::catalog::{Catalog, Relation, View};

impl Catalog {
    /// `CREATE VIEW` or `CREATE MATERIALIZED VIEW` without a semicolon.
    pub(crate) fn view_sql(relation: &Relation, view: &View) -> String {
        let columns = names(view.columns.iter().map(|c| &c.name));
        let columns = if columns.is_empty() { columns } else { format!(" ({columns})") };
        let (word, data) = match (view.materialized, view.populated) {
            (false, _) => ("VIEW", ""),
            (true, true) => ("MATERIALIZED VIEW", ""),
            (true, false) => ("MATERIALIZED VIEW", "\nWITH NO DATA"),
        };
        let options = with_options(&view.options);
        format!("CREATE {word} {}{columns}{options} AS\n{}{data}", relation.object_name().sql(), view.sql)
    }
}
