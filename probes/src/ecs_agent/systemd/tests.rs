use super::*;
use crate::ecs_agent::scratch::Scratch;
use crate::surroundings::AbsenceReason;

const LIMIT: Duration = Duration::from_secs(60);

/// A `systemctl` that is a script.
fn stand_in(scratch: &Scratch, script: &str) -> Systemd {
    let path = scratch.program("systemctl", &format!("#!/bin/sh\n{script}\n"));
    Systemd::at(&["/nonexistent/systemctl".into(), path]).unwrap()
}

#[tokio::test]
async fn what_is_asked_is_what_systemctl_gets() {
    let scratch = Scratch::new("systemd-show");
    let systemd = stand_in(&scratch, "printf 'Id=a\\nArguments=%s\\n\\nId=b\\n' \"$*\"");
    let shown = systemd.show(&["a", "b"], &["Id", "Job"], LIMIT).await.unwrap();
    assert_eq!(shown[0].get("Arguments"), Some("show --no-pager --property=Id,Job -- a b"));
    assert_eq!(shown[1].get("Id"), Some("b"));
}

#[tokio::test]
async fn a_restart_waits_only_when_told_to() {
    let scratch = Scratch::new("systemd-restart");
    let systemd = stand_in(&scratch, &format!("echo \"$*\" >>{}/log", scratch.path().display()));
    systemd.restart("ecs.service", false, LIMIT).await.unwrap();
    systemd.start("ecs.service", true, LIMIT).await.unwrap();
    let log = std::fs::read_to_string(scratch.path().join("log")).unwrap();
    let expected = "restart --no-pager --no-ask-password --no-block -- ecs.service\n\
                    start --no-pager --no-ask-password -- ecs.service\n";
    assert_eq!(log, expected);
}

#[tokio::test]
async fn each_kind_of_refusal_is_told_apart() {
    let scratch = Scratch::new("systemd-refusals");
    let cases = [
        (
            1,
            "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down",
            AbsenceReason::Unreachable,
        ),
        (1, "Failed to connect to bus: No such file or directory", AbsenceReason::Unreachable),
        (1, "Failed to get D-Bus connection: Operation not permitted", AbsenceReason::Unreachable),
        (1, "Failed to connect to bus: Permission denied", AbsenceReason::NotPermitted),
        (
            1,
            "Failed to restart ecs.service: Interactive authentication required.",
            AbsenceReason::NotPermitted,
        ),
        (4, "whatever", AbsenceReason::NotPermitted),
        (
            5,
            "Failed to restart ecs.service: Unit ecs.service not found.",
            AbsenceReason::Unreadable,
        ),
        (1, "Job for ecs.service failed.", AbsenceReason::Unreadable),
    ];
    for (code, words, reason) in cases {
        let systemd = stand_in(&scratch, &format!("cat >&2 <<'END'\n{words}\nEND\nexit {code}"));
        let error = systemd.restart("ecs.service", true, LIMIT).await.unwrap_err();
        assert_eq!(error.absence().reason, reason, "{error}");
        assert_eq!(error.is_permission_denied(), reason == AbsenceReason::NotPermitted);
        assert_eq!(error.is_not_running(), reason == AbsenceReason::Unreachable);
        assert_eq!(error.is_not_found(), code == 5);
        assert!(error.to_string().contains("restart ecs.service with /"), "{error}");
    }
}

#[tokio::test]
async fn a_systemctl_that_says_nothing_or_never_ends_is_no_systemd() {
    let scratch = Scratch::new("systemd-silent");
    let silent = stand_in(&scratch, "exit 0");
    let error = silent.show(&["ecs.service"], &["Id"], LIMIT).await.unwrap_err();
    assert!(error.is_not_running(), "{error}");
    let endless = stand_in(&scratch, "exec sleep 3600");
    let limit = Duration::from_millis(50);
    let error = endless.show(&["ecs.service"], &["Id"], limit).await.unwrap_err();
    assert_eq!(error.absence().reason, AbsenceReason::TimedOut, "{error}");
    assert!(Systemd::at(&["/nonexistent/systemctl".into()]).is_none());
}
