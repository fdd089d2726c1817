//! A relay between a program and its server that halts at a chosen message, so that what may befall either can be tried
//! at every one of them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::{Error, PostgresServer};

/// When a message is halted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The server has not seen it.
    Before,
    /// The server works on it.
    During,
    /// The server has answered, and the program has not heard of it.
    After,
}

/// A relay in front of one server. What asks the server for an answer (a simple query, a `Sync`) counts as a message;
/// the start of a session does not.
#[derive(Debug)]
pub struct Relay {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    messages: usize,
    halt_at: Option<(usize, Moment)>,
    halted: bool,
    released: bool,
    ended: bool,
}

impl Relay {
    /// A relay that lets everything pass.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub fn start(server: &PostgresServer) -> Result<Self, Error> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("listen for the relay"))?;
        let port = listener.local_addr().map_err(Error::io("listen for the relay"))?.port();
        let shared = Arc::new(Shared::default());
        let (server, of_thread) = (server.port(), Arc::clone(&shared));
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if of_thread.state().ended {
                    return;
                }
                let shared = Arc::clone(&of_thread);
                // A session that breaks is what the relay is for.
                thread::spawn(move || drop(relay(client, server, &shared)));
            }
        });
        Ok(Self { port, shared })
    }

    /// The URL of a database through the relay.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Halts the message with this number, from now on counted from 1, and everything behind it.
    pub fn halt_at(&self, message: usize, moment: Moment) {
        *self.shared.state() = State { halt_at: Some((message, moment)), ..State::default() };
    }

    /// Whether that message has come.
    #[must_use]
    pub fn is_halted(&self) -> bool {
        self.shared.state().halted
    }

    /// How many messages there were since [`halt_at`](Self::halt_at).
    #[must_use]
    pub fn messages(&self) -> usize {
        self.shared.state().messages
    }

    /// Cuts the session that was halted, and lets later ones pass.
    pub fn cut(&self) {
        let mut state = self.shared.state();
        state.halt_at = None;
        state.released = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.cut();
        self.shared.state().ended = true;
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a message, and says whether and when it is to be halted.
    fn count(&self) -> Option<Moment> {
        let mut state = self.state();
        state.messages += 1;
        state.halt_at.filter(|(message, _)| *message == state.messages).map(|(_, moment)| moment)
    }

    /// Stays until the session may be cut.
    fn halt(&self) {
        let mut state = self.state();
        state.halted = true;
        while !state.released {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn relay(mut client: TcpStream, server: u16, shared: &Arc<Shared>) -> io::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", server))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    begin(&mut client, &mut server)?;
    let swallow = Arc::new(AtomicBool::new(false));
    {
        let (client, server) = (client.try_clone()?, server.try_clone()?);
        let (shared, swallow) = (Arc::clone(shared), Arc::clone(&swallow));
        thread::spawn(move || {
            let _ = answers(&server, &client, &shared, &swallow);
            close(&client, &server);
        });
    }
    let result = questions(&client, &server, shared, &swallow);
    if !swallow.load(Ordering::Acquire) {
        close(&client, &server);
    }
    result
}

fn close(client: &TcpStream, server: &TcpStream) {
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

/// Passes the start of a session on. There is no encryption.
fn begin(client: &mut TcpStream, server: &mut TcpStream) -> io::Result<()> {
    /// `SSLRequest` and `GSSENCRequest`.
    const ENCRYPTION: [u32; 2] = [80_877_103, 80_877_104];

    loop {
        let body = read_body(client)?;
        let code = body.first_chunk().map(|code| u32::from_be_bytes(*code));
        if code.is_some_and(|code| ENCRYPTION.contains(&code)) {
            client.write_all(b"N")?;
        } else {
            return write_message(server, None, &body);
        }
    }
}

/// From the program to the server.
fn questions(mut client: &TcpStream, mut server: &TcpStream, shared: &Shared, swallow: &AtomicBool) -> io::Result<()> {
    loop {
        let (tag, body) = read_message(&mut client)?;
        let halted = if matches!(tag, b'Q' | b'S') { shared.count() } else { None };
        match halted {
            Some(Moment::Before) => {
                shared.halt();
                return Ok(());
            }
            Some(Moment::After) => swallow.store(true, Ordering::Release),
            Some(Moment::During) | None => {}
        }
        write_message(&mut server, Some(tag), &body)?;
        match halted {
            Some(Moment::During) => {
                shared.halt();
                return Ok(());
            }
            // The other direction waits for the answer.
            Some(_) => return Ok(()),
            None => {}
        }
    }
}

/// From the server to the program.
fn answers(mut server: &TcpStream, mut client: &TcpStream, shared: &Shared, swallow: &AtomicBool) -> io::Result<()> {
    loop {
        let (tag, body) = read_message(&mut server)?;
        if !swallow.load(Ordering::Acquire) {
            write_message(&mut client, Some(tag), &body)?;
        } else if tag == b'Z' {
            shared.halt();
            return Ok(());
        }
    }
}

fn read_message(stream: &mut &TcpStream) -> io::Result<(u8, Vec<u8>)> {
    let mut tag = [0];
    stream.read_exact(&mut tag)?;
    Ok((tag[0], read_body(stream)?))
}

/// What a message says of its length, which counts itself, and so many bytes.
fn read_body(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or_default().saturating_sub(4);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn write_message(stream: &mut impl Write, tag: Option<u8>, body: &[u8]) -> io::Result<()> {
    let mut message: Vec<u8> = tag.into_iter().collect();
    message.extend(u32::try_from(body.len() + 4).unwrap_or(u32::MAX).to_be_bytes());
    message.extend(body);
    stream.write_all(&message)
}
