//! The resource policy that a blueprint names.
//!
//! In: `Files`, `Blueprint`. Out: the policy as data. Pure but for `Files`.
//! What it says is the user's own; `plan` looks at its shape.

use std::sync::Arc;

use serde_json::Value;

use super::Blueprint;
use crate::diagnostic::{self, Diagnostic};
use crate::source::{self, Files, RelativePath, SourceFile};

/// Reads the file of `api.policy`, if there is one.
///
/// Errors: GW0001 unreadable, GW0002 outside the root, GW1001 to GW1004.
pub(super) fn read(
    files: &dyn Files,
    (folder, display): (&str, &Arc<str>),
    blueprint: &Blueprint,
) -> Result<Option<Arc<Value>>, Box<Diagnostic>> {
    let Some(written) = blueprint.spec.api.as_ref().and_then(|it| it.policy.as_deref()) else { return Ok(None) };
    let place = blueprint.place("/api/policy");
    let Some(path) = RelativePath::join(folder, written) else {
        return Err(Box::new(
            diagnostic::FILE_OUTSIDE_ROOT
                .at(place)
                .message(format_args!("`{written}` lies outside the repository that holds the blueprint"))
                .help("copy the file into the repository, and name it relative to the blueprint"),
        ));
    };
    let shown = source::shown(display, folder, &path);
    let of_blueprint = |mut finding: Box<Diagnostic>| {
        finding.places.insert(0, place.clone());
        finding
    };
    let file = SourceFile::read(files, path, shown).map_err(of_blueprint)?;
    match serde_json::from_str::<Value>(&file.json) {
        Ok(mut policy) => {
            // The order of keys is nobody's decision: it must not be a difference.
            Value::sort_all_objects(&mut policy);
            Ok(Some(Arc::new(policy)))
        }
        Err(error) => Err(of_blueprint(Box::new(file.syntax(&error)))),
    }
}
