//! What the kernel tells in `/proc`.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use crate::ecs_agent::gateways::gateways;
use crate::ecs_agent::socket_table::read_table;
use crate::fuzzing::Section;

/// `/proc/net/tcp` and `tcp6`.
pub fn socket_table(bytes: &[u8]) {
    let mut sockets = 0;
    let until = Instant::now() + Duration::from_secs(60);
    let read = read_table(bytes, until, &mut |socket| {
        sockets += 1;
        assert_eq!(socket.peer, socket.peer.to_canonical());
    });
    assert!(read.is_ok(), "{read:?}");
    // The shortest line that can be one, cut at the longest that is read.
    assert!(sockets <= 1 + bytes.len() / 30, "{sockets} sockets in {} bytes", bytes.len());
}

/// `/proc/net/route` and `ipv6_route`.
pub fn routes(bytes: &[u8]) {
    let all = Section::all_of(bytes);
    let text = |name| String::from_utf8_lossy(Section::body_of(&all, name)).into_owned();
    let found = gateways(&text("route"), &text("ipv6_route"));
    assert!(found.len() <= 4, "{found:?}");
    for gateway in &found {
        assert!(!gateway.is_unspecified(), "{found:?}");
        let is_link_local =
            matches!(gateway, IpAddr::V6(address) if address.is_unicast_link_local());
        assert!(!is_link_local, "{found:?}");
        assert_eq!(found.iter().filter(|other| *other == gateway).count(), 1, "{found:?}");
    }
}
