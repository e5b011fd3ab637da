//! The resource policy that a blueprint names.
//! In: `Files`, `Blueprint`. Out: the policy as data. Pure but for `Files`.

use std::sync::Arc;

use serde_json::Value;

use super::Blueprint;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::source::{self, Files, RelativePath, SourceFile};

/// Reads the file of `api.policy`, if there is one.
///
/// Errors: GW0001 unreadable, GW0002 outside the root, GW1001 to GW1004, GW2002 no policy.
pub(crate) fn read(
    files: &dyn Files,
    folder: &str,
    display: &Arc<str>,
    blueprint: &Blueprint,
) -> Result<Option<Arc<Value>>, Box<Diagnostic>> {
    let Some(written) = blueprint.spec.api.policy.as_deref() else {
        return Ok(None);
    };
    let place = blueprint.place("/api/policy");
    let Some(path) = RelativePath::join(folder, written) else {
        return Err(Box::new(
            diagnostic::FILE_OUTSIDE_ROOT
                .at(place)
                .message(format_args!(
                    "`{written}` lies outside the repository that holds the blueprint"
                ))
                .help("copy the file into the repository, and name it relative to the blueprint"),
        ));
    };
    let shown = source::shown(display, folder, &path);
    // What the file holds is committed with the output, and whoever names it could name any file of
    // the repository.
    let of_blueprint = |mut finding: Box<Diagnostic>| {
        if finding.code == &diagnostic::UNREADABLE_FILE {
            finding.help = format!(
                "write the path from the folder of `{}`, and check the file's permissions",
                place.file
            );
        }
        finding.places.insert(0, place.clone());
        finding
    };
    let file = SourceFile::read(files, path, shown).map_err(of_blueprint)?;
    match serde_json::from_str::<Value>(&file.json) {
        Ok(policy) if !is_policy(&policy) => Err(of_blueprint(Box::new(no_policy(&file)))),
        Ok(mut policy) => {
            // The order of keys has no meaning, so it must not be a difference.
            Value::sort_all_objects(&mut policy);
            Ok(Some(Arc::new(policy)))
        }
        Err(error) => Err(of_blueprint(Box::new(file.syntax(&error)))),
    }
}

/// Elements of a policy and of its statements.
///
/// Source: AWS IAM, "IAM JSON policy elements reference",
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>, read
/// 2026-11-22.
const ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];
const STATEMENT_ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];
const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];
const EFFECTS: [&str; 2] = ["Allow", "Deny"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

/// Returns whether a file holds a policy and nothing else. What it lets in is looked at elsewhere.
fn is_policy(policy: &Value) -> bool {
    let holds_only = |value: &Value, known: &[&str]| {
        value
            .as_object()
            .is_none_or(|operators| operators.keys().all(|key| known.contains(&key.as_str())))
    };
    let is_statement = |statement: &Value| {
        let principals: Vec<&Value> = ["Principal", "NotPrincipal"]
            .iter()
            .filter_map(|name| statement.get(name))
            .collect();
        let is_condition = |value: &Value| {
            value
                .as_object()
                .is_some_and(|operators| operators.values().all(Value::is_object))
        };
        statement.is_object()
            && holds_only(statement, &STATEMENT_ELEMENTS)
            && statement
                .get("Effect")
                .is_some_and(|written| EFFECTS.iter().any(|effect| written == effect))
            && !principals.is_empty()
            && principals
                .into_iter()
                .all(|principal| holds_only(principal, &PRINCIPALS))
            && statement.get("Condition").is_none_or(is_condition)
    };
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let has_version = policy
        .get("Version")
        .is_none_or(|written| VERSIONS.iter().any(|version| written == version));
    policy.is_object()
        && holds_only(policy, &ELEMENTS)
        && has_version
        && !statements.is_empty()
        && statements.iter().all(is_statement)
}

/// Errors: GW2002.
fn no_policy(file: &SourceFile) -> Diagnostic {
    diagnostic::INVALID_VALUE
        .at(Place::file(&file.display))
        .message(format_args!("`{}` is no resource policy, or holds more than one", file.display))
        .help(format_args!(
            "write `{}` at its root and `{}` in each statement, and nothing else; `Effect` is `Allow` or `Deny`, each statement has a principal, and `Version` is `2012-10-17`",
            ELEMENTS.join("`, `"),
            STATEMENT_ELEMENTS.join("`, `")
        ))
}
