//! One pass over the generated history, for tools that count instructions:
//! `valgrind --tool=callgrind target/release/examples/once check 1000 plain`, and the same with `parse` and `varied`.

use migrate_safety_benches::Mix;
use migrate_safety_core::{Config, check};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use std::hint::black_box;

fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let what = args.next().ok_or("check, parse or nothing?")?;
    let count = args.next().and_then(|count| count.parse().ok()).ok_or("how many migrations?")?;
    let name = args.next().unwrap_or_else(|| Mix::Plain.name().to_owned());
    let mix = Mix::ALL.into_iter().find(|mix| mix.name() == name).ok_or("plain or varied?")?;
    let (set, texts) = (mix.history(count), mix.texts(count));
    match what.as_str() {
        "check" => drop(black_box(check(black_box(&set), &Config::default()))),
        "parse" => texts.iter().for_each(|text| drop(black_box(Parser::parse_sql(&PostgreSqlDialect {}, text)))),
        _ => {}
    }
    Ok(())
}
