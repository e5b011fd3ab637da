//! The resources of the finished stack as the tree that API Gateway routes by.
//!
//! In: `Stack`. Out: `Tree`, or which node does not fit into one. Pure.
//! Read from the handles of resources and methods alone; the walk and `trace` share it.

use std::collections::BTreeMap;

use crate::aws::{ApiRoot, Method, Node, Stack};
use crate::openapi::HttpMethod;

/// A method where it stands in the stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    /// Index of its node.
    pub(crate) index: usize,
    pub(crate) method: &'a Method,
}

/// A place of the resource tree.
#[derive(Debug, Default)]
pub(crate) struct Place<'a> {
    /// Index of its node; `None` for the root, which is no node of its own.
    pub(crate) index: Option<usize>,
    pub(crate) literals: BTreeMap<&'a str, usize>,
    /// The variable and its name.
    pub(crate) variable: Option<(&'a str, usize)>,
    pub(crate) rest: Option<(&'a str, usize)>,
    pub(crate) methods: BTreeMap<HttpMethod, Found<'a>>,
}

impl Place<'_> {
    /// Every place right below.
    pub(crate) fn children(&self) -> impl Iterator<Item = usize> {
        self.literals
            .values()
            .copied()
            .chain(self.variable.map(|it| it.1))
            .chain(self.rest.map(|it| it.1))
    }
}

/// Every resource and method. The root is the first place, and parents stand before their children.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) places: Vec<Place<'a>>,
    pub(crate) methods: usize,
}

impl<'a> Tree<'a> {
    /// Reads the resource tree from the handles.
    pub(crate) fn of(stack: &'a Stack) -> Result<Self, String> {
        let mut tree = Self {
            places: vec![Place::default()],
            methods: 0,
        };
        let mut place_of: Vec<Option<usize>> = vec![None; stack.entries.len()];
        for (index, entry) in stack.entries.iter().enumerate() {
            match &entry.node {
                Node::Resource(resource) => {
                    let parent = at(&resource.parent, &place_of).ok_or_else(|| {
                        format!("resource {} stands before its parent", entry.address.label)
                    })?;
                    let place = tree.places.len();
                    tree.places.push(Place {
                        index: Some(index),
                        ..Place::default()
                    });
                    place_of[index] = Some(place);
                    if !tree.grow(parent, &resource.path_part, place) {
                        return Err(format!(
                            "resource {} takes the place of another",
                            entry.address.label
                        ));
                    }
                }
                Node::Method(method) => {
                    let place = at(&method.on, &place_of).ok_or_else(|| {
                        format!("method {} stands before its resource", entry.address.label)
                    })?;
                    tree.methods += 1;
                    if tree.places[place]
                        .methods
                        .insert(method.http_method, Found { index, method })
                        .is_some()
                    {
                        return Err(format!(
                            "method {} takes the place of another",
                            entry.address.label
                        ));
                    }
                }
                Node::LogGroup(_)
                | Node::Role(_)
                | Node::PythonFunction(_)
                | Node::Schedule(_)
                | Node::Alarm(_) => {}
                Node::SchedulePermission(_) | Node::Bucket(_) => {}
                Node::DomainName(_) | Node::BasePathMapping(_) | Node::AliasRecord(_) => {}
                Node::ApplicationBalancer(_) | Node::HttpListener(_) | Node::ListenerRule(_) => {}
                Node::RequestValidator(_) | Node::Model(_) => {}
                Node::RestApi(_)
                | Node::Deployment(_)
                | Node::Stage(_)
                | Node::GatewayResponse(_)
                | Node::Account(_)
                | Node::ClientCertificate(_)
                | Node::WebAclAssociation(_)
                | Node::VpcLink(_)
                | Node::VpcLinkV2(_)
                | Node::LambdaPermission(_) => {}
                Node::Authorizer(_) | Node::AuthorizerPermission(_) => {}
                Node::ApiKey(_) | Node::UsagePlan(_) | Node::UsagePlanKey(_) => {}
                Node::SecurityGroup(_) | Node::EgressRule(_) | Node::IngressRule(_) => {}
                // They stand behind the gateway.
                Node::LoadBalancer(_) | Node::TargetGroup(_) | Node::Listener(_) => {}
            }
        }
        Ok(tree)
    }

    fn grow(&mut self, parent: usize, part: &'a str, place: usize) -> bool {
        let parent = &mut self.places[parent];
        let name = part.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
        match name.map(|name| (name, name.strip_suffix('+'))) {
            None => parent.literals.insert(part, place).is_none(),
            Some((_, Some(name))) => {
                parent.variable.is_none() && parent.rest.replace((name, place)).is_none()
            }
            Some((name, None)) => {
                parent.rest.is_none() && parent.variable.replace((name, place)).is_none()
            }
        }
    }
}

fn at(root: &ApiRoot, place_of: &[Option<usize>]) -> Option<usize> {
    match root {
        ApiRoot::Root(_) => Some(0),
        ApiRoot::Below(handle) => place_of.get(handle.index()).copied().flatten(),
    }
}
