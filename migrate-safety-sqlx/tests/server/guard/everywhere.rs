//! The runner is killed, and the server stopped and started again, at every message between the two: the next run ends
//! in the right state.

use super::crash::{FILES, finish, runner_of};
use super::{migrator, servers};
use migrate_safety_testkit::{Blow, Moment, PostgresServer, Relay};

/// At every how many messages it is tried.
fn every() -> usize {
    std::env::var("GUARD_EVERY").map_or(110, |every| every.parse().unwrap())
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
        let mut kinds = Vec::new();
        for (n, blow) in Blow::ALL.into_iter().enumerate() {
            let (mut struck, mut recovered) = (0, 0);
            for (k, moment) in [Moment::Before, Moment::During, Moment::After].into_iter().enumerate() {
                // Not the same messages each time.
                let first = 1 + (n * 3 + k) * every() / 9;
                for message in (first..=messages).step_by(every()) {
                    let database = server.database(&format!("struck_{n}_{k}_{message}")).unwrap();
                    let program = &mut runner_of(&relay.url(database.name()));
                    let ended_well = blow.strike(program, &server, &relay, (message, moment)).unwrap();
                    struck += 1;
                    recovered += usize::from(ended_well);
                    println!("{major}: {blow:?} at message {message}, {moment:?}: {ended_well}");
                    finish(&database, &migrator(FILES));
                }
            }
            kinds.push(format!("{blow:?} {struck} times, {recovered} runs went on by themselves"));
        }
        println!("PostgreSQL {major}, {messages} messages: {}", kinds.join("; "));
    }
}
