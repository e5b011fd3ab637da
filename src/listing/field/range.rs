//! Ranges of addresses, as CIDR notation writes them.
//! In: texts. Out: whether ranges hold another one. Pure.

use std::net::IpAddr;

/// A range of addresses of one family, by its first and its last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AddressRange {
    is_v6: bool,
    first: u128,
    last: u128,
}

impl AddressRange {
    /// `None` where the text is no CIDR.
    pub(super) fn of(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (is_v6, bits, address) = match address.parse().ok()? {
            IpAddr::V4(address) => (false, 32, u128::from(u32::from(address))),
            IpAddr::V6(address) => (true, 128, u128::from(address)),
        };
        let length = length
            .parse::<u32>()
            .ok()
            .filter(|length| *length <= bits)?;
        let of_hosts = 1_u128
            .checked_shl(bits - length)
            .unwrap_or(0)
            .wrapping_sub(1);
        Some(Self {
            is_v6,
            first: address & !of_hosts,
            last: address | of_hosts,
        })
    }

    /// Returns whether sorted ranges hold all of its addresses, several of them together, too.
    pub(super) fn is_within(self, ranges: &[Self]) -> bool {
        let mut rest = self.first;
        for range in ranges.iter().filter(|range| range.is_v6 == self.is_v6) {
            if range.first <= rest && rest <= range.last {
                if self.last <= range.last {
                    return true;
                }
                rest = range.last + 1;
            }
        }
        false
    }
}
