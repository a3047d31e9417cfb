//! An HTTP proxy on a port of its own, which opens tunnels for those who have its password, and counts them.

use crate::asynchronous::RUNTIME;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// `ada:pass`, as a proxy is told it.
const PASSWORD: &str = "proxy-authorization: Basic YWRhOnBhc3M=";

/// A proxy: its port, and how many tunnels it has opened. It lasts as long as the process.
pub(crate) fn start() -> (u16, Arc<AtomicUsize>) {
    let listener = RUNTIME.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let port = listener.local_addr().unwrap().port();
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = tunnels.clone();
    RUNTIME.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let count = count.clone();
            tokio::spawn(async move {
                // A client that leaves in the middle needs nothing more.
                let _ = serve(stream, &count).await;
            });
        }
    });
    (port, tunnels)
}

async fn serve(mut client: TcpStream, tunnels: &AtomicUsize) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
    let Some(target) = target.filter(|_| head.lines().any(|line| line == PASSWORD)) else {
        return client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    };
    let mut server = TcpStream::connect(target).await?;
    tunnels.fetch_add(1, Ordering::SeqCst);
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await.map(drop)
}
