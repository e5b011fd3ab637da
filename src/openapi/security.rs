//! Security requirements of operations: their own, or the document's.

use super::document::{Operation as OperationObject, Presence, RequirementObject};
use super::items::Level;
use super::resolve::Shared;
use super::{Fault, Operation, Security};
use crate::diagnostic::{self, Place};
use crate::source::SourceFile;

impl<'a> Shared<'a> {
    /// Gives an operation its security, and the faults of it.
    pub(crate) fn secure(
        &self,
        operation: &mut Operation,
        object: &OperationObject<'a>,
        levels: &[Level<'_, 'a>],
        file: &'a SourceFile,
    ) {
        if matches!(object.security, Presence::Absent) {
            let misplaced = levels.iter().filter(|level| level.item.security.is_some());
            operation.faults.extend(misplaced.map(|level| Fault {
                code: &diagnostic::MISPLACED_SECURITY,
                place: level.place(&operation.path, "/security"),
                message: "`security` of a path counts for none of its operations".into(),
                help: "write it on each operation of the path, or on the document".into(),
            }));
            let files = levels.iter().map(|level| level.file).chain([file]);
            operation.faults.extend(self.left_behind(files));
        }
        operation.has_written_security =
            self.has_written_security || matches!(object.security, Presence::There(_));
        match (&object.security, &self.security) {
            (Presence::There(requirements), _) => operation.security = Security::of(requirements),
            (Presence::Absent, Ok(inherited)) => operation.security = inherited.clone(),
            (Presence::Absent, Err(())) => {
                let place = Place::pointer(&self.file.display, "/security");
                operation.faults.push(null_security(place));
            }
            (Presence::Null, _) => {
                let fault = null_security(operation.place("/security"));
                operation.faults.push(fault);
            }
        }
        if let Security::Needs(alternatives) = &operation.security {
            let names = alternatives.iter().flat_map(|schemes| schemes.keys());
            let unresolved = names.filter_map(|name| self.unresolved_schemes.get(name));
            operation.faults.extend(unresolved.cloned());
        }
    }

    /// Returns the faults of other files whose root protects more than the main file's.
    fn left_behind(&self, files: impl Iterator<Item = &'a SourceFile>) -> Vec<Fault> {
        let mut found: Vec<&SourceFile> = Vec::new();
        for file in files.filter(|file| !std::ptr::eq(*file, self.file)) {
            let is_known = found.iter().any(|known| std::ptr::eq(*known, file));
            if !is_known && self.requires_more(file) {
                found.push(file);
            }
        }
        found.into_iter().map(security_left_behind).collect()
    }

    /// Returns whether a file is a description of its own whose root requires something that the
    /// main file's does not.
    fn requires_more(&self, file: &'a SourceFile) -> bool {
        let target = |reference: &str| self.references.target(file, reference);
        let Ok(written) = target("#/security") else {
            return false;
        };
        let mut of_descriptions = ["#/openapi", "#/swagger", "#/paths"].into_iter();
        if of_descriptions.all(|member| target(member).is_err()) {
            return false;
        }
        let Ok(requirements) = serde_json::from_str::<Vec<RequirementObject<'_>>>(written.json)
        else {
            return true;
        };
        let required = Security::of(&requirements);
        required != Security::Open && self.security.as_ref().ok() != Some(&required)
    }
}

/// Returns the fault of `security` at the root of another file, which does not apply to an
/// operation that this description refers to.
fn security_left_behind(file: &SourceFile) -> Fault {
    Fault {
        code: &diagnostic::SECURITY_LEFT_BEHIND,
        place: Place::pointer(&file.display, "/security"),
        message: format!(
            "`security` at the root of `{}` does not apply to an operation that another description refers to, and the root of that requires something else",
            file.display
        ),
        help: "write `security` on the operation itself; then it counts wherever the operation is referred to".into(),
    }
}

fn null_security(place: Place) -> Fault {
    Fault {
        code: &diagnostic::NULL_SECURITY,
        place,
        message:
            "`security` is null, which is neither a requirement nor the empty list that means open"
                .into(),
        help: "write the requirement, or `security: []` where the operation is meant to be open"
            .into(),
    }
}
