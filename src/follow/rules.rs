//! Rules of a listener of an application load balancer, and the requests that they take.
//!
//! In: `ListenerRule`s, a request or a template. Out: rules that take it. Pure.
//! Written from AWS's pages alone, apart from what creates the rules; the walk and `trace` share it.
//! Source: docs/aws-rules.md#l11, docs/aws-rules.md#l13: `*` is any text with slashes, `?` one
//! character; the case of a path counts, that of a host does not.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::step::StackNode;
use crate::aws::ListenerRule;

/// A segment that no template and no rule has.
pub(crate) const SAMPLE: &str = "zgwgenz";

/// A request as it comes to a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleRequest<'r> {
    pub(crate) method: &'r str,
    pub(crate) host: Option<&'r str>,
    pub(crate) path: &'r str,
}

/// A segment of the path of requests as they come to a listener.
#[derive(Clone, Copy)]
pub(crate) enum ForwardedSegment<'t> {
    Literal(&'t str),
    Variable(SegmentVariable<'t>),
    Rest(&'t str),
}

/// A variable of one segment, which has no value of the literals beside it on the gateway.
#[derive(Clone, Copy)]
pub(crate) struct SegmentVariable<'t> {
    pub(crate) name: &'t str,
    /// The place of the resource tree that the literals belong to.
    pub(crate) place: usize,
    pub(crate) literals: &'t BTreeMap<&'t str, usize>,
}

/// VariableValues of variables.
pub(crate) type VariableValues<'t> = Vec<(&'t str, String)>;

/// Rules of a listener, with the segments of their path patterns as a tree.
pub(crate) struct RuleIndex<'a> {
    /// By priority.
    rules: Vec<StackNode<'a, ListenerRule>>,
    /// The root is the first.
    nodes: Vec<PatternNode<'a>>,
    /// Positions of the children of a node that are no literals of a place of the resource tree.
    other_children: RefCell<ChildrenByPlace>,
}

/// Positions of children, by node and place of the resource tree.
type ChildrenByPlace = HashMap<(usize, usize), Rc<[usize]>>;

/// The patterns that begin with the same segments.
#[derive(Default)]
struct PatternNode<'a> {
    /// Index of the first rule with such a pattern.
    first: usize,
    literals: HashMap<&'a str, usize>,
    /// Children with a wildcard in their segment.
    wild: Vec<PatternChild<'a>>,
    /// All children, in the order of their first rules.
    children: Vec<PatternChild<'a>>,
    /// Indexes of the rules with a pattern that ends here, in order.
    rules: Vec<usize>,
}

#[derive(Clone, Copy)]
struct PatternChild<'a> {
    segment: &'a str,
    node: usize,
}

impl<'a> RuleIndex<'a> {
    /// Sorts rules by priority.
    ///
    /// # Errors
    /// Two rules have one priority.
    pub(crate) fn new(mut rules: Vec<StackNode<'a, ListenerRule>>) -> Result<Self, String> {
        rules.sort_by_key(|rule| rule.node.priority);
        let mut pairs = rules.windows(2).map(|pair| (pair[0].node, pair[1].node));
        if let Some((rule, _)) = pairs.find(|(one, other)| one.priority == other.priority) {
            return Err(format!(
                "two rules of a listener have priority {}",
                rule.priority
            ));
        }
        let mut nodes = vec![PatternNode::default()];
        for (index, rule) in rules.iter().enumerate() {
            for pattern in &rule.node.paths {
                let mut at = 0;
                for segment in pattern.split('/') {
                    at = child(&mut nodes, at, segment, index);
                }
                nodes[at].rules.push(index);
            }
        }
        Ok(Self {
            rules,
            nodes,
            other_children: RefCell::default(),
        })
    }

    /// All rules, by priority.
    pub(crate) fn all(&self) -> &[StackNode<'a, ListenerRule>] {
        &self.rules
    }

    /// Returns the first rule that takes a request.
    pub(crate) fn first(&self, request: &RuleRequest<'_>) -> Option<StackNode<'a, ListenerRule>> {
        self.rules.get(self.first_index(request)).copied()
    }

    /// Returns the index of the first rule that takes a request; the number of rules where none does.
    pub(crate) fn first_index(&self, request: &RuleRequest<'_>) -> usize {
        let segments = request.path.split('/').map(ForwardedSegment::Literal);
        self.search(
            &segments.collect::<Vec<_>>(),
            self.rules.len(),
            |rule, _| takes(self.rules[rule].node, request),
        )
    }

    /// Visits the rules before `end` with a pattern that may take a path of these segments, with
    /// values of variables. A visit returns whether the search ends at the rule.
    pub(crate) fn search<'t>(
        &self,
        segments: &[ForwardedSegment<'t>],
        end: usize,
        visit: impl FnMut(usize, &VariableValues<'t>) -> bool,
    ) -> usize {
        let mut search = RuleSearch {
            index: self,
            end,
            values: VariableValues::new(),
            visit,
        };
        search.descend(0, segments);
        search.end
    }

    fn other_children(&self, node: usize, variable: &SegmentVariable<'_>) -> Rc<[usize]> {
        let mut known = self.other_children.borrow_mut();
        let children = known.entry((node, variable.place)).or_insert_with(|| {
            let children = &self.nodes[node].children;
            (0..children.len())
                .filter(|child| !variable.literals.contains_key(children[*child].segment))
                .collect()
        });
        Rc::clone(children)
    }
}

fn child<'a>(
    nodes: &mut Vec<PatternNode<'a>>,
    parent: usize,
    segment: &'a str,
    rule: usize,
) -> usize {
    let mut wild = nodes[parent].wild.iter();
    let known = wild.find(|child| child.segment == segment);
    let known = known.map(|child| child.node);
    if let Some(known) = known.or_else(|| nodes[parent].literals.get(segment).copied()) {
        return known;
    }
    let node = nodes.len();
    nodes.push(PatternNode {
        first: rule,
        ..PatternNode::default()
    });
    let child = PatternChild { segment, node };
    let parent = &mut nodes[parent];
    if segment.contains(['*', '?']) {
        parent.wild.push(child);
    } else {
        parent.literals.insert(segment, node);
    }
    parent.children.push(child);
    node
}

/// A search for the rules that may take a path.
struct RuleSearch<'s, 'a, 't, V> {
    index: &'s RuleIndex<'a>,
    end: usize,
    /// Of the segments up to where the search is.
    values: VariableValues<'t>,
    visit: V,
}

impl<'t, V: FnMut(usize, &VariableValues<'t>) -> bool> RuleSearch<'_, '_, 't, V> {
    fn descend(&mut self, at: usize, segments: &[ForwardedSegment<'t>]) {
        let index = self.index;
        let node = &index.nodes[at];
        if node.first >= self.end {
            return;
        }
        let Some((segment, below)) = segments.split_first() else {
            let mut rules = node.rules.iter().take_while(|rule| **rule < self.end);
            let end = rules.find(|rule| (self.visit)(**rule, &self.values));
            self.end = end.copied().unwrap_or(self.end);
            return;
        };
        match segment {
            ForwardedSegment::Literal(text) => {
                if let Some(child) = node.literals.get(text) {
                    self.descend(*child, below);
                }
                for child in &node.wild {
                    let start = child.segment.split(['*', '?']).next();
                    if start.is_some_and(|start| text.starts_with(start)) {
                        self.pass(child, below);
                    }
                }
            }
            ForwardedSegment::Variable(variable) => {
                for child in &*index.other_children(at, variable) {
                    let child = &node.children[*child];
                    if index.nodes[child.node].first >= self.end {
                        break;
                    }
                    self.values.push((variable.name, text_for(child.segment)));
                    self.pass(child, below);
                    self.values.pop();
                }
            }
            ForwardedSegment::Rest(name) => {
                for child in &node.children {
                    if index.nodes[child.node].first >= self.end {
                        break;
                    }
                    self.values.push((name, text_for(child.segment)));
                    self.descend(child.node, segments);
                    self.descend(child.node, below);
                    self.values.pop();
                }
            }
        }
    }

    /// Goes on behind a segment that a child may take; `*` may take more of them.
    fn pass(&mut self, child: &PatternChild<'_>, below: &[ForwardedSegment<'t>]) {
        let is_any = child.segment.contains('*');
        for skipped in 0..=if is_any { below.len() } else { 0 } {
            self.descend(child.node, &below[skipped..]);
        }
    }
}

/// A text that a segment of a pattern takes.
fn text_for(segment: &str) -> String {
    segment.replace('*', SAMPLE).replace('?', "z")
}

/// Returns whether every condition of the rule holds.
pub(crate) fn takes(rule: &ListenerRule, request: &RuleRequest<'_>) -> bool {
    has_method(rule, request.method)
        && has_host(rule, request.host)
        && rule
            .paths
            .iter()
            .any(|pattern| takes_text(pattern, request.path))
}

pub(crate) fn has_method(rule: &ListenerRule, method: &str) -> bool {
    rule.methods.is_empty() || rule.methods.contains(&method)
}

pub(crate) fn has_host(rule: &ListenerRule, host: Option<&str>) -> bool {
    let mut hosts = rule.hosts.iter();
    rule.hosts.is_empty()
        || host.is_some_and(|host| hosts.any(|known| known.eq_ignore_ascii_case(host)))
}

/// Returns whether a pattern takes a text.
fn takes_text(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at_pattern, mut at_text) = (0, 0);
    // Behind the last `*`, and the text from there on.
    let mut star: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                at_pattern += 1;
                star = Some((at_pattern, at_text));
            }
            Some(byte) if *byte == b'?' || *byte == text[at_text] => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => match star {
                Some((behind, taken)) => {
                    star = Some((behind, taken + 1));
                    (at_pattern, at_text) = (behind, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at_pattern..].iter().all(|byte| *byte == b'*')
}
