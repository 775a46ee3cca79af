//! A client of the program's HTTP pages.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use libtest_mimic::Failed;

use crate::until::LIMIT;

/// Where the program serves in scenes.
pub(crate) const ADDRESS: &str = "127.0.0.1:9110";

/// A page as it came.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Gets a page; `accept` is the Accept header, where it is not empty.
pub(crate) fn get(path: &str, accept: &str) -> Result<Page, Failed> {
    let mut stream = connect()?;
    let accept = if accept.is_empty() { String::new() } else { format!("Accept: {accept}\r\n") };
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {ADDRESS}\r\nConnection: close\r\n{accept}\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok());
    Ok(Page { status: status.ok_or("no status")?, head: head.to_owned(), body: body.to_owned() })
}

/// A connection to the program.
pub(crate) fn connect() -> Result<TcpStream, Failed> {
    let address: SocketAddr = ADDRESS.parse()?;
    let stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    Ok(stream)
}

/// Gets a page on a connection that stays open.
pub(crate) fn get_on(stream: &mut TcpStream, path: &str) -> Result<Page, Failed> {
    // In one piece: half a question would wait for the acknowledgement of the other half.
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {ADDRESS}\r\n\r\n").as_bytes())?;
    answer_on(stream)
}

/// Reads one answer, and nothing of what may follow it.
pub(crate) fn answer_on(stream: &mut TcpStream) -> Result<Page, Failed> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8(head)?;
    let status = head.split_whitespace().nth(1).and_then(|code| code.parse().ok());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.ok_or("no length")?.parse()?];
    stream.read_exact(&mut body)?;
    Ok(Page { status: status.ok_or("no status")?, head, body: String::from_utf8(body)? })
}
