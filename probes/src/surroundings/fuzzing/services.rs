//! The metadata services.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::bounded_http::HttpClient;
use crate::fuzzing::{CATALOG, assert_surroundings, block_on};
use crate::surroundings::detect::detect_by;
use crate::surroundings::{Outside, Overrides, Surroundings};

/// What opens the path of a task's credentials.
const SECRET: &str = "0f3a1b2c4d5e6f7081920a1b2c3d4e5f-1234567890";

/// The instance metadata: each document under the end of its path.
pub fn instance_metadata(bytes: &[u8]) {
    if let Some(surroundings) = detected(bytes, BTreeMap::new()) {
        assert_surroundings(&surroundings);
    }
}

/// The task metadata: `/task`, and this container under the end of the path, beside the instance
/// metadata.
pub fn task_metadata(bytes: &[u8]) {
    let uri = format!("http://169.254.170.2/v4/{SECRET}");
    let variable = ("ECS_CONTAINER_METADATA_URI_V4".to_owned(), uri);
    let Some(surroundings) = detected(bytes, BTreeMap::from([variable])) else { return };
    assert_surroundings(&surroundings);
    let shown = serde_json::to_string(&surroundings).unwrap_or_default();
    let is_told = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    assert!(is_told || !shown.contains(SECRET), "{shown}");
}

fn detected(bytes: &[u8], environment: BTreeMap<String, String>) -> Option<Surroundings> {
    let client = HttpClient::scripted(bytes)?;
    let outside = Outside {
        imds_endpoints: vec!["http://169.254.169.254".to_owned()],
        resolv_conf: PathBuf::from("/nonexistent/resolv.conf"),
        ecs_config: PathBuf::from("/nonexistent/ecs.config"),
        ..Outside::usual(environment)
    };
    let overrides = Overrides::default();
    let catalog = CATALOG.as_ref()?;
    block_on(detect_by(Ok(client), catalog, &outside, &overrides))
}
