//! The gate in front of the preview's server: what tiny_http doesn't guard itself against never reaches it.
//!
//! tiny_http reads heads of any length, waits for slow senders for ever, begins a thread for each connection, and
//! takes no more connections after it once had no file descriptor. So one thread here takes all connections without
//! waiting for any, reads their heads within limits of size and time, and lets through what is a whole request: one
//! for each connection, as many at once as there is room for. Idle connections give way to new ones.
//!
//! Not here: what a request means (`answer`).

mod connection;
pub mod head;

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use mio::net::{TcpListener as Listener, TcpStream};
use mio::{Events, Interest, Poll, Registry, Token};

use connection::{Connection, Expired, Next, Phase};
use head::{Passed, Refusal};

/// How many may be there at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections whose request hasn't come yet; beyond it, the oldest one is closed.
    pub idle: usize,
    /// Requests that are being answered.
    pub requests: usize,
    /// Streams of events.
    pub streams: usize,
}

/// What the gate is told.
pub struct Plan<'a> {
    /// The server behind it.
    pub server: SocketAddr,
    /// A header line that tells the server where requests come from.
    pub mark: String,
    /// The path of the stream of events.
    pub stream: &'static str,
    /// How many may be there at once.
    pub limits: Limits,
    /// Is it time to end?
    pub has_ended: &'a dyn Fn() -> bool,
}

impl Limits {
    /// As many as there is room for in a process that may have so many files open. A request or stream takes four of
    /// them, an idle connection one; the build itself and the watched folders need some too.
    pub fn for_files(files: u64) -> Self {
        let room = usize::try_from(files.saturating_sub(384) / 4).unwrap_or(usize::MAX).clamp(20, 640);
        Self { idle: 256.min(room * 4), requests: room / 5, streams: room - room / 5 }
    }
}

/// The door itself; connections have two tokens each before it.
const DOOR: Token = Token(usize::MAX);

/// How long the gate sleeps at most, so that nothing is overdue for long.
const TICK: Duration = Duration::from_millis(250);

/// The same while nobody is there.
const IDLE_TICK: Duration = Duration::from_secs(1);

/// From when on a client that takes nothing makes room for others.
const SLOW: Duration = Duration::from_secs(1);

/// Lets requests through until it is time to end.
pub fn run(listener: TcpListener, plan: &Plan<'_>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = Listener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, DOOR, Interest::READABLE)?;
    let registry = poll.registry().try_clone()?;
    let mut gate = Gate { plan, listener, registry, connections: Vec::new(), again: Vec::new(), door: Door::Quiet };
    let mut events = Events::with_capacity(256);
    while !(plan.has_ended)() {
        let patience = match gate.connections.iter().flatten().next() {
            _ if !gate.again.is_empty() => Duration::ZERO,
            Some(_) => TICK,
            None if gate.door == Door::Blocked => TICK,
            None => IDLE_TICK,
        };
        match poll.poll(&mut events, Some(patience)) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        let now = Instant::now();
        let mut moved = std::mem::take(&mut gate.again);
        moved.extend(events.iter().filter(|event| event.token() != DOOR).map(|event| event.token().0 / 2));
        moved.sort_unstable();
        moved.dedup();
        for slot in moved {
            gate.pump(slot, now);
        }
        gate.expire(now);
        if gate.door == Door::Blocked || events.iter().any(|event| event.token() == DOOR) {
            gate.accept(now);
        }
    }
    Ok(())
}

#[derive(PartialEq)]
enum Door {
    /// Whoever comes, is told of.
    Quiet,
    /// Somebody is waiting outside, since no file descriptor was free.
    Blocked,
}

struct Gate<'a> {
    plan: &'a Plan<'a>,
    listener: Listener,
    registry: Registry,
    /// A connection's place in the list is its name; its tokens are twice that, and one more for its server.
    connections: Vec<Option<Connection>>,
    /// Those who want another turn.
    again: Vec<usize>,
    door: Door,
}

impl Gate<'_> {
    fn accept(&mut self, now: Instant) {
        loop {
            match self.listener.accept() {
                Ok((client, _)) => self.admit(client, now),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset => {}
                    ErrorKind::WouldBlock => {
                        self.door = Door::Quiet;
                        return;
                    }
                    // no file descriptor is free: whoever has waited longest makes room
                    _ => {
                        if !self.forget_oldest(Phase::Closing) && !self.forget_oldest(Phase::Head) {
                            self.door = Door::Blocked;
                            return;
                        }
                    }
                },
            }
        }
    }

    fn admit(&mut self, client: TcpStream, now: Instant) {
        let waiting = self.count(Phase::Head) + self.count(Phase::Closing);
        if waiting >= self.plan.limits.idle && !self.forget_oldest(Phase::Closing) {
            self.forget_oldest(Phase::Head);
        }
        let slot = self.connections.iter().position(Option::is_none).unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        });
        let mut connection = Connection::new(client, now);
        if self.registry.register(connection.sockets().0, Token(2 * slot), both()).is_ok() {
            self.connections[slot] = Some(connection);
            self.pump(slot, now);
        }
    }

    fn pump(&mut self, slot: usize, now: Instant) {
        loop {
            let Some(connection) = self.connections.get_mut(slot).and_then(Option::as_mut) else { return };
            match connection.pump(now, &self.plan.mark, self.plan.stream) {
                Next::Wait => return,
                Next::Again => return self.again.push(slot),
                Next::Done => return self.connections[slot] = None,
                Next::Enter(passed) => self.enter(slot, passed, now),
            }
        }
    }

    fn enter(&mut self, slot: usize, passed: Passed, now: Instant) {
        let server = self.has_room(passed.is_stream, now).then(|| TcpStream::connect(self.plan.server));
        let Some(connection) = self.connections[slot].as_mut() else { return };
        match server {
            Some(Ok(server)) => {
                connection.enter(server, passed, now);
                if let (_, Some(server)) = connection.sockets()
                    && self.registry.register(server, Token(2 * slot + 1), both()).is_ok()
                {
                    return;
                }
                connection.refuse(Refusal::Busy, now);
            }
            _ => connection.refuse(Refusal::Busy, now),
        }
    }

    /// Is there room for one more? A client that takes nothing of its answer loses its place.
    fn has_room(&mut self, is_stream: bool, now: Instant) -> bool {
        if is_stream {
            return self.count(Phase::Stream) < self.plan.limits.streams;
        }
        if self.count(Phase::Request) < self.plan.limits.requests {
            return true;
        }
        let stalled = |slot: &usize| match &self.connections[*slot] {
            Some(connection) if connection.phase() == Phase::Request => connection.stalled(now),
            _ => Duration::ZERO,
        };
        let slowest = (0..self.connections.len()).max_by_key(stalled).filter(|slot| stalled(slot) > SLOW);
        slowest.map(|slot| self.connections[slot] = None).is_some()
    }

    fn expire(&mut self, now: Instant) {
        for slot in 0..self.connections.len() {
            let Some(connection) = &mut self.connections[slot] else { continue };
            match connection.expire(now) {
                Expired::No => {}
                Expired::Forget => self.connections[slot] = None,
                Expired::Refuse(refusal) => {
                    connection.refuse(refusal, now);
                    self.pump(slot, now);
                }
            }
        }
    }

    fn count(&self, phase: Phase) -> usize {
        self.connections.iter().flatten().filter(|connection| connection.phase() == phase).count()
    }

    /// Closes whoever has been in a phase for the longest time; false if nobody is in it.
    fn forget_oldest(&mut self, phase: Phase) -> bool {
        let began = |slot: &usize| {
            let connection = self.connections[*slot].as_ref().filter(|connection| connection.phase() == phase)?;
            Some(connection.began())
        };
        let oldest = (0..self.connections.len()).filter(|slot| began(slot).is_some()).min_by_key(began);
        oldest.map(|slot| self.connections[slot] = None).is_some()
    }
}

fn both() -> Interest {
    Interest::READABLE | Interest::WRITABLE
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn there_is_room_for_what_the_system_allows() {
        for (files, idle, requests, streams) in
            [(256, 80, 4, 16), (1024, 256, 32, 128), (4096, 256, 128, 512), (1 << 20, 256, 128, 512)]
        {
            assert_eq!(Limits::for_files(files), Limits { idle, requests, streams }, "{files}");
        }
        let most = Limits::for_files(4096);
        assert!(most.idle + 4 * (most.requests + most.streams) < 4096 - 256);
    }
}
