//! Path templates that a REST API can hold.
//!
//! In: a path as the description writes it. Out: segments, or a fault. Pure.
//! Source: docs/aws-rules.md#p1, docs/aws-rules.md#p2, docs/aws-rules.md#p5, docs/aws-rules.md#p11,
//! docs/aws-rules.md#p12.

mod framework;

use std::sync::Arc;

use crate::diagnostic::{self, Code};
use crate::openapi::is_dots;
pub(crate) use framework::{bare, plain};

/// Longest path that is taken: the ARN of a method holds it, and has at most 1,600 bytes
/// (docs/aws-rules.md#p15).
const MAX_PATH_BYTES: usize = 1_400;

/// One segment of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Segment {
    Literal(Arc<str>),
    /// `{name}`
    Variable(Arc<str>),
    /// `{name+}`, which takes the rest of the path.
    Rest(Arc<str>),
}

impl Segment {
    pub(crate) fn of_variable(name: Arc<str>, is_greedy: bool) -> Self {
        if is_greedy {
            Self::Rest(name)
        } else {
            Self::Variable(name)
        }
    }

    /// The variable's name.
    pub fn variable(&self) -> Option<&Arc<str>> {
        match self {
            Self::Variable(name) | Self::Rest(name) => Some(name),
            Self::Literal(_) => None,
        }
    }

    /// The segment in the notation of API Gateway.
    pub fn path_part(&self) -> String {
        let mut text = String::new();
        self.push_path_part(&mut text);
        text
    }

    fn push_path_part(&self, out: &mut String) {
        match self {
            Self::Literal(text) => out.push_str(text),
            Self::Variable(name) => out.extend(["{", name, "}"]),
            Self::Rest(name) => out.extend(["{", name, "+}"]),
        }
    }
}

/// A path as text.
pub fn text_of(segments: &[Segment]) -> String {
    if segments.is_empty() {
        return "/".into();
    }
    let mut text = String::with_capacity(16 * segments.len());
    for segment in segments {
        text.push('/');
        segment.push_path_part(&mut text);
    }
    text
}

/// A path template that a REST API can hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) segments: Vec<Segment>,
    /// The description ends it with a `/`.
    pub(crate) has_trailing_slash: bool,
    /// Names of variables in the description, and on the gateway.
    pub(crate) renamed: Vec<(Arc<str>, Arc<str>)>,
    /// Segments without their fixed parts (`partial_segments: widen`).
    pub(crate) widened: Vec<Arc<str>>,
    /// Variables in the notation of a web framework.
    pub(crate) read: Vec<ReadVariable>,
}

/// A variable in the notation of a web framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadVariable {
    /// The segment of the description.
    pub(crate) written: Arc<str>,
    /// The segment on the gateway.
    pub(crate) variable: Segment,
    /// A constraint that only the backend checks.
    pub(crate) constraint: Option<Arc<str>>,
}

/// The reason why a REST API cannot hold a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathFault {
    pub(crate) code: &'static Code,
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

const FRAMEWORK: &str = "write `{name}` for one segment or `{name+}` for the rest of the path, or leave the operation out with `exposure: hidden`";
const OPTIONAL: &str = "write two paths, one with the variable as `{name}` and one without it, each with its operations; or leave the operation out with `exposure: hidden`";
const HIDE: &str = "change the path, or leave the operation out with `exposure: hidden`";

/// Reads a path template.
pub(crate) fn template(path: &str, widen: bool) -> Result<Template, PathFault> {
    let fault = |code, message: String, help| {
        Err(PathFault {
            code,
            message,
            help,
        })
    };
    if path.len() > MAX_PATH_BYTES {
        return fault(
            &diagnostic::PATH_TOO_LONG,
            format!(
                "the path has {} bytes; API Gateway answers 414 where the ARN of a method gets longer than 1,600",
                path.len()
            ),
            HIDE,
        );
    }
    if let Some(found) = framework::query(path) {
        return fault(
            &diagnostic::QUERY_IN_PATH,
            format!("the path `{path}` holds `{found}`, which is never part of a path"),
            if path.contains("?}") {
                OPTIONAL
            } else {
                "declare a query parameter instead, or leave the operation out with `exposure: hidden`"
            },
        );
    }
    let Some(rest) = path.strip_prefix('/') else {
        return fault(
            &diagnostic::ILLEGAL_PATH,
            format!("the path `{path}` does not start with `/`"),
            HIDE,
        );
    };
    // API Gateway collapses leading slashes of a request, so that no path can begin with two.
    let rest = rest.trim_start_matches('/');
    let has_trailing_slash = rest.ends_with('/');
    let inner = rest.strip_suffix('/').unwrap_or(rest);
    let mut template = Template {
        has_trailing_slash,
        ..Template::default()
    };
    if rest.is_empty() {
        return Ok(template);
    }
    for text in framework::segments(inner) {
        if text.is_empty() {
            return fault(
                &diagnostic::EMPTY_SEGMENT,
                format!("the path `{path}` has an empty segment"),
                HIDE,
            );
        }
        if matches!(template.segments.last(), Some(Segment::Rest(_))) {
            return fault(
                &diagnostic::GREEDY_NOT_LAST,
                format!(
                    "something follows the greedy variable of `{path}`, which takes the rest of the path"
                ),
                HIDE,
            );
        }
        template.segment(text, widen)?;
    }
    Ok(template)
}

impl Template {
    fn segment(&mut self, text: &str, widen: bool) -> Result<(), PathFault> {
        match framework::variable(text) {
            Some(Ok(read)) => {
                self.read_variable(text, read);
                return Ok(());
            }
            Some(Err(why)) => return Err(unreadable(text, why)),
            None if !text.contains(['{', '}']) => {
                self.segments.push(literal(text)?);
                return Ok(());
            }
            None => {}
        }
        let (name, is_greedy) = match framework::inner(text) {
            Some(name) => (name.strip_suffix('+').unwrap_or(name), name.ends_with('+')),
            None if widen && text.matches('{').count() == text.matches('}').count() => {
                self.widened.push(text.into());
                (text, false)
            }
            None => {
                return Err(PathFault {
                    code: &diagnostic::PARTIAL_SEGMENT,
                    message: format!(
                        "in the segment `{text}` the variable is only a part; a REST API knows whole segments"
                    ),
                    help: "set `api.partial_segments: widen`, after which the gateway no longer checks the fixed part, or leave the operation out with `exposure: hidden`",
                });
            }
        };
        let legal = self.free_name(&legal_name(name));
        if *legal != *name {
            self.renamed.push((name.into(), Arc::clone(&legal)));
        }
        self.segments.push(Segment::of_variable(legal, is_greedy));
        Ok(())
    }

    /// Adds a variable that is in the notation of a web framework.
    fn read_variable(&mut self, written: &str, read: framework::FrameworkVariable<'_>) {
        let variable = Segment::of_variable(self.free_name(read.name), read.is_greedy);
        self.read.push(ReadVariable {
            written: written.into(),
            variable: variable.clone(),
            constraint: read.constraint.map(Arc::from),
        });
        self.segments.push(variable);
    }

    /// The name, or with a number where the path uses it already.
    fn free_name(&self, name: &str) -> Arc<str> {
        free_name(name, |candidate| {
            self.segments
                .iter()
                .filter_map(Segment::variable)
                .any(|used| **used == *candidate)
        })
    }
}

/// A segment of fixed text.
fn literal(text: &str) -> Result<Segment, PathFault> {
    if is_dots(text) {
        return Err(PathFault {
            code: &diagnostic::DOT_SEGMENT,
            message: format!(
                "the path has the segment `{text}`, which clients and proxies take away: another path is reached than the one that is written"
            ),
            help: "write the path without it, or leave the operation out with `exposure: hidden`",
        });
    }
    let is_illegal = |character: &char| !is_literal_character(*character);
    match text.chars().find(is_illegal) {
        Some(bad) => Err(PathFault {
            code: &diagnostic::ILLEGAL_PATH,
            message: format!(
                "the segment `{text}` holds {bad:?}, which API Gateway refuses in a path part"
            ),
            help: HIDE,
        }),
        None => Ok(Segment::Literal(text.into())),
    }
}

fn unreadable(text: &str, why: &str) -> PathFault {
    PathFault {
        code: &diagnostic::FRAMEWORK_TEMPLATE,
        message: format!("`{text}` is written as a web framework has it, and {why}"),
        help: if why == framework::OPTIONAL {
            OPTIONAL
        } else {
            FRAMEWORK
        },
    }
}

/// The name, or the first of `name_2`, `name_3` … that is not taken.
pub(crate) fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> Arc<str> {
    if !is_taken(name) {
        return name.into();
    }
    (2..)
        .map(|number| format!("{name}_{number}"))
        .find(|candidate| !is_taken(candidate))
        .expect("a path has fewer variables than there are numbers")
        .into()
}

/// Characters that AWS allows in path parts, with `$` and `,`, on which its pages disagree.
fn is_literal_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "._:-$,".contains(character)
}

/// A variable's name in the alphabet of path variables.
fn legal_name(name: &str) -> String {
    let legal: String = name
        .chars()
        .filter(|character| !matches!(character, '{' | '}'))
        .map(|character| {
            if character.is_ascii_alphanumeric() || "._:-".contains(character) {
                character
            } else {
                '_'
            }
        })
        .collect();
    if legal.is_empty() {
        "variable".into()
    } else {
        legal
    }
}
