//! Which method answers a request.
//!
//! In: `Tree`, a method, segments. Out: `Match`. Pure.
//! Source: docs/aws-rules.md#p7: a literal beats a variable, a variable beats a greedy one, and
//! there is no way back from a literal to the variable beside it; where a branch has no answer the
//! gateway falls back to a greedy variable above it.

use crate::openapi::HttpMethod;
use crate::walk::tree::{Found, Place, Tree};

/// A place that a request comes to.
#[derive(Clone, Debug)]
pub(crate) struct Reached<'a> {
    pub(crate) place: usize,
    /// Index of its node; `None` for the root.
    pub(crate) index: Option<usize>,
    /// Path parts from the root, each with the text that the request has there.
    pub(crate) parts: Vec<(Part<'a>, String)>,
    /// The variable beside the last part, which is a literal.
    pub(crate) beats: Option<&'a str>,
    /// The branch that has no answer, where the place is a greedy variable above it.
    pub(crate) fell_back_from: Option<String>,
}

/// One segment of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Literal(&'a str),
    Variable(&'a str),
    Rest(&'a str),
}

impl Part<'_> {
    pub(crate) fn push(self, out: &mut String) {
        out.push('/');
        match self {
            Self::Literal(text) => out.push_str(text),
            Self::Variable(name) => out.extend(["{", name, "}"]),
            Self::Rest(name) => out.extend(["{", name, "+}"]),
        }
    }
}

/// The method that answers, and where.
#[derive(Clone, Debug)]
pub(crate) struct Match<'a> {
    pub(crate) found: Found<'a>,
    pub(crate) reached: Reached<'a>,
}

impl Match<'_> {
    pub(crate) fn is_greedy(&self) -> bool {
        matches!(self.reached.parts.last(), Some((Part::Rest(_), _)))
    }
}

impl Reached<'_> {
    /// The template.
    pub(crate) fn path(&self) -> String {
        let mut text = String::new();
        self.parts.iter().for_each(|(part, _)| part.push(&mut text));
        if text.is_empty() {
            "/".to_owned()
        } else {
            text
        }
    }

    /// The text that the request has for a variable.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values()
            .find(|(it, _)| *it == name)
            .map(|(_, value)| value)
    }

    /// Variables with what the request has for them.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().filter_map(|(part, value)| match part {
            Part::Variable(name) | Part::Rest(name) => Some((*name, value.as_str())),
            Part::Literal(_) => None,
        })
    }
}

/// The gateway's router.
pub(crate) struct Router<'t, 'a> {
    tree: &'t Tree<'a>,
    /// Whether each place is there for the router.
    is_there: Vec<bool>,
    /// It does not see the gateway's own refusals.
    ignores_refusals: bool,
}

/// Parts on the way to where the router stands.
type Way<'a> = Vec<(Part<'a>, String)>;

impl<'t, 'a> Router<'t, 'a> {
    pub(crate) fn of(tree: &'t Tree<'a>) -> Self {
        Self {
            tree,
            is_there: vec![true; tree.places.len()],
            ignores_refusals: false,
        }
    }

    /// The router as it would be without the methods and resources that are there to refuse.
    pub(crate) fn without_refusals(&self) -> Self {
        let mut is_there = vec![false; self.tree.places.len()];
        // Children stand behind their parents.
        for (index, place) in self.tree.places.iter().enumerate().rev() {
            let has_backend = place
                .methods
                .values()
                .any(|it| it.method.integration.is_backend());
            is_there[index] = has_backend || place.children().any(|child| is_there[child]);
        }
        Self {
            tree: self.tree,
            is_there,
            ignores_refusals: true,
        }
    }

    /// What answers a request.
    pub(crate) fn route(&self, method: HttpMethod, segments: &[&str]) -> Option<Match<'a>> {
        self.descend(0, &mut Vec::new(), method, segments)
    }

    fn descend(
        &self,
        place: usize,
        way: &mut Way<'a>,
        method: HttpMethod,
        segments: &[&str],
    ) -> Option<Match<'a>> {
        let Some((text, below)) = segments.split_first() else {
            return self.answer(place, method).map(|found| Match {
                found,
                reached: self.reached(place, way),
            });
        };
        let branch = self.branch(place, text);
        if let Some((part, next)) = branch {
            way.push((part, (*text).to_owned()));
            let found = self.descend(next, way, method, below);
            way.pop();
            if found.is_some() {
                return found;
            }
        }
        let (name, greedy) = self.tree.places[place]
            .rest
            .filter(|(_, it)| self.is_there[*it])?;
        let found = self.answer(greedy, method)?;
        let mut parts = way.clone();
        parts.push((Part::Rest(name), segments.join("/")));
        let fell_back_from = branch.map(|(part, _)| {
            let mut path = String::new();
            way.iter()
                .map(|(part, _)| *part)
                .chain([part])
                .for_each(|it| it.push(&mut path));
            path
        });
        Some(Match {
            found,
            reached: Reached {
                place: greedy,
                index: self.tree.places[greedy].index,
                parts,
                beats: None,
                fell_back_from,
            },
        })
    }

    /// Where a segment leads: to a literal, else to the variable. An empty one is neither's.
    fn branch(&self, place: usize, text: &str) -> Option<(Part<'a>, usize)> {
        let here: &Place<'a> = &self.tree.places[place];
        let literal = here
            .literals
            .get_key_value(text)
            .map(|(text, next)| (Part::Literal(text), *next));
        let variable = || {
            here.variable
                .filter(|_| !text.is_empty())
                .map(|(name, next)| (Part::Variable(name), next))
        };
        literal
            .filter(|(_, next)| self.is_there[*next])
            .or_else(|| variable().filter(|(_, next)| self.is_there[*next]))
    }

    fn answer(&self, place: usize, method: HttpMethod) -> Option<Found<'a>> {
        let methods = &self.tree.places[place].methods;
        let seen = |it: &&Found<'a>| !self.ignores_refusals || it.method.integration.is_backend();
        methods
            .get(&method)
            .filter(seen)
            .or_else(|| methods.get(&HttpMethod::Any).filter(seen))
            .copied()
    }

    fn reached(&self, place: usize, way: &Way<'a>) -> Reached<'a> {
        let mut parent = 0;
        let mut beats = None;
        for (part, text) in way {
            let here = &self.tree.places[parent];
            beats = if matches!(part, Part::Literal(_)) {
                here.variable.or(here.rest).map(|it| it.0)
            } else {
                None
            };
            parent = self.branch(parent, text).map_or(parent, |it| it.1);
        }
        Reached {
            place,
            index: self.tree.places[place].index,
            parts: way.clone(),
            beats,
            fell_back_from: None,
        }
    }

    /// The place of a path, whatever methods it has; where a branch ends before, the nearest greedy
    /// variable above.
    pub(crate) fn place(&self, segments: &[&str]) -> Option<Reached<'a>> {
        let (mut place, mut way) = (0, Way::new());
        let mut greedy = None;
        for (index, text) in segments.iter().enumerate() {
            greedy = self.tree.places[place]
                .rest
                .map(|rest| (index, rest))
                .or(greedy);
            let Some((part, next)) = self.branch(place, text) else {
                let (index, (name, next)) = greedy?;
                way.truncate(index);
                way.push((Part::Rest(name), segments[index..].join("/")));
                return Some(self.reached(next, &way));
            };
            way.push((part, (*text).to_owned()));
            place = next;
        }
        Some(self.reached(place, &way))
    }
}

#[cfg(test)]
mod tests {
    use crate::openapi::HttpMethod;
    use crate::source::{Memory, RelativePath};
    use crate::trace::{Asked, Trace, trace};
    use crate::{Request, compile};

    const BLUEPRINT: &str = "version: 1\nname: a\nspec: openapi.yaml\ntopology: nlb-targets\nnetwork: {vpc: {var: v}, subnets: {var: s}}\n\
                             backends: {a: {port: 8080, targets: {ecs: true}}}\n";
    const DESCRIPTION: &str = r#"{"openapi": "3.0.3", "info": {"title": "A"}, "paths": {
        "/{all+}": {"options": {}}, "/a": {"get": {}}, "/a/b/c": {"get": {}}, "/a/{x}/d": {"get": {}}, "/a/b/{rest+}": {"post": {}}}}"#;

    fn traced(method: HttpMethod, path: &str) -> Trace {
        let files = [
            ("gwgen.yaml".to_owned(), BLUEPRINT.into()),
            ("openapi.yaml".to_owned(), DESCRIPTION.into()),
        ];
        let blueprint = RelativePath::join("", "gwgen.yaml").unwrap();
        let compiled = compile(
            &Memory(files.into()),
            &Request {
                blueprint,
                display: "gwgen.yaml".into(),
            },
        );
        assert!(compiled.tree.is_some(), "{:#?}", compiled.diagnostics);
        trace(
            &compiled.plan.unwrap(),
            &compiled.assembled.unwrap(),
            &Asked::of(method, path).unwrap(),
        )
        .unwrap()
    }

    #[test]
    fn requests_go_where_the_recordings_say() {
        use HttpMethod::{Get, Options, Post, Put};
        let cases = [
            (Get, "/a", Some("/a")),
            (Options, "/a", Some("/{all+}")),
            (Get, "/a/b/c", Some("/a/b/c")),
            (Get, "//a/b/c/?d", Some("/a/b/c")),
            (Post, "/a/b/c", Some("/a/b/{rest+}")),
            (Options, "/a/b/c", Some("/{all+}")),
            (Get, "/a/x/d", Some("/a/{x}/d")),
            // No way back from the literal `b` to the variable beside it.
            (Get, "/a/b/d", None),
            (Post, "/a/b", None),
            (Post, "/a/b//x", Some("/a/b/{rest+}")),
            (Get, "/A", None),
            (Get, "/a//d", None),
            (Options, "/", None),
            (Put, "/a", None),
        ];
        for (method, path, expected) in cases {
            let trace = traced(method, path);
            let resource = trace
                .hops
                .iter()
                .find(|it| it.kind == "resource")
                .filter(|_| trace.served);
            assert_eq!(
                resource.map(|it| &*it.name),
                expected,
                "{} {path}",
                method.as_str()
            );
            assert_eq!(
                trace.answer.status,
                if expected.is_some() { None } else { Some(403) },
                "{} {path}",
                method.as_str()
            );
        }
    }

    #[test]
    fn a_path_without_the_method_says_which_it_has() {
        assert_eq!(traced(HttpMethod::Put, "/a").methods, ["GET"]);
        assert_eq!(traced(HttpMethod::Put, "/a/b/zz").methods, ["POST"]);
        assert_eq!(
            traced(HttpMethod::Put, "/a/x/zz").methods,
            ["OPTIONS"],
            "of the greedy variable above"
        );
    }

    #[test]
    fn values_of_variables_reach_the_uri() {
        let detail = |method, path| {
            traced(method, path)
                .hops
                .into_iter()
                .find(|it| it.kind == "integration")
                .unwrap()
                .detail
        };
        assert!(detail(HttpMethod::Post, "/a/b/c/%2F//e/").contains(":8080/a/b/c/%2F//e;"));
        assert!(detail(HttpMethod::Get, "/a/7/d").contains(":8080/a/7/d;"));
        assert!(detail(HttpMethod::Get, "/a/{x}/d").contains(":8080/a/{x}/d;"));
    }
}
