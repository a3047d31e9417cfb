//! [`Wire`]: a connection whose reader can be called away.
//!
//! Reading waits until something has arrived or until somebody rings ([`Wire::bell`]), so a thread sleeps in the kernel
//! and has no need to look up now and then: thousands of idle connections cost no time.

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
}

impl Wire {
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nonblocking(true)?;
        tcp.set_nodelay(true)?;
        let mut tcp = mio::net::TcpStream::from_std(tcp);
        let poll = Poll::new()?;
        poll.registry().register(&mut tcp, TCP, Interest::READABLE | Interest::WRITABLE)?;
        let bell = Arc::new(Waker::new(poll.registry(), BELL)?);
        Ok(Wire { tcp, poll, events: Events::with_capacity(2), bell, rung: false })
    }

    /// What calls the reader away.
    pub(super) fn bell(&self) -> Arc<Waker> {
        self.bell.clone()
    }

    pub(super) fn shutdown(&self) -> io::Result<()> {
        self.tcp.shutdown(Shutdown::Both)
    }

    /// Waits until something may have changed; false if nothing has for too long.
    fn wait(&mut self) -> io::Result<bool> {
        match self.poll.poll(&mut self.events, Some(PATIENCE)) {
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
        loop {
            match self.tcp.read(into) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if std::mem::take(&mut self.rung) || !self.wait()? {
                        return Err(error);
                    }
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
                    if !self.wait()? {
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
