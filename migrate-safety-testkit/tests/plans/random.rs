//! Schemas and changes made by dice: tables with the awkward things, and statements about them.

use crate::case::Case;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

/// A schema and a change of it.
pub(crate) fn cases() -> impl Strategy<Value = Case> {
    vec(any::<u32>(), 120).prop_map(|numbers| {
        let mut dice = Dice { numbers: numbers.into_iter() };
        let tables = Table::some(&mut dice);
        let before = schema(&tables, &mut dice);
        let changes: Vec<String> = (0..dice.upto(3) + 1).map(|number| change(&tables, number, &mut dice)).collect();
        // A case lives as long as the run.
        Case::new("random", before.leak(), changes.join("; ").leak())
    })
}

const TABLES: [&str; 3] = ["users", "app.\"Order Lines\"", "app.\"select\""];

const COLUMNS: [&str; 5] = ["a", "\"B b\"", "c", "\"select\"", "e"];

/// Types, and a literal of each.
const TYPES: [(&str, &str); 12] = [
    ("int", "7"),
    ("bigint", "7"),
    ("text", "'x'"),
    ("varchar(40)", "'x'"),
    ("numeric(12,2)", "1.5"),
    ("boolean", "true"),
    ("timestamptz", "'2024-01-01 00:00:00+00'"),
    ("date", "'2024-01-01'"),
    ("uuid", "'00000000-0000-0000-0000-000000000001'"),
    ("jsonb", "'{}'"),
    ("mood", "'ok'"),
    ("amount", "5"),
];

/// The columns of keys, and how a foreign key refers to them.
const KEYS: [(&str, Option<(&str, &str)>); 6] = [
    ("id bigint PRIMARY KEY", Some(("bigint", "id"))),
    ("id bigserial PRIMARY KEY", Some(("bigint", "id"))),
    ("\"Id\" uuid PRIMARY KEY", Some(("uuid", "\"Id\""))),
    ("id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY", Some(("int", "id"))),
    ("x int, y uuid, PRIMARY KEY (x, y)", None),
    ("n int", None),
];

/// Numbers that decide.
struct Dice {
    numbers: std::vec::IntoIter<u32>,
}

impl Dice {
    fn upto(&mut self, limit: usize) -> usize {
        self.numbers.next().map_or(0, |number| number as usize % limit)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.upto(of.len())]
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.upto(times) == 1
    }
}

struct Table {
    name: &'static str,
    key: (&'static str, Option<(&'static str, &'static str)>),
    columns: Vec<(&'static str, (&'static str, &'static str))>,
    partitioned: bool,
}

impl Table {
    fn some(dice: &mut Dice) -> Vec<Self> {
        let many = dice.upto(TABLES.len()) + 1;
        TABLES[..many].iter().map(|name| Self::new(name, dice)).collect()
    }

    fn new(name: &'static str, dice: &mut Dice) -> Self {
        let many = dice.upto(COLUMNS.len()) + 1;
        let columns = COLUMNS[..many].iter().map(|column| (*column, dice.one(&TYPES))).collect();
        let key = dice.one(&KEYS);
        let partitioned = key.0 == "n int" && dice.one_in(2);
        Self { name, key, columns, partitioned }
    }

    fn create(&self, parent: Option<&Self>, dice: &mut Dice) -> String {
        let mut items = vec![self.key.0.to_owned()];
        for (column, (kind, literal)) in &self.columns {
            let rest = match dice.upto(5) {
                0 => " NOT NULL".to_owned(),
                1 => format!(" NOT NULL DEFAULT {literal}"),
                2 => format!(" DEFAULT {literal}"),
                _ => String::new(),
            };
            items.push(format!("{column} {kind}{rest}"));
        }
        if let Some((table, (kind, key))) = parent.and_then(|parent| Some((parent.name, parent.key.1?)))
            && dice.one_in(2)
        {
            items.push(format!("parent {kind} REFERENCES {table} ({key})"));
        }
        let name = self.name;
        let body = items.join(", ");
        if !self.partitioned {
            return format!("CREATE TABLE {name} ({body});\n");
        }
        let part = |ending: &str| match name.strip_suffix('"') {
            Some(stem) => format!("{stem}{ending}\""),
            None => format!("{name}{ending}"),
        };
        format!(
            "CREATE TABLE {name} ({body}) PARTITION BY RANGE (n);\n\
             CREATE TABLE {} PARTITION OF {name} FOR VALUES FROM (1) TO (100);\n\
             CREATE TABLE {} PARTITION OF {name} FOR VALUES FROM (100) TO (1000);\n",
            part("_1"),
            part("_2")
        )
    }

    /// Something that hangs on a column.
    fn extra(&self, number: usize, dice: &mut Dice) -> String {
        let (name, (column, (kind, _))) = (self.name, dice.one(&self.columns));
        match dice.upto(8) {
            0 => format!("CREATE INDEX own_{number} ON {name} ({column});\n"),
            1 => format!(
                "CREATE INDEX own_{number} ON {name} (({column} IS NULL), {column}) WHERE {column} IS NOT NULL;\n"
            ),
            2 => format!(
                "CREATE VIEW view_{number} AS SELECT {column} AS v, count(*) AS n FROM {name} GROUP BY {column};\n"
            ),
            3 => format!("ALTER TABLE {name} ADD CONSTRAINT check_{number} CHECK ({column}::text <> 'never');\n"),
            4 => format!("COMMENT ON COLUMN {name}.{column} IS 'the {kind}';\n"),
            5 => format!(
                "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON {name} USING ({column} IS NOT NULL);\n"
            ),
            6 => format!(
                "CREATE FUNCTION touch_{number}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\n\
                 CREATE TRIGGER touched BEFORE UPDATE OF {column} ON {name} FOR EACH ROW EXECUTE FUNCTION touch_{number}();\n"
            ),
            _ => String::new(),
        }
    }
}

fn schema(tables: &[Table], dice: &mut Dice) -> String {
    let mut text = "CREATE SCHEMA app; CREATE SCHEMA other;\nCREATE TYPE mood AS ENUM ('sad', 'ok');\n\
                    CREATE DOMAIN amount AS int CHECK (VALUE < 100000);\n"
        .to_owned();
    for (number, table) in tables.iter().enumerate() {
        let parent = number.checked_sub(1).and_then(|before| tables.get(before));
        text += &table.create(parent, dice);
        text += &table.extra(number, dice);
    }
    text
}

/// A statement about one of the tables.
fn change(tables: &[Table], number: usize, dice: &mut Dice) -> String {
    let table = &tables[dice.upto(tables.len())];
    let (name, (column, (_, literal))) = (table.name, dice.one(&table.columns));
    let (kind, new_literal) = dice.one(&TYPES);
    match dice.upto(24) {
        0 => format!("ALTER TABLE {name} ADD COLUMN new_{number} {kind}"),
        1 => format!("ALTER TABLE {name} ADD COLUMN new_{number} {kind} NOT NULL DEFAULT {new_literal}"),
        2 => format!("ALTER TABLE {name} ADD COLUMN \"New {number}\" uuid NOT NULL DEFAULT gen_random_uuid()"),
        3 => format!("ALTER TABLE {name} ADD COLUMN new_{number} bigserial"),
        4 => format!("ALTER TABLE {name} DROP COLUMN {column}"),
        5 => format!("ALTER TABLE {name} DROP COLUMN {column} CASCADE"),
        6 => format!("ALTER TABLE {name} RENAME COLUMN {column} TO \"Renamed {number}\""),
        7 => format!("ALTER TABLE {name} ALTER COLUMN {column} TYPE text"),
        8 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET NOT NULL"),
        9 => format!("ALTER TABLE {name} ALTER COLUMN {column} DROP NOT NULL"),
        10 => format!("ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT {literal}"),
        11 => format!("ALTER TABLE {name} ADD CONSTRAINT new_check_{number} CHECK ({column}::text <> 'nothing')"),
        12 => format!("ALTER TABLE {name} ADD CONSTRAINT new_key_{number} UNIQUE ({column})"),
        13 => format!("CREATE INDEX new_index_{number} ON {name} ({column})"),
        14 => format!("CREATE INDEX ON {name} (({column} IS NOT NULL), {column} DESC) WHERE {column} IS NOT NULL"),
        15 => format!("DROP TABLE {name}"),
        16 => format!("DROP TABLE IF EXISTS {name} CASCADE"),
        17 => format!("ALTER TABLE {name} RENAME TO renamed_{number}"),
        18 => format!("ALTER TABLE {name} SET SCHEMA other"),
        19 => format!("DROP INDEX own_{}", dice.upto(tables.len())),
        20 => format!("ALTER TYPE mood ADD VALUE 'new {number}'"),
        21 => format!("ALTER DOMAIN amount ADD CONSTRAINT new_domain_check_{number} CHECK (VALUE > -5)"),
        22 => format!("CREATE VIEW new_view_{number} AS SELECT {column} FROM {name}"),
        _ => match table.key.1 {
            Some((kind, key)) => {
                format!("CREATE TABLE new_{number} (id bigint PRIMARY KEY, other {kind} REFERENCES {name} ({key}))")
            }
            None => format!("ALTER TABLE {name} ADD PRIMARY KEY ({column})"),
        },
    }
}
