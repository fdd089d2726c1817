//! The application's side of a value that goes to another table.

use super::{Cross, Place, RowsOf};
use crate::layout::Layout;
use crate::plan::copy::application::{Written, variable};

/// The code of the releases in between.
#[derive(Clone, Debug)]
pub(crate) struct Releases {
    /// Writes both places, reads the old one.
    pub(crate) both: String,
    /// Writes both, reads the new one.
    pub(crate) reads_new: String,
    /// Knows only the new one.
    pub(crate) new: String,
}

impl Cross<'_> {
    /// What the releases in between write and read.
    pub(crate) fn releases(&self, host: Layout) -> Releases {
        let (old, new) = (&self.old, &self.new);
        let code = |first: &str, from: &Place, to: Option<&Place>| {
            let to = to.filter(|to| to.values.iter().all(|(_, value)| value.is_some()));
            let statements = std::iter::once(self.stored(from)).chain(to.map(|to| self.carried(from, to)));
            format!("// {first}\n{}", self.functions(host, from, statements.collect()))
        };
        let (o, n) = (old.told(), new.told());
        Releases {
            both: code(
                &format!("Writes {o} and {n}, reads {o}: releases that write only {o} may be running."),
                old,
                Some(new),
            ),
            reads_new: code(&self.reads_new(&o, &n), new, Some(old)),
            new: code(&format!("Knows only {n}."), new, None),
        }
    }

    fn reads_new(&self, old: &str, new: &str) -> String {
        let by_hand = if self.has_way_back() {
            ""
        } else {
            "\n// Write the old place too: what it gets only the application knows."
        };
        format!("Writes {old} and {new}, reads {new}: releases that read {old} may be running.{by_hand}")
    }

    /// Writes the values of one place.
    fn stored(&self, place: &Place) -> String {
        let values: Vec<String> =
            (1..).take(place.values.len()).map(|n| format!("${}", place.link.len() + n)).collect();
        if self.is_part(place) {
            let keys = (1..=place.link.len()).map(|n| format!("${n}"));
            return upsert(place, &format!("VALUES ({})", keys.chain(values).collect::<Vec<_>>().join(", ")));
        }
        let set: Vec<String> =
            place.names().iter().zip(&values).map(|(name, value)| format!("{name} = {value}")).collect();
        format!("UPDATE {} SET {} WHERE {}", place.t(), set.join(", "), by_link(place))
    }

    /// Writes what the one place says to the other.
    fn carried(&self, from: &Place, to: &Place) -> String {
        let values: Vec<String> =
            to.values.iter().filter_map(|(_, value)| Some(value.as_ref()?.sql().to_owned())).collect();
        if self.is_part(to) {
            let link = from.link.iter().map(|column| column.name.sql());
            let items: Vec<String> = link.chain(values).collect();
            return upsert(to, &format!("SELECT {} FROM {} WHERE {}", items.join(", "), from.t(), by_link(from)));
        }
        let set: Vec<String> = to
            .names()
            .iter()
            .zip(&values)
            .map(|(name, value)| format!("{name} = (SELECT {value} FROM {} WHERE {})", from.t(), by_link(from)))
            .collect();
        format!("UPDATE {} SET {} WHERE {}", to.t(), set.join(", "), by_link(to))
    }

    /// Whether a place has rows only where there are values.
    fn is_part(&self, place: &Place) -> bool {
        match self.rows {
            RowsOf::Apart => false,
            RowsOf::Old => place.table == self.new.table,
            RowsOf::New => place.table == self.old.table,
        }
    }

    fn functions(&self, host: Layout, place: &Place, statements: Vec<String>) -> String {
        let names: Vec<String> = place.names();
        let read = format!("SELECT {} FROM {} WHERE {}", names.join(", "), place.t(), by_link(place));
        let key = place.link.iter().map(|column| (column.name.clone(), column.data_type.clone()));
        let values = place.values.iter().map(|(column, _)| (column.name.clone(), column.data_type.clone()));
        let module = variable(&place.table.name);
        Written { module, key: key.collect(), values: values.collect(), statements, read }.code(host)
    }
}

/// The row of a key, the first parameters.
fn by_link(place: &Place) -> String {
    let pair = |(column, n): (&crate::catalog::Column, usize)| format!("{} = ${n}", column.name.sql());
    place.link.iter().zip(1..).map(pair).collect::<Vec<_>>().join(" AND ")
}

fn upsert(place: &Place, source: &str) -> String {
    let link: Vec<String> = place.link.iter().map(|column| column.name.sql()).collect();
    let columns: Vec<String> = link.iter().cloned().chain(place.names()).collect();
    let set: Vec<String> = place.names().iter().map(|name| format!("{name} = EXCLUDED.{name}")).collect();
    format!(
        "INSERT INTO {} ({}) {source} ON CONFLICT ({}) DO UPDATE SET {}",
        place.t(),
        columns.join(", "),
        link.join(", "),
        set.join(", ")
    )
}
