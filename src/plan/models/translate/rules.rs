//! Rules by which a schema is translated into draft 4.
//!
//! In: nothing. Out: `TranslationRules`, all of them on. Pure.

/// Steps of a translation; a test switches them off one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TranslationRules {
    /// `nullable` lets null through, among the values of `enum` too (S8).
    pub nullable: bool,
    /// `const` is an `enum` of one (S4).
    pub constant: bool,
    /// A whole number may have a fraction of nothing but zeros from 3.1 on, which is none in draft
    /// 4.
    pub whole_numbers: bool,
    /// Exclusive bounds become inclusive (S5).
    pub exclusive_bounds: bool,
    /// No `format` (S6).
    pub formats: bool,
    /// Properties that are read only are not required of a request.
    pub read_only: bool,
    /// Keywords beside `$ref` mean nothing before 3.1.
    pub siblings: bool,
    /// Patterns that Java reads otherwise go.
    pub patterns: bool,
    /// `oneOf` of weaker parts, or of parts that a discriminator distinguishes, is `anyOf`.
    pub one_of: bool,
    /// `not` of a weaker part goes.
    pub negation: bool,
    /// `items` behind `prefixItems` goes with it (S4).
    pub prefix_items: bool,
    /// Keywords that draft 4 lacks go (S4).
    pub unsupported: bool,
    /// A body that may be left out is let through where it is (S12).
    pub optional_body: bool,
    /// Text of bytes is no JSON text.
    pub binary: bool,
    /// A model has an end (S10).
    pub sizes: bool,
}

impl Default for TranslationRules {
    fn default() -> Self {
        Self {
            nullable: true,
            constant: true,
            whole_numbers: true,
            exclusive_bounds: true,
            formats: true,
            read_only: true,
            siblings: true,
            patterns: true,
            one_of: true,
            negation: true,
            prefix_items: true,
            unsupported: true,
            optional_body: true,
            binary: true,
            sizes: true,
        }
    }
}
