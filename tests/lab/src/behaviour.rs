//! The words a scenario may use for how a part of the VPC behaves.

use thiserror::Error;

/// A word that no part of the VPC understands.
#[derive(Debug, Error)]
#[error("unknown word {word:?}, expected one of: {expected}")]
pub struct UnknownWord {
    /// What stood in the file.
    pub word: String,
    /// What may stand there.
    pub expected: String,
}

/// Makes an enum that is written as one word, or as `word:NUMBER`.
macro_rules! words {
    (
        $(#[$meta:meta])* $name:ident
        { $($(#[$plain_meta:meta])* $plain:ident = $word:literal,)+ }
        { $($(#[$counted_meta:meta])* $counted:ident = $prefix:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize,
        )]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $($(#[$plain_meta])* $plain,)+
            $($(#[$counted_meta])* $counted(u32),)*
        }

        impl TryFrom<String> for $name {
            type Error = UnknownWord;

            fn try_from(word: String) -> Result<Self, UnknownWord> {
                match word.as_str() {
                    $($word => return Ok(Self::$plain),)+
                    _ => {}
                }
                $(
                    let number = word.strip_prefix(concat!($prefix, ":"));
                    if let Some(number) = number.and_then(|text| text.parse().ok()) {
                        return Ok(Self::$counted(number));
                    }
                )*
                let expected: &[&str] = &[$($word,)+ $(concat!($prefix, ":NUMBER"),)*];
                Err(UnknownWord { word, expected: expected.join(", ") })
            }
        }

        impl From<$name> for String {
            fn from(behaviour: $name) -> Self {
                match behaviour {
                    $($name::$plain => $word.to_owned(),)+
                    $($name::$counted(number) => format!(concat!($prefix, ":{}"), number),)*
                }
            }
        }
    };
}

mod machine;
mod services;

pub use self::machine::{
    AfterRestart, AgentAnswer, AgentNetwork, DockerBehaviour, FileForm, SystemdBehaviour,
};
pub use self::services::{
    AuthorityKind, CertificateKind, DeadEnd, DnsBehaviour, ImdsBehaviour, TaskMetadataBehaviour,
    TlsBehaviour,
};
