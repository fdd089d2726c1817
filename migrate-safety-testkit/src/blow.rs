//! Blows: a program that works on a server is killed, or the server is stopped and started again, at a chosen message.

use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::{Error, Moment, PostgresServer, Relay, Stop};

/// What befalls a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blow {
    /// It is killed (`SIGKILL`).
    Kill,
    /// Its server is stopped, and started again.
    Restart(Stop),
}

impl Blow {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Kill, Self::Restart(Stop::Fast), Self::Restart(Stop::Immediate)];

    /// Every blow at every moment of so many messages; of these, each that comes after `every` others.
    pub fn points(messages: usize, every: usize) -> impl Iterator<Item = (Self, usize, Moment)> {
        let moments = [Moment::Before, Moment::During, Moment::After];
        let of_message = move |message| Self::ALL.map(|blow| moments.map(|moment| (blow, message, moment)));
        (1..=messages).flat_map(of_message).flatten().step_by(every.max(1))
    }

    /// Runs a program that works on `server` through `relay`, and strikes at a message. `true` if the program ended
    /// well: the message never came, or it has got over the blow.
    ///
    /// # Errors
    /// When the program or the server does not start.
    pub fn strike(
        self,
        program: &mut Command,
        server: &PostgresServer,
        relay: &Relay,
        (message, moment): (usize, Moment),
    ) -> Result<bool, Error> {
        relay.halt_at(message, moment);
        let mut child = program.spawn().map_err(Error::io("start the program"))?;
        while !relay.is_halted() {
            if let Some(status) = child.try_wait().map_err(Error::io("watch the program"))? {
                return Ok(status.success());
            }
            thread::sleep(Duration::from_millis(2));
        }
        match self {
            Self::Kill => {
                child.kill().map_err(Error::io("kill the program"))?;
                relay.cut();
            }
            Self::Restart(how) => {
                server.stop(how)?;
                relay.cut();
                server.start_again()?;
            }
        }
        child.wait().map(|status| status.success()).map_err(Error::io("wait for the program"))
    }
}

/// Runs what talks to `server` through `relay`, and stops the server at a message, as `how` says; what came of it, and
/// whether the message came at all. The server is started again.
///
/// # Errors
/// When the server does not stop or start.
pub fn stop_during<T: Send>(
    server: &PostgresServer,
    relay: &Relay,
    (message, moment): (usize, Moment),
    how: Stop,
    work: impl FnOnce() -> T + Send,
) -> Result<(T, bool), Error> {
    relay.halt_at(message, moment);
    thread::scope(|scope| {
        let working = scope.spawn(work);
        while !relay.is_halted() && !working.is_finished() {
            thread::sleep(Duration::from_millis(2));
        }
        let struck = relay.is_halted();
        if struck {
            server.stop(how)?;
            relay.cut();
            server.start_again()?;
        }
        let done = working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((done, struck))
    })
}
