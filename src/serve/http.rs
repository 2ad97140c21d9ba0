//! The preview's server: tiny_http behind the gate, a thread for each request, and the streams of events.
//!
//! The gate has read every request's head before it comes here, within limits, and never lets more in than there may
//! be threads; so nothing here waits for a client. Not here: what is answered (`answer`).

use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tiny_http::{Header, Request, Response, Server, StatusCode};

use super::answer::{Answer, Ask, Content, answer};
use super::board::{Board, Next};
use super::hosts::Hosts;

/// How long a request waits for the first build.
const FIRST_BUILD: Duration = Duration::from_secs(30);

/// How often a quiet stream shows that it lives.
const PING: Duration = Duration::from_secs(15);

/// How often the server looks whether it should end.
const LOOK_UP: Duration = Duration::from_secs(2);

/// The header by which the gate makes itself known.
pub const GATE: &str = "Etape-Gate";

/// What requests are answered from.
pub struct Desk {
    /// What there is to see.
    pub board: Arc<Board>,
    /// Who may be spoken to.
    pub hosts: Hosts,
    /// What the gate says in its header: other programs of this machine don't know it.
    pub word: String,
}

/// Answers requests that come to a listener, until the board ends.
pub fn serve(listener: &TcpListener, desk: &Arc<Desk>) {
    while !desk.board.has_ended(Duration::ZERO) {
        if let Ok(server) = listener.try_clone().map_err(Into::into).and_then(|own| Server::from_listener(own, None)) {
            while let Ok(next) = server.recv_timeout(LOOK_UP) {
                if let Some(request) = next {
                    let desk = desk.clone();
                    // without a thread, the request is dropped, which answers it with 500
                    let _ = thread::Builder::new().name("answer".to_owned()).spawn(move || handle(request, &desk));
                } else if desk.board.has_ended(Duration::ZERO) || is_deaf(listener) {
                    break;
                }
            }
        }
        // tiny_http takes no more connections after it has failed at one (no file descriptor was free): begin anew
        desk.board.has_ended(Duration::from_millis(50));
    }
}

/// Does nobody take the connections that come? tiny_http doesn't say so if its thread has panicked: it does if a file
/// descriptor was free for a connection, and none for the second one that it wants for each.
fn is_deaf(listener: &TcpListener) -> bool {
    let somebody_waits = || {
        let mut watched = [PollFd::new(listener, PollFlags::IN)];
        poll(&mut watched, Some(&Timespec::default())).is_ok_and(|count| count > 0)
    };
    somebody_waits() && {
        // who has only just come will be taken by then
        thread::sleep(Duration::from_millis(100));
        somebody_waits()
    }
}

fn handle(request: Request, desk: &Desk) {
    let header = |name: &'static str| {
        let found = request.headers().iter().find(|header| header.field.equiv(name));
        found.map(|header| header.value.as_str())
    };
    if header(GATE) != Some(&desk.word) {
        return;
    }
    let method = request.method().to_string();
    let ask = Ask {
        method: &method,
        target: request.url(),
        host: header("Host"),
        if_none_match: header("If-None-Match"),
        if_range: header("If-Range"),
        range: header("Range"),
    };
    // a client that has gone needs no answer
    let _ = match answer(&ask, &desk.hosts, || desk.board.shown(FIRST_BUILD)) {
        Answer::Content(content) => send(request, &content),
        Answer::Events => stream(request, &desk.board),
    };
}

fn send(request: Request, content: &Content) -> io::Result<()> {
    let headers = content.headers.iter().filter_map(|(name, value)| Header::from_bytes(*name, value.as_str()).ok());
    let response =
        Response::new(StatusCode(content.status), headers.collect(), content.body(), Some(content.part.len()), None);
    request.respond(response.with_chunked_threshold(usize::MAX))
}

/// Sends events as they happen, in the form of server-sent events, until either side goes.
fn stream(request: Request, board: &Board) -> io::Result<()> {
    let (first, mut number) = board.begin();
    // a response of tiny_http's would be held back until its buffer is full
    let mut writer = request.into_writer();
    write!(
        writer,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nCross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n{first}"
    )?;
    writer.flush()?;
    loop {
        match board.wait(number, PING) {
            Next::Event(event) => {
                writer.write_all(event.as_bytes())?;
                number += 1;
            }
            Next::Ping => writer.write_all(b": still here\n\n")?,
            Next::End => return Ok(()),
        }
        writer.flush()?;
    }
}
