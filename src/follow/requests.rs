//! All requests that a method takes, and the rules that they come to.
//!
//! In: the resource tree, a method, the rules of a listener. Out: rules. Pure.

use super::literal_host;
use super::router::{Router, request_segments};
use super::rules::{
    ForwardedSegment, RuleIndex, RuleRequest, SAMPLE, SegmentVariable, VariableValues, has_host,
    has_method,
};
use super::step::StackNode;
use super::tree::ResourceTree;
use super::uri::uri_path;
use crate::aws::{Integration, ListenerRule, Method, Proxy, UriSegment};
use crate::openapi::HttpMethod;
use crate::plan::Segment;

/// The requests that a method takes.
pub(crate) struct MethodRequests<'t, 'a> {
    tree: &'t ResourceTree<'a>,
    pub(crate) method: StackNode<'a, Method>,
    template: &'t [Segment],
    /// Places from the root to that of the method.
    places: Vec<usize>,
}

impl<'t, 'a> MethodRequests<'t, 'a> {
    pub(crate) fn of(
        tree: &'t ResourceTree<'a>,
        method: HttpMethod,
        template: &'t [Segment],
    ) -> Option<Self> {
        let places = tree.places_to(template)?;
        let methods = &tree.places[*places.last()?].methods;
        Some(Self {
            tree,
            method: *methods.get(&method)?,
            template,
            places,
        })
    }

    /// Returns the rules that take some of the requests, by priority; `None` where no rule does.
    pub(crate) fn rules(&self, rules: &RuleIndex<'a>) -> Vec<Option<StackNode<'a, ListenerRule>>> {
        let Integration::Proxy(proxy) = &self.method.node.integration else {
            return Vec::new();
        };
        let host = literal_host(proxy);
        let first = |method: &str, value: &dyn Fn(&str) -> Option<String>| {
            let path = &uri_path(&proxy.path, value);
            rules.first_index(&RuleRequest { method, host, path })
        };
        let method = match self.method.node.http_method {
            HttpMethod::Any => SAMPLE,
            method => method.as_str(),
        };
        // A `*` of a pattern may take any number of segments.
        let is_greedy = matches!(self.template.last(), Some(Segment::Rest(_)));
        let lengths = if is_greedy { &[12, 1][..] } else { &[1] };
        let sample = |length: &usize| {
            let rest = [SAMPLE].repeat(*length).join("/");
            first(method, &|name| {
                let value = if self.is_rest(name) { &rest } else { SAMPLE };
                Some(value.to_owned())
            })
        };
        let mut found: Vec<usize> = lengths.iter().map(sample).collect();
        let last = found.iter().copied().max().unwrap_or_default();
        let methods = self.methods();
        let mut candidates = Vec::new();
        rules.search(&self.segments(proxy), last, |rule, values| {
            let rule = rules.all()[rule].node;
            let mut methods = methods.iter().copied();
            let method = methods.find(|method| has_method(rule, method.as_str()));
            let method = method.filter(|_| has_host(rule, host));
            candidates.extend(method.map(|method| (method, self.path(values))));
            false
        });
        let router = Router::of(self.tree);
        for (method, path) in candidates {
            let route = router.route(method, &request_segments(&path));
            if let Some(route) = route.filter(|route| route.method.index == self.method.index) {
                found.push(first(method.as_str(), &|name| route.path.value(name)));
            }
        }
        found.sort_unstable();
        found.dedup();
        let rule = |index: usize| rules.all().get(index).copied();
        found.into_iter().map(rule).collect()
    }

    fn is_rest(&self, name: &str) -> bool {
        matches!(self.template.last(), Some(Segment::Rest(rest)) if **rest == *name)
    }

    /// Returns the methods of the requests.
    fn methods(&self) -> Vec<HttpMethod> {
        if self.method.node.http_method != HttpMethod::Any {
            return vec![self.method.node.http_method];
        }
        let place = self.places.last().map(|place| &self.tree.places[*place]);
        let is_other =
            |method: &HttpMethod| place.is_some_and(|place| !place.methods.contains_key(method));
        HttpMethod::of_requests().filter(is_other).collect()
    }

    /// Returns the segments that the path has at a listener.
    fn segments<'s>(&'s self, proxy: &'s Proxy) -> Vec<ForwardedSegment<'s>> {
        let segment = |segment: &'s UriSegment| match segment {
            UriSegment::Literal(text) => ForwardedSegment::Literal(text),
            UriSegment::Variable(name) => {
                let is_own = |own: &Segment| matches!(own, Segment::Variable(own) if own == name);
                match self.template.iter().position(is_own) {
                    Some(position) => ForwardedSegment::Variable(SegmentVariable {
                        name,
                        place: self.places[position],
                        literals: &self.tree.places[self.places[position]].literals,
                    }),
                    None => ForwardedSegment::Rest(name),
                }
            }
        };
        let path = proxy.path.iter().map(segment);
        [ForwardedSegment::Literal("")]
            .into_iter()
            .chain(path)
            .collect()
    }

    /// Returns the path of a request with values of some variables.
    fn path(&self, values: &VariableValues<'_>) -> String {
        let mut path = String::new();
        for segment in self.template {
            let (Segment::Variable(name) | Segment::Rest(name)) = segment else {
                path.extend(["/", &segment.path_part()]);
                continue;
            };
            let own = values.iter().filter(|(of, _)| *of == &**name);
            let texts: Vec<&str> = own.map(|(_, text)| text.as_str()).collect();
            let texts = if texts.is_empty() { &[SAMPLE] } else { &*texts };
            texts.iter().for_each(|text| path.extend(["/", text]));
        }
        path
    }
}
