use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use super::*;

const PATIENT: Duration = Duration::from_secs(60);

/// systemd's end of a socket that no other test has.
fn systemd(name: &str) -> (UnixDatagram, OsString) {
    let name = format!("vpce-probe-test-{name}-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let socket = UnixDatagram::bind_addr(&address).unwrap();
    socket.set_read_timeout(Some(PATIENT)).unwrap();
    (socket, format!("@{name}").into())
}

fn told_by(variables: &[(&'static str, OsString)]) -> ServiceManager {
    ServiceManager::told(|name| {
        variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
    })
}

fn heard(systemd: &UnixDatagram) -> String {
    let mut bytes = [0; 4096];
    let length = systemd.recv(&mut bytes).unwrap();
    String::from_utf8(bytes[..length].to_vec()).unwrap()
}

#[test]
fn systemd_hears_everything_in_one_line_each() {
    let (systemd, name) = systemd("all");
    let manager = told_by(&[("NOTIFY_SOCKET", name)]);
    manager.status("fail: \u{e9}\nREADY=1");
    assert_eq!(heard(&systemd), "STATUS=fail: \\u{e9}\\u{a}READY=1\n");
    manager.is_ready();
    assert_eq!(heard(&systemd), "READY=1\n");
    manager.is_alive();
    assert_eq!(heard(&systemd), "WATCHDOG=1\n");
    manager.status(&"x".repeat(2_000));
    assert_eq!(heard(&systemd).len(), "STATUS=".len() + LONGEST_STATUS + 1);
    manager.is_stopping();
    assert_eq!(heard(&systemd), "STOPPING=1\n");
}

#[test]
fn a_systemd_that_does_not_listen_hears_the_rest_later_and_holds_nothing_up() {
    let (systemd, name) = systemd("full");
    let manager = told_by(&[("NOTIFY_SOCKET", name)]);
    // More than the kernel keeps for a socket of this kind that nobody reads.
    let filling = UnixDatagram::unbound().unwrap();
    filling.set_nonblocking(true).unwrap();
    while filling.send_to_addr(b"", &systemd.local_addr().unwrap()).is_ok() {}
    manager.status("pass: first");
    manager.is_ready();
    manager.is_alive();
    manager.status("pass: second");
    systemd.set_nonblocking(true).unwrap();
    let mut bytes = [0; 16];
    while systemd.recv(&mut bytes).is_ok() {}
    systemd.set_nonblocking(false).unwrap();
    manager.is_stopping();
    assert_eq!(heard(&systemd), "READY=1\nSTATUS=pass: second\nSTOPPING=1\n");
    manager.is_alive();
    assert_eq!(heard(&systemd), "WATCHDOG=1\n");
}

#[test]
fn without_systemd_nothing_happens() {
    for variables in [
        vec![],
        vec![("NOTIFY_SOCKET", "".into())],
        vec![("NOTIFY_SOCKET", "vsock:2:1234".into())],
        vec![("NOTIFY_SOCKET", "/nowhere/at-all".into())],
        vec![("NOTIFY_SOCKET", "/".repeat(4096).into())],
    ] {
        let manager = told_by(&variables);
        manager.is_ready();
        manager.is_alive();
        manager.status("pass");
        manager.is_stopping();
        assert_eq!(manager.watchdog_pause(), None);
    }
}

#[test]
fn the_watchdog_is_heeded_where_it_waits_for_this_process() {
    let pid = std::process::id();
    for (microseconds, pid, expected) in [
        ("30000000", None, Some(Duration::from_secs(15))),
        ("30000000", Some(pid.to_string()), Some(Duration::from_secs(15))),
        ("30000000", Some((pid + 1).to_string()), None),
        ("30000000", Some("one".to_owned()), None),
        ("1", None, Some(LEAST_PAUSE)),
        ("0", None, None),
        ("-1", None, None),
        ("soon", None, None),
    ] {
        let mut variables = vec![
            ("NOTIFY_SOCKET", OsString::from("/nowhere")),
            ("WATCHDOG_USEC", microseconds.into()),
        ];
        variables.extend(pid.clone().map(|pid| ("WATCHDOG_PID", pid.into())));
        assert_eq!(told_by(&variables).watchdog_pause(), expected, "{microseconds} {pid:?}");
    }
    let no_socket = told_by(&[("WATCHDOG_USEC", "30000000".into())]);
    assert_eq!(no_socket.watchdog_pause(), None);
}
