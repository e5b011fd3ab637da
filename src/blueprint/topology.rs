//! Parts of AWS that a topology has, and the backends behind them.
//! In: `BlueprintSpec`. Out: answers to such questions. Pure.

use super::{
    AlbRules, BackendSpec, BlueprintSpec, HealthCheckProtocol, HealthCheckSpec, Topology,
    VpcLinkSpec,
};

impl Topology {
    /// Returns whether requests go through a network load balancer.
    pub(crate) fn has_nlb(self) -> bool {
        match self {
            Self::NlbTargets | Self::NlbAlbSync | Self::NlbAlb => true,
            Self::Alb | Self::Forwarder | Self::Internet => false,
        }
    }

    /// Returns whether requests go through an application load balancer.
    pub(crate) fn has_alb(self) -> bool {
        match self {
            Self::NlbAlbSync | Self::NlbAlb | Self::Alb => true,
            Self::NlbTargets | Self::Forwarder | Self::Internet => false,
        }
    }

    /// Returns whether the VPC link leads to the application load balancer itself.
    pub(crate) fn has_alb_link(self) -> bool {
        match self {
            Self::Alb => true,
            Self::NlbTargets
            | Self::NlbAlbSync
            | Self::NlbAlb
            | Self::Forwarder
            | Self::Internet => false,
        }
    }

    /// Returns whether a function keeps the targets of the network load balancer.
    pub(crate) fn has_sync(self) -> bool {
        match self {
            Self::NlbAlbSync => true,
            Self::NlbTargets | Self::NlbAlb | Self::Alb | Self::Forwarder | Self::Internet => false,
        }
    }
}

impl BlueprintSpec {
    /// Backends behind a load balancer.
    pub(crate) fn balanced(&self) -> impl Iterator<Item = (&String, &BackendSpec)> {
        let has_balancer = !matches!(self.topology, Topology::Internet | Topology::Forwarder);
        self.backends
            .iter()
            .filter(move |(_, backend)| has_balancer && !backend.is_function())
    }

    /// Returns whether the stack creates the application load balancer.
    pub(crate) fn creates_alb(&self) -> bool {
        self.topology.has_alb() && self.alb.existing.is_none()
    }

    /// Returns whether the stack creates listener rules and the target groups that they name; true
    /// in a topology without an application load balancer.
    pub(crate) fn emits_rules(&self) -> bool {
        let existing = self.alb.existing.as_ref();
        !self.topology.has_alb() || existing.is_none_or(|existing| existing.rules == AlbRules::Emit)
    }

    /// The only backend, which serves every operation that no route gives one.
    pub(crate) fn only_backend(&self) -> Option<&String> {
        let mut names = self.backends.keys();
        names.next().filter(|_| names.next().is_none())
    }

    /// The host that requests name where their backend names none.
    pub(crate) fn first_host(&self) -> Option<&str> {
        let hosts = self
            .alb
            .hosts
            .as_ref()
            .filter(|_| self.topology.has_alb())?;
        hosts.first().map(String::as_str)
    }

    /// Returns whether the stack creates a rule in the application load balancer's security group
    /// that admits the balancer or link before it.
    pub(crate) fn alb_group_has_rules(&self) -> bool {
        match &self.alb.existing {
            Some(existing) => existing.security_group.is_some(),
            None => self.alb.security_groups.is_none(),
        }
    }

    /// Returns whether the stack creates a link to the application load balancer, and has to find a
    /// part of it that the blueprint may give.
    pub(crate) fn creates_alb_link_without(&self, is_given: fn(&VpcLinkSpec) -> bool) -> bool {
        let link = &self.vpc_link;
        self.topology.has_alb_link() && link.existing.is_none() && !is_given(link)
    }
}

impl BackendSpec {
    /// Returns whether the gateway calls a function of the user in place of servers.
    pub(crate) fn is_function(&self) -> bool {
        let targets = self.targets.as_ref();
        targets.is_some_and(|targets| targets.function.is_some())
    }
}

impl HealthCheckSpec {
    /// The protocol by which the balancer of a topology checks health.
    pub fn protocol(&self, topology: Topology) -> HealthCheckProtocol {
        self.protocol.unwrap_or(if topology.has_alb() {
            HealthCheckProtocol::Http
        } else {
            HealthCheckProtocol::Tcp
        })
    }
}
