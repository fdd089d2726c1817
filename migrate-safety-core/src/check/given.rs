//! What is wrong with the schema that the settings give: what cannot be read of it, and what would fail.

use super::{Replay, Start};
use crate::config::Config;
use crate::dialect::Dialect;
use crate::layout::{LoadError, MigrationSet, Source};
use crate::sql::{Problem, ProblemKind};

/// What is wrong with the schema of the settings, each with its file and line; without one, nothing.
///
/// The rest of it counts all the same.
pub fn schema_problems(config: &Config) -> Vec<LoadError> {
    let Some(schema) = &config.schema else { return Vec::new() };
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if config.target.dialect != Dialect::Postgres {
        return crate::databases::schema_problems(config.target, schema);
    }
    if config.target.dialect != Dialect::Postgres {
        return Vec::new();
    }
    let catalog = crate::catalog::Catalog::new(config.target, true);
    let wrong = Replay::on(catalog, &MigrationSet::default(), config, &Start::default()).run_before(&schema.text);
    wrong.into_iter().map(|(line, message)| not_taken(schema, line, &message)).collect()
}

/// Whether a problem keeps something out of the schema: not data, and not a command of the shell, such as dumps hold.
pub(crate) fn hides_something(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::Invalid | ProblemKind::Unsupported)
}

/// A statement of the schema that does not count as it stands.
pub(crate) fn not_taken(schema: &Source, line: u32, message: &str) -> LoadError {
    let reason =
        format!("{message}; what this statement does is missing from the schema: correct it, or dump the schema anew");
    LoadError { path: schema.path.clone(), line: Some(line), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let schema = Some(Source { path: "schema.sql".into(), text: text.into() });
        let told = schema_problems(&Config { schema, ..Config::default() });
        told.iter().map(|error| error.to_string().split("; what").next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let cases: [(&str, &[&str]); 5] = [
            ("CREATE TABLE a (id int);\n\\connect x\nCREATE INDEX ON a (id);", &[]),
            (
                "CREATE TABLE a (id int);\nCREATE TABEL b (id int);",
                &["schema.sql:2: expected a class of objects behind `CREATE`, found `TABEL`"],
            ),
            ("\nCREATE INDEX ON a (id);", &["schema.sql:2: relation \"a\" does not exist"]),
            (
                "CREATE TABLE a (id int);\n\nALTER TABLE a ADD id int;",
                &["schema.sql:3: column \"id\" of relation \"a\" already exists"],
            ),
            ("SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (id int);", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(problems(text), expected, "{text}");
        }
    }
}
