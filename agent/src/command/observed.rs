//! From the surroundings to the report, once or again and again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::task::spawn_blocking;
use vpce_probes::catalog::Catalog;
use vpce_probes::observation::Observations;
use vpce_probes::observe::{
    Budget, Conditions, DNS_PORT, HTTPS_PORT, Resolvers, Roots, Trust, TrustError, observe,
    observe_side_names,
};
use vpce_probes::plan::{AgentWish, Selection};
use vpce_probes::report::Report;
use vpce_probes::surroundings::HostsFile;

use super::{Failure, ecs_agent, request, task_definition};
use crate::cli::{LookArgs, SelectionArgs};
use crate::exit_code::Exit;
use crate::in_time::done_until;
use crate::{health, output};

/// Time kept for judging, rendering and writing.
const RESERVE: Duration = Duration::from_millis(20);

/// Part of the deadline that the file of a variable may take: what is checked does not depend on it.
const VARIABLE_SHARE: f64 = 0.125;

/// What stays the same from one look at this place to the next: what is wanted, and what is trusted.
#[derive(Clone)]
pub(super) struct Checker<'a> {
    args: &'a LookArgs,
    environment: BTreeMap<String, String>,
    catalog: Arc<Catalog>,
    selection: Selection,
    trust: Trust,
}

impl<'a> Checker<'a> {
    /// Reads the files that the caller names, until then.
    pub(super) fn new(
        args: &'a LookArgs,
        selection: &SelectionArgs,
        until: Instant,
    ) -> Result<Self, Failure> {
        let environment = request::environment();
        let catalog = Arc::new(request::catalog()?);
        let definition = selection.task_definition.as_deref();
        let mut selection = request::selection(&catalog, selection, &args.names, &environment)?;
        selection.task = task_definition::needs(&catalog, definition, Some(until))?;
        let trust = trust(args, &environment, until)?;
        Ok(Self { args, environment, catalog, selection, trust })
    }

    /// The same without a look at the ECS agent.
    pub(super) fn without_ecs_agent(mut self) -> Self {
        self.selection.ecs_agent = AgentWish::LeftOut;
        self
    }

    /// The same with the files as they are now. Those that are unusable now stay as they were, and
    /// are told.
    pub(super) fn reread(&self, definition: Option<&Path>) -> (Self, Vec<Failure>) {
        let (mut checker, mut failures) = (self.clone(), Vec::new());
        let until = Instant::now() + self.args.deadline;
        match trust(self.args, &self.environment, until) {
            Ok(trust) => checker.trust = trust,
            Err(failure) => failures.push(failure),
        }
        if definition.is_some_and(|path| path.as_os_str() == "-") {
            let words = "standard input cannot be read again";
            failures.push(Failure::new(Exit::Config, words));
        } else {
            match task_definition::needs(&self.catalog, definition, Some(until)) {
                Ok(task) => checker.selection.task = task,
                Err(failure) => failures.push(failure),
            }
        }
        (checker, failures)
    }

    /// Finds out where this is, checks what that place needs, and judges it.
    pub(super) async fn report(&self, started: Instant) -> Result<Report, Failure> {
        self.report_within(started, self.args.deadline).await
    }

    /// The same with another deadline.
    pub(super) async fn report_within(
        &self,
        started: Instant,
        deadline: Duration,
    ) -> Result<Report, Failure> {
        let (args, catalog) = (self.args, &*self.catalog);
        let started_at = SystemTime::now();
        let budget = Budget::divide(started, deadline.saturating_sub(RESERVE.min(deadline / 10)));
        let environment = &self.environment;
        let outside = request::outside(&args.place, environment.clone(), Some(budget.metadata));
        let mut surroundings = request::surroundings(catalog, &args.place, &outside).await;
        let plan = request::plan_for(catalog, &surroundings, self.selection.clone())?;
        let (hosts_file, told) =
            HostsFile::read(&outside.hosts_file, plan.host_names(), budget.metadata).await;
        surroundings.sources.push(told);
        let conditions = Conditions {
            hosts_file: Arc::new(hosts_file),
            resolvers: surroundings.resolvers.value().map(|settings| {
                let amazon = surroundings.unasked_amazon_resolvers();
                let resolvers = Resolvers::new(settings, &budget, DNS_PORT);
                Arc::new(resolvers.beside_amazon(&amazon, settings, DNS_PORT))
            }),
            trust: self.trust.clone(),
            budget,
            port: HTTPS_PORT,
        };
        let around = ecs_agent::outside(&args.agent, environment, &surroundings, &plan, &budget);
        let until = conditions.budget.deadline;
        let (hosts, side_names, mut agent) = tokio::join!(
            observe(&plan, &conditions),
            observe_side_names(&plan, &conditions, surroundings.usual_record()),
            ecs_agent::found(around.as_ref(), until)
        );
        ecs_agent::connected(around.as_ref(), &mut agent, &plan, &hosts, until).await;
        let mut observations = Observations::new(started_at, deadline, hosts);
        observations.side_names = side_names;
        observations.ecs_agent = agent;
        let mut report = Report::new(surroundings, plan, observations);
        report.took(started.elapsed());
        Ok(report)
    }
}

impl Checker<'static> {
    /// A new one, whose files are read on another thread: whatever they are, signals are obeyed
    /// meanwhile.
    pub(super) async fn read(
        args: &'static LookArgs,
        selection: &'static SelectionArgs,
        until: Instant,
    ) -> Result<Self, Failure> {
        elsewhere(move || Self::new(args, selection, until)).await?
    }
}

/// Does the work on another thread.
pub(super) async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| Failure::new(Exit::Internal, format!("cannot read: {error}")))
}

/// One look by itself.
pub(super) async fn report(
    args: &LookArgs,
    selection: &SelectionArgs,
    started: Instant,
) -> Result<Report, Failure> {
    let for_files = started + args.deadline.saturating_sub(RESERVE);
    Checker::new(args, selection, for_files)?.report(started).await
}

/// The built-in roots and the caller's file; and apart from them, because not every program is told,
/// what AWS SDKs and OpenSSL are told by variables. A variable that names an unusable file is told,
/// and the roots that remain decide.
fn trust(
    args: &LookArgs,
    environment: &BTreeMap<String, String>,
    until: Instant,
) -> Result<Trust, Failure> {
    let mut roots = Roots::built_in();
    if let Some(path) = &args.ca_file {
        roots = with_file(roots, path, until).map_err(|error| unusable(&error))?;
    }
    let mut trust = Trust::in_roots(roots).map_err(|error| unusable(&error))?;
    for variable in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        let Some(path) = environment.get(variable).filter(|value| !value.is_empty()) else {
            continue;
        };
        let until = until.min(Instant::now() + args.deadline.mul_f64(VARIABLE_SHARE));
        match with_file(Roots::none(), path.as_ref(), until) {
            Ok(roots) => {
                trust = trust.or_by_variable(variable, roots).map_err(|error| unusable(&error))?;
            }
            // A health check prints one line: container engines keep both streams, and not much.
            Err(_) if health::is_wanted() => {}
            Err(error) => output::complain(&format!("{variable}: {error}")),
        }
    }
    Ok(trust)
}

/// These roots and those of a file.
fn with_file(mut roots: Roots, path: &Path, until: Instant) -> Result<Roots, TrustError> {
    let file = path.to_owned();
    done_until(until, move || roots.add_file(&file).map(|()| roots))
        .unwrap_or_else(|error| Err(TrustError::Unreadable { path: path.to_owned(), error }))
}

fn unusable(error: &TrustError) -> Failure {
    let exit = if error.is_permission_denied() { Exit::NoPermission } else { Exit::Config };
    Failure::new(exit, error.to_string())
}
