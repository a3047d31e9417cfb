//! A WebSocket that says chat messages as fast as they are read.
//!
//! Whoever connects below `/ws` gets the welcome of the simulated Twitch, over a link of our own to it. From the first event
//! that comes over that link the subscription is learned, and from then on ready-made messages for it are said, each
//! with an id of its own, until the client is gone. Whoever connects elsewhere gets them at once.

use std::error::Error;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use tungstenite::handshake::server::{Request, Response};
use tungstenite::{Message, WebSocket};

/// A chat message of about 1.5 kB.
const MESSAGE: &str = include_str!("../../../core/fixtures/chat_message_frame.json");
/// Its subscription's id.
const SUBSCRIPTION: &str = "f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f";
/// Its message id; the last part is counted up.
const ID: &str = "0d9e8f7a-6b5c-4d3e-8f2a-1b0c9d8e7f6a";
const COUNTED: usize = 12;
/// How many messages are written at once.
const AT_ONCE: usize = 64;

/// Begins to listen, in front of the simulated Twitch whose sockets are at `upstream`.
pub(crate) fn start(upstream: String) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let upstream = upstream.clone();
            // It ends with an error as soon as the client is gone.
            thread::spawn(move || drop(serve(stream, &upstream)));
        }
    });
    Ok(address)
}

fn serve(stream: TcpStream, upstream: &str) -> Result<(), Box<dyn Error>> {
    let mut asked = String::new();
    #[expect(clippy::result_large_err, reason = "as the library has it")]
    let look = |request: &Request, response: Response| {
        asked = request.uri().to_string();
        Ok(response)
    };
    let mut socket = tungstenite::accept_hdr(stream, look).map_err(|error| error.to_string())?;
    let (subscription, _link) = match asked.strip_prefix("/ws") {
        Some(query) => {
            let (mut link, _) = tungstenite::connect(format!("{upstream}{query}"))?;
            socket.send(link.read()?)?;
            (subscription(&mut link)?, Some(link))
        }
        None => (SUBSCRIPTION.to_owned(), None),
    };
    let mut messages = Messages::new(&subscription)?;
    loop {
        socket.get_mut().write_all(messages.next())?;
    }
}

/// Waits for an event, and says which subscription it is for.
fn subscription<S: io::Read + Write>(link: &mut WebSocket<S>) -> Result<String, Box<dyn Error>> {
    loop {
        if let Message::Text(text) = link.read()? {
            let message: serde_json::Value = serde_json::from_str(&text)?;
            if let Some(id) = message["payload"]["subscription"]["id"].as_str() {
                return Ok(id.to_owned());
            }
        }
    }
}

/// Ready-made frames whose message ids are counted up.
struct Messages {
    frames: Vec<u8>,
    each: usize,
    /// Where in a frame the counted part is.
    at: usize,
    count: u64,
}

impl Messages {
    fn new(subscription: &str) -> Result<Self, Box<dyn Error>> {
        let message = MESSAGE.trim_end().replace(SUBSCRIPTION, subscription);
        // One text frame, not masked, with a length of two bytes.
        let mut frame = vec![0x81, 126];
        frame.extend(u16::try_from(message.len())?.to_be_bytes());
        let at = frame.len() + message.find(ID).ok_or("no id")? + ID.len() - COUNTED;
        frame.extend(message.bytes());
        Ok(Messages { each: frame.len(), frames: frame.repeat(AT_ONCE), at, count: 0 })
    }

    fn next(&mut self) -> &[u8] {
        for frame in self.frames.chunks_exact_mut(self.each) {
            self.count += 1;
            let id = format!("{:0COUNTED$x}", self.count);
            frame[self.at..self.at + COUNTED].copy_from_slice(id.as_bytes());
        }
        &self.frames
    }
}
