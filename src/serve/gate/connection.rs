//! One connection at the gate: its head is read, then a request goes on to the server and the answer comes back.
//!
//! Nothing here waits: `pump` moves what can be moved now. Every phase has its end in time. Not here: who is let in
//! (`mod.rs`).

use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use mio::net::TcpStream;

use super::head::{self, Head, Passed, Refusal};

/// How much of an answer is held for a client that is slower than the server, in bytes.
const HELD: usize = 64 << 10;

/// How many times a connection reads before others have their turn.
const TURN: usize = 16;

/// How long a head may take.
const HEAD: Duration = Duration::from_secs(10);

/// How long the server may take for an answer: longer than a request waits for the first build.
const ANSWER: Duration = Duration::from_secs(45);

/// How long a client may take nothing of what is held for it.
const STALL: Duration = Duration::from_secs(15);

/// How long an answer may take as a whole.
const WHOLE: Duration = Duration::from_secs(300);

/// How long a client that has its answer may take to close.
const CLOSING: Duration = Duration::from_secs(2);

/// How much of what a client says beside its request is thrown away before it is cut off, in bytes.
const IGNORED: usize = 4 << 20;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Its request is coming.
    Head,
    /// Its answer is on the way.
    Request,
    /// It gets events.
    Stream,
    /// It has its answer, or what is left of it is being sent.
    Closing,
}

/// What a connection wants next.
#[derive(Debug, PartialEq)]
pub enum Next {
    /// Nothing until something moves.
    Wait,
    /// Another turn, soon.
    Again,
    /// To be let in with this request.
    Enter(Passed),
    /// To be forgotten.
    Done,
}

/// One connection.
pub struct Connection {
    client: TcpStream,
    server: Option<TcpStream>,
    phase: Phase,
    /// In the phase `Head`: what has come. Later: what goes to the server.
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    /// The phase began.
    began: Instant,
    /// Something moved, or there was nothing to move.
    moved: Instant,
    has_answer: bool,
    is_shut: bool,
    ignored: usize,
}

impl Connection {
    /// Of a client that has just come.
    pub fn new(client: TcpStream, now: Instant) -> Self {
        // a small event must not wait for the client's word on the one before
        let _ = client.set_nodelay(true);
        Self {
            client,
            server: None,
            phase: Phase::Head,
            to_server: Vec::new(),
            to_client: Vec::new(),
            began: now,
            moved: now,
            has_answer: false,
            is_shut: false,
            ignored: 0,
        }
    }

    /// What it is doing.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// When that began.
    pub fn began(&self) -> Instant {
        self.began
    }

    /// How long its client has taken nothing of what is held for it.
    pub fn stalled(&self, now: Instant) -> Duration {
        if self.to_client.is_empty() { Duration::ZERO } else { now.saturating_duration_since(self.moved) }
    }

    /// The sockets, to be watched.
    pub fn sockets(&mut self) -> (&mut TcpStream, Option<&mut TcpStream>) {
        (&mut self.client, self.server.as_mut())
    }

    /// Lets it in.
    pub fn enter(&mut self, server: TcpStream, passed: Passed, now: Instant) {
        let _ = server.set_nodelay(true);
        self.server = Some(server);
        self.to_server = passed.bytes;
        self.change(if passed.is_stream { Phase::Stream } else { Phase::Request }, now);
    }

    /// Turns it away.
    pub fn refuse(&mut self, refusal: Refusal, now: Instant) {
        self.server = None;
        self.to_server = Vec::new();
        self.to_client = refusal.bytes();
        self.change(Phase::Closing, now);
    }

    /// Whether it has had its time.
    pub fn expire(&self, now: Instant) -> Expired {
        let age = now.saturating_duration_since(self.began);
        let is_stalled = self.stalled(now) > STALL;
        let silent = self.to_client.is_empty() && now.saturating_duration_since(self.moved) > ANSWER;
        match self.phase {
            Phase::Head if age > HEAD && self.to_server.is_empty() => Expired::Forget,
            Phase::Head if age > HEAD => Expired::Refuse(Refusal::Late),
            // what has begun can't be turned into a refusal
            Phase::Request if is_stalled || age > WHOLE || silent && self.has_answer => Expired::Forget,
            Phase::Request if silent => Expired::Refuse(Refusal::Silent),
            Phase::Stream if is_stalled => Expired::Forget,
            Phase::Closing if age > CLOSING => Expired::Forget,
            _ => Expired::No,
        }
    }

    /// Moves what can be moved now.
    pub fn pump(&mut self, now: Instant, mark: &str, stream: &str) -> Next {
        match self.phase {
            Phase::Head => self.pump_head(now, mark, stream),
            Phase::Request | Phase::Stream => self.pump_answer(now),
            Phase::Closing => self.pump_end(),
        }
    }

    fn change(&mut self, phase: Phase, now: Instant) {
        self.phase = phase;
        self.began = now;
        self.moved = now;
    }

    fn pump_head(&mut self, now: Instant, mark: &str, stream: &str) -> Next {
        let mut piece = [0; 4096];
        loop {
            let before = self.to_server.len();
            match receive(&mut self.client, &mut piece) {
                Received::Bytes(count) => self.to_server.extend_from_slice(&piece[..count]),
                Received::Nothing => return Next::Wait,
                Received::End => return Next::Done,
            }
            match head::read(&self.to_server, before, mark, stream) {
                Head::Beginning => {}
                Head::Whole(passed) => {
                    self.to_server = Vec::new();
                    return Next::Enter(passed);
                }
                Head::Refused(refusal) => {
                    self.refuse(refusal, now);
                    return self.pump_end();
                }
            }
        }
    }

    fn pump_answer(&mut self, now: Instant) -> Next {
        let mut piece = [0; 16 << 10];
        let Some(server) = &mut self.server else { return Next::Done };
        for _ in 0..TURN {
            let mut has_moved = false;
            if !self.to_server.is_empty() && send(server, &mut self.to_server).is_err() {
                self.refuse(Refusal::Silent, now);
                return self.pump_end();
            }
            let mut has_ended = false;
            if self.to_client.len() < HELD {
                match receive(server, &mut piece) {
                    Received::Bytes(count) => {
                        if self.to_client.is_empty() {
                            self.moved = now;
                        }
                        self.to_client.extend_from_slice(&piece[..count]);
                        self.has_answer = true;
                        has_moved = true;
                    }
                    Received::Nothing => {}
                    Received::End => has_ended = true,
                }
            }
            match send(&mut self.client, &mut self.to_client) {
                Ok(0) => {}
                Ok(_) => {
                    self.moved = now;
                    has_moved = true;
                }
                Err(_) => return Next::Done,
            }
            // what a client still says isn't heard; that it goes, is
            match receive(&mut self.client, &mut piece) {
                Received::Bytes(count) => {
                    has_moved = true;
                    self.ignored += count;
                    if self.ignored > IGNORED {
                        return Next::Done;
                    }
                }
                Received::Nothing => {}
                // a client may close its half when it has asked, but not while it listens
                Received::End if self.phase == Phase::Stream => return Next::Done,
                Received::End => {}
            }
            if has_ended {
                self.server = None;
                self.change(Phase::Closing, now);
                return self.pump_end();
            }
            if !has_moved {
                return Next::Wait;
            }
        }
        Next::Again
    }

    /// The rest of the answer, then the end of our side; then what the client still says is thrown away until it
    /// closes, for else it might lose the answer.
    fn pump_end(&mut self) -> Next {
        if send(&mut self.client, &mut self.to_client).is_err() {
            return Next::Done;
        }
        if self.to_client.is_empty() && !self.is_shut {
            self.is_shut = true;
            if self.client.shutdown(Shutdown::Write).is_err() {
                return Next::Done;
            }
        }
        let mut piece = [0; 16 << 10];
        for _ in 0..TURN {
            match receive(&mut self.client, &mut piece) {
                Received::Bytes(count) if self.ignored + count > IGNORED => return Next::Done,
                Received::Bytes(count) => self.ignored += count,
                Received::Nothing => return Next::Wait,
                Received::End if self.to_client.is_empty() => return Next::Done,
                // its half is closed, and it may still read
                Received::End => return Next::Wait,
            }
        }
        Next::Again
    }
}

/// What becomes of a connection whose time is over.
#[derive(Debug, PartialEq)]
pub enum Expired {
    /// It isn't.
    No,
    /// It is told so.
    Refuse(Refusal),
    /// It is closed.
    Forget,
}

enum Received {
    Bytes(usize),
    Nothing,
    End,
}

fn receive(from: &mut TcpStream, piece: &mut [u8]) -> Received {
    loop {
        match from.read(piece) {
            Ok(0) => return Received::End,
            Ok(count) => return Received::Bytes(count),
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => {}
                // not yet connected
                ErrorKind::WouldBlock | ErrorKind::NotConnected => return Received::Nothing,
                _ => return Received::End,
            },
        }
    }
}

/// Sends as much as can be sent now; how much that was.
fn send(to: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<usize> {
    let mut sent = 0;
    let result = loop {
        if sent == bytes.len() {
            break Ok(sent);
        }
        match to.write(&bytes[sent..]) {
            Ok(0) => break Err(ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => {}
                ErrorKind::WouldBlock | ErrorKind::NotConnected => break Ok(sent),
                _ => break Err(error),
            },
        }
    };
    bytes.drain(..sent);
    result
}
