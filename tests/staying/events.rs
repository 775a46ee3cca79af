//! What a watch tells of a VPC that breaks and heals.

use libtest_mimic::Failed;
use serde_json::json;

use crate::Scene;
use crate::program::Program;
use crate::world::{break_names, breakable, heal_names};

pub(crate) const SCENES: &[Scene] =
    &[("events::a_vpc_that_breaks_and_heals", breakable, breaks_and_heals)];

fn breaks_and_heals() -> Result<(), Failed> {
    let mut watch =
        Program::start("watch --interval 1s --deadline 900ms --fail-after 2 --recover-after 1")?;
    let first = watch.json()?;
    assert_eq!((&first["from"], &first["to"]), (&json!(null), &json!("pass")), "{first}");
    break_names()?;
    let broken = watch.json()?;
    assert_eq!((&broken["from"], &broken["to"]), (&json!("pass"), &json!("fail")), "{broken}");
    assert_eq!(broken["findings"][0]["code"], "VPCE101");
    heal_names()?;
    let healed = watch.json()?;
    assert_eq!((&healed["from"], &healed["to"]), (&json!("fail"), &json!("pass")), "{healed}");
    watch.signal("TERM")?;
    let ended = watch.ended()?;
    assert_eq!((ended.exit, ended.stdout.len()), (Some(0), 3), "{ended:?}");
    Ok(())
}
