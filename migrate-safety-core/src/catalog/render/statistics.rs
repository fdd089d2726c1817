//! Extended statistics.

use super::script::is_written;
use super::text::{bare, names};
use crate::catalog::{Catalog, ExtendedStatistics, StatisticsKey};
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// `CREATE STATISTICS` of all there are, without semicolons.
    pub(super) fn statistics_statements(&self) -> Vec<String> {
        let all = self.statistics.iter().filter(|(_, found)| !found.keys.is_empty());
        all.filter_map(|((schema, name), found)| self.statistics_sql(schema, name, found)).collect()
    }

    pub(in crate::catalog) fn statistics_sql(
        &self,
        schema: &Ident,
        name: &Ident,
        found: &ExtendedStatistics,
    ) -> Option<String> {
        let relation = self.relation(found.table).filter(|relation| is_written(relation))?;
        let keys = found.keys.iter().map(|key| match key {
            StatisticsKey::Column(column) => Some(self.column(found.table, *column)?.name.sql()),
            StatisticsKey::Expression(expression) => Some(format!("({})", bare(expression))),
        });
        let keys: Vec<String> = keys.collect::<Option<_>>()?;
        let kinds = if found.kinds.is_empty() { String::new() } else { format!(" ({})", names(&found.kinds)) };
        let name = ObjectName::qualified(schema.clone(), name.clone()).sql();
        Some(format!("CREATE STATISTICS {name}{kinds} ON {} FROM {}", keys.join(", "), relation.object_name().sql()))
    }
}
