//! Volumes on file systems of AWS: their mounts use no endpoint, but people look for one.
//!
//! Source: Amazon ECS API Reference, "Volume".

use serde_json::Value;

use super::fields::{field, has, items};
use super::{TaskDefinitionError, name_of};
use crate::plan::TaskNeeds;
use crate::plan::demand::TASK_DEFINITION;

pub(super) fn add_all(
    needs: &mut TaskNeeds,
    definition: &Value,
) -> Result<(), TaskDefinitionError> {
    // Terraform has one block for each.
    let list = field(definition, "volumes").or_else(|| field(definition, "volume"));
    for volume in items(list, "volumes")? {
        let name = name_of(volume, "name", "without name").chars().take(255).collect::<String>();
        let line = format!("{TASK_DEFINITION}: volume {name}");
        if has(volume, "efsVolumeConfiguration") {
            needs.feature(&line, None, "efs");
            needs.note(format!(
                "{line} is mounted over NFS (TCP 2049) from a mount target of Amazon EFS in the VPC, which is no endpoint and is not checked."
            ));
        }
        if has(volume, "fsxWindowsFileServerVolumeConfiguration") {
            needs.note(format!(
                "{line} is mounted over SMB (TCP 445) from Amazon FSx in the VPC, which is no endpoint and is not checked."
            ));
        }
    }
    Ok(())
}
