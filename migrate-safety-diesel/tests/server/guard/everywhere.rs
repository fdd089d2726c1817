//! The runner is killed, and the server stopped and started again, at every message between the two: the next run ends
//! in the right state.

use super::crash::{Way, finish, runner_of};
use super::servers;
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
        for way in Way::ALL {
            relay.halt_at(usize::MAX, Moment::Before);
            let whole = server.database(&format!("undisturbed_{way:?}")).unwrap();
            assert!(runner_of(&relay.url(whole.name()), way).status().unwrap().success());
            let messages = relay.messages();
            finish(&whole, way);
            let mut struck = 0;
            for (blow, message, moment) in Blow::points(messages, every()) {
                println!("{major}: {way:?}: {blow:?} at message {message}, {moment:?}");
                let database = server.database(&format!("struck_{struck}")).unwrap();
                let program = &mut runner_of(&relay.url(database.name()), way);
                blow.strike(program, &server, &relay, (message, moment)).unwrap();
                struck += 1;
                finish(&database, way);
            }
            println!("PostgreSQL {major}, {way:?}: {messages} messages, struck {struck} times");
        }
    }
}
