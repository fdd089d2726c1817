//! The runner is killed, and the server stopped and started again, at every message between the two: the next run ends
//! in the right state.

use super::crash::{Way, finish, runner_of};
use super::servers;
use migrate_safety_testkit::{Blow, Moment, PostgresServer, Relay};

/// At every how many messages it is tried.
fn every() -> usize {
    std::env::var("GUARD_EVERY").map_or(100, |every| every.parse().unwrap())
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
            for (n, blow) in Blow::ALL.into_iter().enumerate() {
                for (k, moment) in [Moment::Before, Moment::During, Moment::After].into_iter().enumerate() {
                    // Not the same messages each time.
                    let first = 1 + (n * 3 + k) * every() / 9;
                    for message in (first..=messages).step_by(every()) {
                        let database = server.database(&format!("{way:?}_{n}_{k}_{message}")).unwrap();
                        let program = &mut runner_of(&relay.url(database.name()), way);
                        blow.strike(program, &server, &relay, (message, moment)).unwrap();
                        struck += 1;
                        println!("{major}: {way:?}: {blow:?} at message {message}, {moment:?}");
                        finish(&database, way);
                    }
                }
            }
            println!("PostgreSQL {major}, {way:?}: {messages} messages, struck {struck} times");
        }
    }
}
