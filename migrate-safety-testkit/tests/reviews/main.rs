//! Reviews that a server labels: what a migration does to rows, to the running release and to whoever waits is seen, and
//! the check has to say it. Nothing dangerous passes, nothing safe is blocked.
//!
//! `REVIEW_MAJORS=14,18` takes other versions than 16; `REVIEW_FILTER=text` only the cases whose name contains the text;
//! `REVIEW_FILE=path` those of a file instead.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod observe;

use case::{Case, cases};
use migrate_safety_core::layout::Layout;
use migrate_safety_core::{Category, Report, Status};
use migrate_safety_testkit::server_for_test;
use observe::{Observed, observe};

#[test]
fn the_check_says_what_a_server_does() {
    let majors = std::env::var("REVIEW_MAJORS").unwrap_or_else(|_| "16".to_owned());
    let wanted = std::env::var("REVIEW_FILTER").unwrap_or_default();
    let mut wrong = Vec::new();
    let mut tally = Tally::default();
    for major in majors.split(',').map(|major| major.parse().unwrap()) {
        let Some(server) = server_for_test(major) else { return };
        let mut free = None;
        for case in cases().iter().filter(|case| case.name.contains(&wanted)) {
            let database = free.take().unwrap_or_else(|| server.database("review").unwrap());
            let observed = observe(&database, case);
            free = database.emptied();
            for host in [Layout::Sqlx, Layout::Diesel] {
                let report = case.check(host, major);
                let (harmless, faults) = faults(&observed, &report);
                tally.add(harmless, &faults, &report);
                for fault in faults {
                    let said: Vec<String> = report
                        .all_findings()
                        .map(|f| format!("{} {} {}: {}", f.status, f.category, f.rule, f.message))
                        .collect();
                    let Case { name, sql, .. } = case;
                    wrong.push(format!(
                        "{major}, {}, {name}: {fault}\n    {}\n    {}",
                        host.name(),
                        sql.trim(),
                        said.join("\n    ")
                    ));
                }
            }
        }
    }
    println!("{tally:?}");
    assert!(wrong.is_empty(), "{} wrong answers\n{}", wrong.len(), wrong.join("\n"));
}

/// Answers of one kind each, over all hosts and versions.
#[derive(Debug, Default)]
struct Tally {
    safe: u32,
    safe_blocked: u32,
    dangerous: u32,
    dangerous_passed: u32,
    wrong_category: u32,
}

impl Tally {
    fn add(&mut self, harmless: bool, faults: &[String], report: &Report) {
        let wrong = u32::from(!faults.is_empty());
        if harmless {
            self.safe += 1;
            self.safe_blocked += wrong;
            return;
        }
        self.dangerous += 1;
        // That there is no way back is said of any migration that has none.
        match report.all_findings().any(|finding| finding.category != Category::Rollback) {
            true => self.wrong_category += wrong,
            false => self.dangerous_passed += wrong,
        }
    }
}

/// Whether nothing happened; and what the check should have said, or should not.
fn faults(observed: &Observed, report: &Report) -> (bool, Vec<String>) {
    use Category::{ConcurrentWrites, ConstraintValidation, DataLoss, Deployability, LockContention, RollingDeploy};
    let says = |categories: &[Category], least: Status| {
        report.all_findings().any(|finding| finding.status >= least && categories.contains(&finding.category))
    };
    let mut faults = Vec::new();
    let mut harmless = true;
    let mut demand = |happened: bool, said: bool, what: String| {
        harmless &= !happened;
        if happened && !said {
            faults.push(what);
        }
    };
    let Observed { error, stopped, changed, broken, lost } = observed;
    if let Some((code, message)) = error {
        // Whether rows violate something, nobody knows without them.
        let of_rows = ["23", "22"].iter().any(|class| code.starts_with(class));
        // Nor what an administrator has made and installed.
        let of_server = ["42704", "0A000", "58P01"].contains(&code.as_str());
        let said = report.worst() == Status::Block
            || (of_rows && says(&[ConstraintValidation, DataLoss], Status::Flag))
            || (of_server && says(&[Deployability], Status::Flag));
        demand(true, said, format!("it fails: {message} ({code})"));
    }
    demand(!stopped.is_empty(), says(&[LockContention, ConcurrentWrites], Status::Block), format!("stops {stopped:?}"));
    demand(!changed.is_empty(), says(&[ConcurrentWrites], Status::Block), format!("changes many rows of {changed:?}"));
    // What is missed because it was lost has been said.
    let breakage = says(&[RollingDeploy, ConstraintValidation], Status::Flag) || says(&[DataLoss], Status::Block);
    demand(!broken.is_empty(), breakage, format!("breaks {broken:?}"));
    demand(!lost.is_empty(), says(&[DataLoss], Status::Flag), format!("loses {lost:?}"));
    if harmless && report.worst() == Status::Block {
        faults.push("nothing happens".to_owned());
    }
    (harmless, faults)
}
