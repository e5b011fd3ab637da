//! Follows requests through what was written, and says which of them reach what they must not.
//!
//! In: `Written`, `Output`, findings of the render. Out: problems, a line each. Pure.
//! Requests are made of pairs of operations: paths that fit both where callers ask for them, or
//! where servers get them.

use std::collections::BTreeSet;

use super::contract::{Contract, Exposure, Operation, cross, taker};
use super::output::{Answer, Arrival, Output};
use super::template::{Template, common, fits, rank};

/// Stands for a text that no template has.
const FRESH: &str = "zq7";

/// Texts in the place of variables.
const FILLED: [&str; 5] = [FRESH, "a", "v1", "pre", "export"];

/// Methods that requests are tried with beside those of the operations.
const FURTHER: &str = "PATCH";

/// Facts that the evaluator knows of a render.
pub(super) struct Evaluator<'a> {
    pub(super) contract: &'a Contract,
    pub(super) output: &'a Output,
    /// Messages of findings that tell of templates which cross, or of operations that two
    /// descriptions have.
    pub(super) told: &'a [String],
}

/// A request: method and path.
type Request = (String, Vec<String>);

/// Counts of requests.
#[derive(Debug, Default)]
pub(super) struct Judged {
    pub(super) requests: usize,
    pub(super) arrived: usize,
    pub(super) problems: Vec<String>,
}

impl Evaluator<'_> {
    pub(super) fn judge(&self) -> Judged {
        let mut judged = Judged::default();
        for (method, path) in self.requests(|it| Some(&it.gateway), Operation::is_public) {
            let answer = self.output.answer_of_gateway(&method, &path);
            let problems = self.of_gateway(&method, &path, &answer);
            judged.count(format!("{method} /{}", path.join("/")), &answer, problems);
        }
        if !self.contract.has_balancer {
            return judged;
        }
        let host = self.contract.hosts.first().map(String::as_str);
        for port in &self.contract.listeners {
            let is_here =
                |it: &Operation| self.contract.backends[it.backend].listener == Some(*port);
            for (method, path) in self.requests(|it| is_here(it).then_some(&it.behind), |_| true) {
                let answer = self.output.answer_of_balancer(*port, host, &method, &path);
                let problems = self.of_balancer(&method, &path, (*port, &answer));
                judged.count(
                    format!("private {method} :{port}/{}", path.join("/")),
                    &answer,
                    problems,
                );
            }
        }
        judged
    }

    /// Requests for each operation of a kind, and for what it has in common with every other one.
    fn requests<'o>(
        &'o self,
        at: impl Fn(&'o Operation) -> Option<&'o Template>,
        is_of: impl Fn(&Operation) -> bool,
    ) -> BTreeSet<Request> {
        let mut requests = BTreeSet::new();
        for one in self.contract.operations.iter().filter(|it| is_of(it)) {
            let Some(template) = at(one) else { continue };
            let mut add = |path: Option<Vec<Option<String>>>, other: &Operation| {
                let Some(path) = path else { return };
                let texts = |text: &str| {
                    path.iter()
                        .map(|it| it.clone().unwrap_or_else(|| text.to_owned()))
                        .collect::<Vec<_>>()
                };
                let methods = [&one.method, &other.method]
                    .into_iter()
                    .filter(|it| *it != "ANY");
                let any = [FURTHER, "GET"]
                    .into_iter()
                    .filter(|_| one.method == "ANY" || other.method == "ANY");
                for method in methods.map(String::as_str).chain(any) {
                    requests.extend(FILLED.map(|text| (method.to_owned(), texts(text))));
                }
            };
            for other in &self.contract.operations {
                add(common(template, &other.gateway), other);
                add(common(template, &other.behind), other);
                // What fits both behind the gateway, as callers of the first one write it.
                let own = one.behind.len() - (one.gateway.len() - one.before);
                let behind = common(&one.behind, &other.behind).map(|path| {
                    let before = template[..one.before.min(template.len())].iter();
                    before
                        .map(super::template::text)
                        .chain(path[own..].iter().cloned())
                        .collect()
                });
                add(behind, other);
            }
        }
        requests
    }

    /// Returns a fault in the path of a request of a caller of the gateway.
    fn of_gateway(&self, method: &str, path: &[String], answer: &Answer) -> Vec<String> {
        let public: Vec<&Operation> = self
            .contract
            .operations
            .iter()
            .filter(|it| it.is_public())
            .collect();
        let all: Vec<&Operation> = self.contract.operations.iter().collect();
        // The path of an operation that is not public may lead a request to another one.
        let led = taker(&all, method, path);
        let owner = taker(&public, method, path);
        let arrival = match (answer, owner) {
            (Answer::Refused, Some(owner)) => {
                let is_its_own = led.is_some_and(|it| std::ptr::eq(it, owner));
                let is_lost = is_its_own
                    && !(self.contract.has_balancer
                        && self.is_refused_for_another(owner, &self.expected(owner, path)));
                return is_lost
                    .then(|| format!("{} does not answer", owner.name))
                    .into_iter()
                    .collect();
            }
            (Answer::Refused, None) => return Vec::new(),
            (Answer::Arrived(arrival), _) => arrival,
        };
        let mut problems = self.reached(arrival);
        match owner {
            Some(owner) => {
                let is_led = led
                    .filter(|it| it.is_public())
                    .is_some_and(|it| self.misled(it, arrival, path).is_none());
                problems.extend(self.misled(owner, arrival, path).filter(|_| !is_led));
            }
            None => problems.push("it arrives, and is no request of a public operation".to_owned()),
        }
        problems
    }

    /// Operations that servers take a request for that the gateway lets through.
    fn reached(&self, arrival: &Arrival) -> Vec<String> {
        let mut problems = Vec::new();
        for server in &arrival.servers {
            let found = self.contract.at_servers(
                server,
                arrival.host.as_deref(),
                &arrival.method,
                &arrival.path,
            );
            let Some(first) = found.first() else { continue };
            if !self.may_reach(first, arrival) {
                problems.push(format!(
                    "{server} takes it for {}, {:?} with {:?}",
                    first.name, first.exposure, first.demand
                ));
            }
            // A server that reads templates in another order may take it for one that crosses.
            for other in found[1..]
                .iter()
                .filter(|it| cross(&first.behind, &it.behind) && !self.may_reach(it, arrival))
            {
                if !self.told.iter().any(|it| it.contains(&*other.path)) {
                    problems.push(format!(
                        "{server} may take it for {}, and nothing says so",
                        other.name
                    ));
                }
            }
        }
        problems
    }

    /// Returns whether a caller who came this way may have the operation that the servers take the
    /// request for: the same one, or the same under another mount.
    fn may_reach(&self, operation: &Operation, arrival: &Arrival) -> bool {
        let same = self
            .contract
            .operations
            .iter()
            .filter(|it| it.source == operation.source && it.behind == operation.behind);
        let mut same = same.filter(|it| {
            self.contract.backends[it.backend].servers
                == self.contract.backends[operation.backend].servers
        });
        let is_open = same.any(|it| it.is_public() && arrival.demand.is_enough_for(&it.demand));
        is_open || self.is_told_to_be_one(operation)
    }

    /// Returns whether a description has the operation of another description that is served, and
    /// a diagnostic says so.
    fn is_told_to_be_one(&self, operation: &Operation) -> bool {
        let is_twin = |it: &Operation| {
            it.source != operation.source
                && it.method == operation.method
                && it.gateway == operation.gateway
        };
        let mut twins = self
            .contract
            .operations
            .iter()
            .filter(|it| is_twin(it) && it.exposure != Exposure::Hidden);
        !operation.is_public()
            && twins.next().is_some()
            && self.told.iter().any(|it| it.contains(&*operation.path))
    }

    /// Servers that get a request of an operation, as callers of the gateway write it.
    fn expected(&self, owner: &Operation, path: &[String]) -> Vec<String> {
        let before = owner.behind.len() - (owner.gateway.len() - owner.before);
        let texts = owner.behind[..before]
            .iter()
            .map(|it| super::template::text(it).expect("what stands before is fixed"));
        texts.chain(path[owner.before..].iter().cloned()).collect()
    }

    /// Returns whether a request of an operation comes to other servers or to another path.
    fn misled(&self, owner: &Operation, arrival: &Arrival, path: &[String]) -> Option<String> {
        let backend = &self.contract.backends[owner.backend];
        let before = owner.behind.len() - (owner.gateway.len() - owner.before);
        let expected: Vec<String> = owner.behind[..before]
            .iter()
            .map(|it| super::template::text(it).unwrap())
            .chain(path[owner.before..].iter().cloned())
            .collect();
        let is_right = arrival.servers == backend.servers
            && arrival.path == expected
            && arrival.demand == owner.demand;
        (!is_right).then(|| {
            format!(
                "{} belongs to {} /{} with {:?}, and comes to {arrival:?}",
                owner.name,
                backend.name,
                expected.join("/"),
                owner.demand
            )
        })
    }

    /// Returns a fault in the path of a request of a private caller of the balancer.
    fn of_balancer(
        &self,
        method: &str,
        path: &[String],
        (port, answer): (u64, &Answer),
    ) -> Vec<String> {
        let owner = self.owner_at(port, method, path);
        let arrival = match answer {
            Answer::Refused => {
                let lost = owner.filter(|it| !self.is_refused_for_another(it, path));
                return lost
                    .map(|it| format!("{} does not answer", it.name))
                    .into_iter()
                    .collect();
            }
            Answer::Arrived(arrival) => arrival,
        };
        let mut problems = Vec::new();
        for server in &arrival.servers {
            let found =
                self.contract
                    .at_servers(server, arrival.host.as_deref(), method, &arrival.path);
            let is_visible = |it: &Operation| {
                let mut same = self
                    .contract
                    .operations
                    .iter()
                    .filter(|other| other.source == it.source && other.behind == it.behind);
                same.any(|it| it.exposure != Exposure::Hidden)
            };
            let first = found
                .first()
                .filter(|it| !is_visible(it) && !self.is_told_to_be_one(it));
            problems.extend(
                first.map(|it| format!("{server} takes it for {}, which is hidden", it.name)),
            );
        }
        if let Some(owner) =
            owner.filter(|it| self.contract.backends[it.backend].servers != arrival.servers)
        {
            let right = &self.contract.backends[owner.backend].name;
            problems.push(format!(
                "{} belongs to {right}, and comes to {:?}",
                owner.name, arrival.servers
            ));
        }
        problems
    }

    /// Returns whether the path is that of a hidden operation, which every listener refuses behind
    /// every prefix.
    fn is_refused_for_another(&self, operation: &Operation, path: &[String]) -> bool {
        let own = &path[operation
            .behind
            .len()
            .saturating_sub(operation.private.len())..];
        let mut hidden = self
            .contract
            .operations
            .iter()
            .filter(|it| it.exposure == Exposure::Hidden);
        hidden.any(|it| fits(&it.private, own) || fits(&it.behind, path))
    }

    /// The operation that a listener has to serve a request for; none where the path is a hidden
    /// one's, or has no such method.
    fn owner_at(&self, port: u64, method: &str, path: &[String]) -> Option<&Operation> {
        let is_here = |it: &&Operation| self.contract.backends[it.backend].listener == Some(port);
        let fitting = || {
            self.contract
                .operations
                .iter()
                .filter(is_here)
                .filter(|it| fits(&it.behind, path))
        };
        let first = fitting().map(|it| rank(&it.behind)).min()?;
        let mut all: Vec<&Operation> = fitting()
            .filter(|it| rank(&it.behind) == first && it.takes(method))
            .collect();
        all.sort_by_key(|it| it.method == "ANY");
        let best: Vec<&Operation> = all
            .iter()
            .copied()
            .filter(|it| it.method == all[0].method)
            .collect();
        let is_hidden = best.iter().any(|it| it.exposure == Exposure::Hidden);
        best.first().copied().filter(|_| !is_hidden)
    }
}

impl Judged {
    fn count(&mut self, request: String, answer: &Answer, problems: Vec<String>) {
        self.requests += 1;
        self.arrived += usize::from(matches!(answer, Answer::Arrived(_)));
        self.problems
            .extend(problems.into_iter().map(|it| format!("{request}: {it}")));
    }
}
