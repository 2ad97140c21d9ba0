//! Whom a request believes to speak to: the guard against pages elsewhere that let their own name point here.
//!
//! Such a page (DNS rebinding) can only come under a name. So the names are few, and addresses are free where the
//! preview was opened to the network.

use std::net::IpAddr;

/// Which `Host` headers are answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Hosts {
    /// The name that `--host` gave, unless it is an address.
    name: Option<String>,
    /// The preview was opened to the network: any address is one of ours.
    is_open: bool,
}

impl Hosts {
    /// For a preview that was asked to listen on `host` and listens on `bound`.
    pub fn new(host: &str, bound: IpAddr) -> Self {
        let name = host.parse::<IpAddr>().is_err().then(|| host.trim_end_matches('.').to_ascii_lowercase());
        Self { name, is_open: !bound.is_loopback() }
    }

    /// May a request with this `Host` be answered? The port doesn't matter: it can be another one behind a tunnel.
    pub fn allow(&self, host: &str) -> bool {
        let Some(name) = without_port(host) else { return false };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name);
        match address.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || self.is_open,
            Err(_) => name == "localhost" || self.name.as_ref() == Some(&name),
        }
    }
}

/// `[::1]` of `[::1]:4000`; none if what follows isn't a port.
fn without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') { host.find(']')? + 1 } else { host.find(':').unwrap_or(host.len()) };
    let (name, port) = host.split_at(end);
    let is_port = port.is_empty() || port[1..].bytes().all(|byte| byte.is_ascii_digit()) && port.starts_with(':');
    is_port.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_unless_opened() {
        let closed = Hosts::new("127.0.0.1", [127, 0, 0, 1].into());
        let open = Hosts::new("0.0.0.0", [0, 0, 0, 0].into());
        let named = Hosts::new("Desk.local.", [192, 168, 1, 7].into());
        for (host, on_closed, on_open, on_named) in [
            ("127.0.0.1:4000", true, true, true),
            ("127.0.0.1", true, true, true),
            ("127.8.8.8:1", true, true, true),
            ("localhost:4001", true, true, true),
            ("LOCALHOST.", true, true, true),
            ("[::1]:4000", true, true, true),
            ("[::1]", true, true, true),
            ("192.168.1.7:4000", false, true, true),
            ("10.0.0.1", false, true, true),
            ("[fe80::1]:4000", false, true, true),
            ("desk.local:4000", false, false, true),
            ("evil.example", false, false, false),
            ("localhost.evil.example:4000", false, false, false),
            ("127.0.0.1.evil.example", false, false, false),
            ("localhost@evil.example", false, false, false),
            ("localhost:4000@evil.example", false, false, false),
            ("localhost:", true, true, true),
            ("::1", false, false, false),
            ("[::1", false, false, false),
            ("[::1]x", false, false, false),
            (":4000", false, false, false),
            ("", false, false, false),
        ] {
            assert_eq!(closed.allow(host), on_closed, "{host}, closed");
            assert_eq!(open.allow(host), on_open, "{host}, open");
            assert_eq!(named.allow(host), on_named, "{host}, named");
        }
    }
}
