//! The data files that are built into the program. `build.rs` makes packed JSON of them: a reader of
//! TOML and the plain texts would be a tenth of the size that the program promises to stay below.

use serde::de::DeserializeOwned;
use thiserror::Error;

/// A data file by its name in `src`, read as a value of the wanted type.
macro_rules! built_in {
    ($name:literal) => {
        $crate::built_in::read(include_bytes!(concat!(env!("OUT_DIR"), "/", $name)))
    };
}
pub(crate) use built_in;

/// More than any of the files holds.
const MAX_BYTES: usize = 1024 * 1024;

/// Why a data file could not be read.
#[derive(Debug, Error)]
pub enum BuiltInError {
    /// It is not what was packed.
    #[error("it cannot be unpacked: {0}")]
    Packed(String),
    /// It is not of the form that is expected.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
}

/// What a packed data file says.
pub(crate) fn read<T: DeserializeOwned>(packed: &[u8]) -> Result<T, BuiltInError> {
    let json = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, MAX_BYTES)
        .map_err(|error| BuiltInError::Packed(error.to_string()))?;
    // Everything else that is read is text already: one reader is smaller than two.
    let json = String::from_utf8(json).map_err(|error| BuiltInError::Packed(error.to_string()))?;
    Ok(serde_json::from_str(&json)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_read_and_damage_is_told() {
        let packed = |text: &[u8]| miniz_oxide::deflate::compress_to_vec(text, 1);
        assert_eq!(read::<Vec<u8>>(&packed(b"[7]")).unwrap(), [7]);
        for bad in [b"\xff".to_vec(), packed(b"\xff")] {
            assert!(matches!(read::<Vec<u8>>(&bad), Err(BuiltInError::Packed(_))), "{bad:?}");
        }
        for bad in [&b"[7"[..], b"{}"] {
            assert!(matches!(read::<Vec<u8>>(&packed(bad)), Err(BuiltInError::Form(_))), "{bad:?}");
        }
    }
}
