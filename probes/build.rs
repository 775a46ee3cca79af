//! Makes the data files that are built into the library: from TOML, which people write, to JSON,
//! which the program reads anyway, packed.

use std::error::Error;
use std::path::Path;

const FILES: [&str; 3] = ["catalog.toml", "error_texts.toml", "explanations.toml"];

/// The densest, and built once: how long it takes does not matter.
const LEVEL: u8 = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let out = std::env::var("OUT_DIR")?;
    for file in FILES {
        let path = Path::new("src").join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let value: toml::Table = toml::from_str(&std::fs::read_to_string(path)?)?;
        let packed = miniz_oxide::deflate::compress_to_vec(&serde_json::to_vec(&value)?, LEVEL);
        std::fs::write(Path::new(&out).join(file), packed)?;
    }
    Ok(())
}
