//! [`Wire`]: a connection whose reader can be called away.
//!
//! Reading waits until something has arrived or until somebody rings ([`Wire::bell`]), so a thread sleeps in the kernel
//! and has no need to look up now and then: thousands of idle connections cost no time.
//!
//! Who rang has something to say that may have caused what arrives: it is said first. A client that was told to move closes
//! its old socket only after what was said there.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use mio::{Events, Interest, Poll, Token, Waker};

const TCP: Token = Token(0);
const BELL: Token = Token(1);

/// The longest wait: then a reader looks up all the same, and a writer gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Wire {
    tcp: mio::net::TcpStream,
    poll: Poll,
    events: Events,
    bell: Arc<Waker>,
    rung: bool,
    /// What arrived while the bell was rung.
    held: VecDeque<u8>,
}

impl Wire {
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nonblocking(true)?;
        tcp.set_nodelay(true)?;
        let mut tcp = mio::net::TcpStream::from_std(tcp);
        let poll = Poll::new()?;
        poll.registry().register(&mut tcp, TCP, Interest::READABLE | Interest::WRITABLE)?;
        let bell = Arc::new(Waker::new(poll.registry(), BELL)?);
        Ok(Wire { tcp, poll, events: Events::with_capacity(2), bell, rung: false, held: VecDeque::new() })
    }

    /// What calls the reader away.
    pub(super) fn bell(&self) -> Arc<Waker> {
        self.bell.clone()
    }

    pub(super) fn shutdown(&self) -> io::Result<()> {
        self.tcp.shutdown(Shutdown::Both)
    }

    /// Waits until something may have changed; false if nothing has for too long.
    fn wait(&mut self, long: Duration) -> io::Result<bool> {
        match self.poll.poll(&mut self.events, Some(long)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(true),
            polled => polled?,
        }
        self.rung |= self.events.iter().any(|event| event.token() == BELL);
        Ok(!self.events.is_empty())
    }
}

impl Read for Wire {
    /// Fails with [`ErrorKind::WouldBlock`] if the bell was rung, or nothing came for long.
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.held.is_empty() {
            return self.held.read(into);
        }
        loop {
            match self.tcp.read(into) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if std::mem::take(&mut self.rung) || !self.wait(PATIENCE)? {
                        return Err(error);
                    }
                }
                Ok(count) if count > 0 => {
                    self.wait(Duration::ZERO)?;
                    if !std::mem::take(&mut self.rung) {
                        return Ok(count);
                    }
                    self.held.extend(&into[..count]);
                    return Err(ErrorKind::WouldBlock.into());
                }
                read => return read,
            }
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.tcp.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if !self.wait(PATIENCE)? {
                        return Err(ErrorKind::TimedOut.into());
                    }
                }
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn who_rang_before_something_arrived_has_the_turn_before_it() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut wire = Wire::new(listener.accept().unwrap().0).unwrap();
        let mut byte = [0];
        wire.bell().wake().unwrap();
        peer.write_all(b"a").unwrap();
        assert_eq!(wire.read(&mut byte).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!((wire.read(&mut byte).unwrap(), byte), (1, *b"a"));
        peer.write_all(b"b").unwrap();
        assert_eq!((wire.read(&mut byte).unwrap(), byte), (1, *b"b"));
    }
}
