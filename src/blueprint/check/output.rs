//! Fields of the output that mean nothing in its format.
//!
//! In: `BlueprintSpec`. Out: diagnostics. Pure.

use super::Checker;
use crate::blueprint::defaults;
use crate::blueprint::spec::OutputFormat;
use crate::diagnostic::FIELD_DOES_NOT_FIT;

impl Checker<'_> {
    /// Errors: GW2011.
    pub(crate) fn output(&mut self) {
        let Some(output) = self
            .spec()
            .output
            .as_ref()
            .filter(|it| it.template.is_some())
        else {
            return;
        };
        let format = match output.format.unwrap_or(defaults::FORMAT) {
            OutputFormat::Terraform => "terraform",
            OutputFormat::TerraformJson => "terraform-json",
            OutputFormat::Cloudformation => return,
        };
        let message =
            format!("format `{format}` writes no template, and `template` has no meaning for it");
        self.report(
            &FIELD_DOES_NOT_FIT,
            "/output/template",
            message,
            "remove it, or write `format: cloudformation`",
        );
    }
}
