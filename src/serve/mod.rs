//! The preview: a site built in memory, served from memory, and built again whenever a file changes.
//!
//! Three threads work: one builds (`rebuild`: what has changed by `watch`, the build by the same function as for the
//! command, the result on the `board`); one lets requests in (`gate`); one hands them to tiny_http (`http`), where
//! each is answered from the board's site (`answer`) or gets its events. Nothing is written anywhere, and no path of
//! a request reaches the disk. Not here: printing (`cli`), and the pages' own part of it (`browser/`, in JavaScript).

pub mod answer;
mod board;
pub mod built;
pub mod gate;
pub mod hosts;
mod http;
mod page;
mod quiet;
mod rebuild;
mod sides;
mod watch;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use board::Board;
use gate::{Limits, Plan};
use hosts::Hosts;
use http::Desk;

pub use rebuild::{Note, Rebuilt, Site};

/// How many ports are tried after the one that was asked for.
const MORE_PORTS: u16 = 100;

/// How many connections the system may hold until they are taken.
const QUEUE: i32 = 1024;

/// A port that is listened on, before anybody is answered.
pub struct Door {
    listener: TcpListener,
    hosts: Hosts,
    /// Where it is.
    pub address: SocketAddr,
}

impl Door {
    /// Listens on a host's port, or on the next one that is free; port 0 is any free one.
    pub fn open(host: &str, port: u16) -> io::Result<Self> {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let addresses: Vec<SocketAddr> = (bare, port).to_socket_addrs()?.collect();
        let mut last = io::Error::new(ErrorKind::NotFound, "it has no address");
        for port in port..=port.saturating_add(if port == 0 { 0 } else { MORE_PORTS }) {
            for address in &addresses {
                match listen(SocketAddr::new(address.ip(), port), QUEUE) {
                    Ok(listener) => {
                        let address = listener.local_addr()?;
                        return Ok(Self { listener, hosts: Hosts::new(bare, address.ip()), address });
                    }
                    Err(error) if error.kind() == ErrorKind::AddrInUse => last = error,
                    Err(error) => return Err(error),
                }
            }
        }
        Err(last)
    }
}

/// A preview that runs until it is dropped.
pub struct Preview {
    board: Arc<Board>,
}

impl Drop for Preview {
    fn drop(&mut self) {
        self.board.end();
    }
}

/// Begins to build a site and to answer at a door; `files` is how many files the process may have open. Requests wait
/// for the first build. `say` is called from other threads.
pub fn start(
    door: Door,
    site: Site,
    files: u64,
    say: impl Fn(Note) + Send + Sync + Clone + 'static,
) -> io::Result<Preview> {
    let board = Arc::new(Board::default());
    let inner = listen(SocketAddr::from(([127, 0, 0, 1], 0)), QUEUE)?;
    let server = inner.local_addr()?;
    let word = format!("{:016x}{:016x}", random(), random());
    let mark = format!("{}: {word}", http::GATE);
    let preview = Preview { board: board.clone() };
    let desk = Arc::new(Desk { board: board.clone(), hosts: door.hosts, word });
    spawn("server", move || http::serve(&inner, &desk))?;
    let (on_gate, of_gate) = (board.clone(), say.clone());
    spawn("gate", move || {
        let has_ended = || on_gate.has_ended(Duration::ZERO);
        let limits = Limits::for_files(files);
        let plan = Plan { server, mark, stream: answer::EVENTS, limits, has_ended: &has_ended };
        if let Err(error) = gate::run(door.listener, &plan) {
            of_gate(Note::Trouble(format!("the preview takes no more requests: {error}")));
        }
    })?;
    spawn("builder", move || rebuild::run(&site, &board, &say))?;
    Ok(preview)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

fn listen(address: SocketAddr, queue: i32) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // on Windows, this would let a second program take the same port
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    // a connection takes it over, and then sends small events at once
    socket.set_tcp_nodelay(true)?;
    socket.bind(&address.into())?;
    socket.listen(queue)?;
    Ok(socket.into())
}

/// A number that nobody can guess: the standard library's own seed of its hash maps.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
