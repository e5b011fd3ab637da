//! The releases of gwgen that a blueprint may be read by: `required_version`, as Cargo writes requirements.
//! In: `Layers`. Out: diagnostics. Pure.
//! Each file's own requirement has to be met: one that extends another takes none away.

use semver::{Prerelease, Version, VersionReq};

use super::layers::Layers;
use crate::diagnostic::{Diagnostic, INVALID_VALUE, OTHER_VERSION_REQUIRED, Place};

const FIELD: &str = "required_version";

/// This release.
const OWN: &str = env!("CARGO_PKG_VERSION");

/// Reports requirements that this release does not meet, or that cannot be read.
///
/// Errors: GW2002, GW2016.
pub(crate) fn check(layers: &Layers) -> Vec<Diagnostic> {
    let written = layers.texts(FIELD);
    written
        .filter_map(|(place, text)| unmet(place, text))
        .collect()
}

/// The requirements of all files as one; `None` where there are none.
pub(crate) fn required(layers: &Layers) -> Option<String> {
    let texts = layers.texts(FIELD).map(|(_, text)| text);
    // A star stands alone, and requires nothing.
    let texts: Vec<&str> = texts.filter(|text| text.trim() != "*").collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn unmet(place: Place, text: &str) -> Option<Diagnostic> {
    let requirement = match VersionReq::parse(text) {
        Ok(requirement) => requirement,
        Err(error) => {
            let message = format_args!("`{FIELD}` cannot be read: {error}");
            return Some(INVALID_VALUE.at(place).message(message).help(
                "write it as Cargo does, such as `>=0.1, <0.3`; `~> 0.1` of Terraform is `>=0.1, <1`",
            ));
        }
    };
    let own = Version::parse(OWN).expect("Cargo reads the version in the same way");
    let mut release = own.clone();
    release.pre = Prerelease::EMPTY;
    if requirement.matches(&own) || requirement.matches(&release) {
        return None;
    }
    let message = format_args!("`{text}` is required, and this is gwgen {OWN}");
    Some(OTHER_VERSION_REQUIRED.at(place).message(message).help(
        "install a release that meets it; where this one is meant to be used from now on, change the requirement",
    ))
}
