//! The runner is killed, and the server stopped and started again, at every message between the two: the next run ends
//! in the right state.

use super::crash::{FILES, finish, runner_of};
use super::{migrator, servers};
use migrate_safety_testkit::{Blow, Moment, PostgresServer, Relay};

/// Each how many of the points are tried: a number that has no factor in common with their kinds.
fn every() -> usize {
    std::env::var("GUARD_EVERY").map_or(151, |every| every.parse().unwrap())
}

#[test]
fn struck_at_every_message() {
    for server in servers() {
        let major = server.major();
        // One of its own, since it is stopped, that keeps what it has committed.
        let server = PostgresServer::start_synchronous(major).unwrap();
        let relay = Relay::start(&server).unwrap();
        relay.halt_at(usize::MAX, Moment::Before);
        let whole = server.database("undisturbed").unwrap();
        assert!(runner_of(&relay.url(whole.name())).status().unwrap().success());
        let messages = relay.messages();
        finish(&whole, &migrator(FILES));
        let (mut struck, mut recovered) = (0, 0);
        for (blow, message, moment) in Blow::points(messages, every()) {
            println!("{major}: {blow:?} at message {message}, {moment:?}");
            let database = server.database(&format!("struck_{struck}")).unwrap();
            let program = &mut runner_of(&relay.url(database.name()));
            let ended_well = blow.strike(program, &server, &relay, (message, moment)).unwrap();
            struck += 1;
            recovered += usize::from(ended_well);
            finish(&database, &migrator(FILES));
        }
        println!(
            "PostgreSQL {major}: {messages} messages, struck {struck} times; {recovered} runs went on by themselves"
        );
    }
}
