//! Prints what statements do on real servers, one line per statement and major version.
//!
//! ```text
//! cargo run -p migrate-safety-testkit --example probe -- --setup setup.sql "ALTER TABLE t ADD COLUMN c int"
//! cargo run -p migrate-safety-testkit --example probe -- --majors 14,18 --file cases.sql
//! ```
//!
//! `--file` takes blocks: `-- setup` starts the SQL that makes the database of the statements that
//! follow; each `-- statement` (or `-- statement: name`) starts one statement; `-- session` starts
//! settings and `-- before` what its transaction did before, both for the statements that follow
//! until the next `-- setup`. `--session SQL`, `--before SQL` and `--no-fill` hold for all.

use std::env;
use std::error::Error;
use std::fs;
use std::process::ExitCode;

use migrate_safety_testkit::{Case, CaseResult, MAJORS, Measurement, run_cases};

fn main() -> ExitCode {
    match Options::parse(env::args().skip(1)).and_then(|options| options.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("probe: {error}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Options {
    majors: Vec<u16>,
    no_fill: bool,
    blocks: Vec<Block>,
}

/// The SQL of one case.
#[derive(Clone, Default)]
struct Block {
    name: String,
    setup: String,
    session: String,
    before: String,
    sql: String,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        let mut common = Block::default();
        let mut statements = Vec::new();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--majors" => {
                    options.majors = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--setup" => common.setup = read(&value()?)?,
                "--session" => common.session = value()?,
                "--before" => common.before = value()?,
                "--no-fill" => options.no_fill = true,
                "--file" => options.blocks.extend(blocks(&read(&value()?)?)),
                _ => statements.push(arg),
            }
        }
        for block in &mut options.blocks {
            prepend(&mut block.setup, &common.setup);
            prepend(&mut block.session, &common.session);
            prepend(&mut block.before, &common.before);
        }
        let named = statements.into_iter().map(|sql| Block { name: title(&sql), sql, ..common.clone() });
        options.blocks.extend(named);
        if options.blocks.is_empty() {
            return Err("nothing to measure: give a statement, or --file".into());
        }
        if options.majors.is_empty() {
            options.majors = MAJORS.to_vec();
        }
        Ok(options)
    }

    fn run(&self) -> Result<(), Box<dyn Error>> {
        let cases: Vec<Case<'_>> = self.blocks.iter().map(|block| block.case(!self.no_fill)).collect();
        for major in &self.majors {
            for result in run_cases(*major, &cases)? {
                print(*major, &result);
            }
        }
        Ok(())
    }
}

impl Block {
    fn case(&self, fill: bool) -> Case<'_> {
        let mut case = Case::new(&self.name, &self.setup, &self.sql);
        case.session = &self.session;
        case.before = &self.before;
        case.fill = fill;
        case
    }
}

fn read(path: &str) -> Result<String, Box<dyn Error>> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}").into())
}

fn prepend(sql: &mut String, common: &str) {
    if !common.is_empty() {
        *sql = format!("{common};\n{sql}");
    }
}

/// The cases of a file.
fn blocks(file: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut common = Block::default();
    let mut part = Part::Setup;
    for line in file.lines() {
        let marker = line.strip_prefix("-- ").map(str::trim).unwrap_or_default();
        let (word, name) = marker.split_once(':').unwrap_or((marker, ""));
        match word {
            "setup" => {
                common = Block::default();
                part = Part::Setup;
            }
            "session" => {
                common.session.clear();
                part = Part::Session;
            }
            "before" => {
                common.before.clear();
                part = Part::Before;
            }
            "statement" => {
                blocks.push(Block { name: name.trim().to_owned(), ..common.clone() });
                part = Part::Statement;
            }
            _ => {
                let text = match part {
                    Part::Setup => &mut common.setup,
                    Part::Session => &mut common.session,
                    Part::Before => &mut common.before,
                    Part::Statement => match blocks.last_mut() {
                        Some(block) => &mut block.sql,
                        None => continue,
                    },
                };
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    for block in &mut blocks {
        if block.name.is_empty() {
            block.name = title(&block.sql);
        }
    }
    blocks
}

enum Part {
    Setup,
    Session,
    Before,
    Statement,
}

/// A statement on one line.
fn title(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn print(major: u16, result: &CaseResult) {
    let name = json(&result.name);
    match &result.result {
        Ok(measured) => println!(r#"{{"major":{major},"case":{name},{}}}"#, fields(measured)),
        Err(error) => println!(r#"{{"major":{major},"case":{name},"failed":{}}}"#, json(&error.to_string())),
    }
}

fn fields(measured: &Measurement) -> String {
    let locks: Vec<String> =
        measured.locks.iter().map(|(relation, mode)| format!("{}:{}", json(relation), json(mode))).collect();
    let mut fields = vec![
        format!(r#""locks":{{{}}}"#, locks.join(",")),
        format!(r#""rewrites":{}"#, list(&measured.rewrites)),
        format!(r#""scans":{}"#, list(&measured.scans)),
        format!(r#""rebuilds_indexes":{}"#, list(&measured.rebuilds_indexes)),
    ];
    if measured.requires_no_transaction {
        fields.push(r#""requires_no_transaction":true"#.to_owned());
    }
    if let Some(error) = &measured.error {
        fields.push(format!(r#""error":{}"#, json(&error.to_string())));
    }
    if !measured.unfilled.is_empty() {
        fields.push(format!(r#""unfilled":{}"#, list(&measured.unfilled)));
    }
    fields.join(",")
}

fn list(names: &[String]) -> String {
    format!("[{}]", names.iter().map(|name| json(name)).collect::<Vec<_>>().join(","))
}

fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
