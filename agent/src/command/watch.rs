//! Checks for ever, and tells changes.

use std::sync::Arc;

use tokio::sync::watch;

use super::observed::Checker;
use super::{Failure, request};
use crate::cli::{FailOn, WatchArgs};
use crate::exit_code::Exit;
use crate::log;
use crate::serve::{self, BindError, Listeners};
use crate::watch::{Occasion, Signals, Snapshot, Teller, Wants, run as watch_on};

pub(super) fn run(args: &WatchArgs) -> Result<Exit, Failure> {
    log::init(args.log);
    let listeners =
        Listeners::bind(args.telling.listen, &args.socket).map_err(|error| unbound(&error))?;
    let (snapshot, seen) = watch::channel(Arc::new(Snapshot::at_start(args.interval)));
    let _served = serve::start(listeners, seen)
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot serve: {error}")))?;
    let runtime = request::runtime()?;
    let done = runtime.block_on(watched(args, &snapshot));
    runtime.shutdown_background();
    done.map(|()| Exit::Pass)
}

async fn watched(args: &WatchArgs, snapshot: &watch::Sender<Arc<Snapshot>>) -> Result<(), Failure> {
    let mut signals = Signals::catch()
        .map_err(|error| Failure::new(Exit::Internal, format!("cannot catch signals: {error}")))?;
    let teller = Teller::new(Wants {
        fail_after: args.fail_after,
        recover_after: args.recover_after,
        fail_on_warn: args.look.fail_on == FailOn::Warn,
        emf: args.telling.emf,
        textfile: args.telling.textfile.clone(),
    });
    let mut checker = Checker::new(&args.look, &args.selection, None)?;
    let look = async |occasion| {
        if occasion == Occasion::Reload {
            checker = Checker::new(&args.look, &args.selection, None)?;
        }
        checker.report(std::time::Instant::now()).await
    };
    watch_on(args.interval, teller, snapshot, &mut signals, look).await
}

fn unbound(error: &BindError) -> Failure {
    let exit = if error.is_permission_denied() { Exit::NoPermission } else { Exit::Config };
    Failure::new(exit, error.to_string())
}
