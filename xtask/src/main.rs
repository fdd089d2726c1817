//! What a contributor runs: `cargo xtask <command>`. One file for each command.

mod bench_build;
mod bench_guard;
mod corpus;
mod packages;
mod servers;
mod test;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask <command>

  bench-build        what the checked macros add to a build
  bench-guard        what the guard adds to the hosts' own runs of 500 migrations
  corpus [--server MAJOR,…] DIR…
                     what the checker makes of the migrations below some directories; with a server, also whether
                     the replay of each (then: a directory of migrations) holds what that server does
  servers [SERVER…]  fetch the servers that tests run on (default: PostgreSQL 14 15 16 17 18, mysql-9,
                     mariadb-10.11, mariadb-11.8), and the tools that they run there (percona-toolkit-3.2 and -3.7)
  test [--fast]      everything a change must pass; --fast leaves out the tests that need servers
";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let (command, args) = match args.split_first() {
        Some((command, args)) => (command.as_str(), args),
        None => ("help", &[][..]),
    };
    let result = match command {
        "bench-build" => bench_build::run(args),
        "bench-guard" => bench_guard::run(args),
        "corpus" => corpus::run(args),
        "servers" => servers::run(args),
        "test" => test::run(args),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        unknown => Err(format!("unknown command `{unknown}`\n\n{USAGE}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn workspace() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
