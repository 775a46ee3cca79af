//! Checks for ever, and tells changes.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

use super::observed::{Checker, elsewhere};
use super::{Failure, request};
use crate::cli::{FailOn, WatchArgs};
use crate::exit_code::Exit;
use crate::log;
use crate::serve::{self, BindError, Listeners};
use crate::watch::{Occasion, Outlet, Signals, Snapshot, Teller, Wants, run as watch_on};

pub(super) fn run(args: &'static WatchArgs) -> Result<Exit, Failure> {
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

async fn watched(
    args: &'static WatchArgs,
    snapshot: &watch::Sender<Arc<Snapshot>>,
) -> Result<(), Failure> {
    let internal = |what: &str, error| Failure::new(Exit::Internal, format!("{what}: {error}"));
    let mut signals = Signals::catch().map_err(|error| internal("cannot catch signals", error))?;
    let stdout = Outlet::stdout().map_err(|error| internal("no way to stdout", error))?;
    let wants = Wants {
        fail_after: args.fail_after,
        recover_after: args.recover_after,
        fail_on_warn: args.look.fail_on == FailOn::Warn,
        emf: args.telling.emf,
        textfile: args.telling.textfile.clone(),
    };
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        interval = ?args.interval,
        deadline = ?args.look.deadline,
        fail_after = args.fail_after,
        recover_after = args.recover_after,
        "Watching"
    );
    let mut checker = None;
    let look = async |occasion| {
        let checker = match (checker.take(), occasion) {
            (None, _) => {
                let until = Instant::now() + args.look.deadline;
                checker.insert(Checker::read(&args.look, &args.selection, until).await?)
            }
            (Some(before), Occasion::Due) => checker.insert(before),
            (Some(before), Occasion::Reload) => checker.insert(reread(args, before).await?),
        };
        checker.report(Instant::now()).await
    };
    watch_on(args.interval, Teller::new(wants, stdout), snapshot, &mut signals, look).await
}

fn unbound(error: &BindError) -> Failure {
    let exit = if error.is_permission_denied() { Exit::NoPermission } else { Exit::Config };
    Failure::new(exit, error.to_string())
}

/// Reads the files that the caller names again.
async fn reread(
    args: &'static WatchArgs,
    checker: Checker<'static>,
) -> Result<Checker<'static>, Failure> {
    tracing::info!("Reading the files of --ca-file and --task-definition again, and no options");
    let definition = args.selection.task_definition.as_deref();
    let (checker, failures) = elsewhere(move || checker.reread(definition)).await?;
    for error in failures {
        tracing::warn!(%error, "What was read before stays in force");
    }
    Ok(checker)
}
