//! A bill as text: tables below each other, in a terminal or on a page.
//!
//! In: `Bill`. Out: text. Pure.

use unicode_width::UnicodeWidthStr as _;

use crate::cost::{
    BalancerCapacity, Bill, BillItem, BillTotal, BilledBalancer, NamedBill, TopologyBill, money,
};
use crate::printed;

/// A table with its title.
struct BillTable {
    title: &'static str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The bill for a terminal.
pub(crate) fn table(bill: &Bill) -> String {
    let mut text = format!("{}\n", printed::line(&head(bill)));
    for table in tables(bill) {
        text.push_str(&format!("\n{}\n", table.title));
        text.push_str(&aligned(&table));
    }
    let notes = notes(bill);
    if !notes.is_empty() {
        text.push('\n');
    }
    notes
        .iter()
        .for_each(|note| text.push_str(&format!("note: {}\n", printed::line(note))));
    text
}

/// The bill for a page.
pub(crate) fn markdown(bill: &Bill) -> String {
    let mut text = format!("## {}\n", printed::markdown(&head(bill)));
    for table in tables(bill) {
        text.push_str(&format!("\n### {}\n\n", table.title));
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| printed::markdown(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        text.push_str(&line(&table.header));
        let rule = |column| {
            if is_numbers(&table, column) {
                " ---: |"
            } else {
                " --- |"
            }
        };
        let rules: String = (0..table.header.len()).map(rule).collect();
        text.push_str(&format!("|{rules}\n"));
        table.rows.iter().for_each(|row| text.push_str(&line(row)));
    }
    let notes = notes(bill);
    if !notes.is_empty() {
        text.push('\n');
    }
    notes
        .iter()
        .for_each(|note| text.push_str(&format!("- {}\n", printed::markdown(note))));
    text
}

/// The traffic in one line.
fn head(bill: &Bill) -> String {
    let traffic = &bill.traffic;
    let assumed = |field: &str| {
        let is_assumed = traffic.assumed.contains(&field);
        if is_assumed { " (assumed)" } else { "" }
    };
    format!(
        "{}: {} requests a month in {}, of {} KB{}, answers of {} KB{}, {} ms in the backend{}, {} h{}",
        bill.blueprint,
        money::text(traffic.requests_per_month as f64, 0),
        bill.region,
        traffic.request_kb,
        assumed("request_kb"),
        traffic.response_kb,
        assumed("response_kb"),
        traffic.backend_ms,
        assumed("backend_ms"),
        traffic.hours,
        assumed("hours"),
    )
}

fn tables(bill: &Bill) -> Vec<BillTable> {
    let totals = totals_header(bill);
    let header = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let mut all = vec![BillTable {
        title: "A month of each topology, in US dollars, without what is the same in all of them",
        header: [
            header(&["topology", "fixed", "by use", "free tier"]),
            totals.clone(),
            header(&["capacity units"]),
        ]
        .concat(),
        rows: bill
            .topologies
            .iter()
            .map(|topology| topology_row(bill, topology))
            .collect(),
    }];
    let shared = bill.shared.items.iter().map(|item| item_row(bill, item));
    all.push(BillTable {
        title: "The same in all of them",
        header: [header(&["part", "quantity", "price"]), totals.clone()].concat(),
        rows: shared.chain([sum_row(bill, &bill.shared)]).collect(),
    });
    if !bill.break_even.is_empty() {
        all.push(BillTable {
            title: "Break-even: requests a month from which on a balancer costs no more than the function of `forwarder`",
            header: header(&["balancer", "requests", "without free tier"]),
            rows: bill.break_even.iter().map(|each| {
                let number = |requests: Option<u64>| match requests {
                    Some(requests) => money::text(requests as f64, 0),
                    None if each.lacking.is_empty() => "never".to_owned(),
                    None => "?".to_owned(),
                };
                vec![
                    each.balancer.name().to_owned(),
                    number(each.requests_per_month),
                    number(each.without_free_tier),
                ]
            }).collect(),
        });
    }
    let proxies = bill.proxies.iter().flat_map(|proxies| {
        let items = proxies.items.iter().map(|item| item_row(bill, item));
        items.chain([sum_row(bill, proxies)])
    });
    all.push(BillTable {
        title: "For comparison: two instances that forward, each with a public address",
        header: [header(&["part", "quantity", "price"]), totals].concat(),
        rows: proxies.collect(),
    });
    all.extend(prices(bill));
    all
}

/// The prices with their sources, where they are asked for.
fn prices(bill: &Bill) -> Option<BillTable> {
    let cell = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let rows = bill.prices.as_ref()?.iter().map(|price| {
        vec![
            price.name.to_owned(),
            price.usd.map_or_else(unknown, |usd| usd.to_string()),
            cell(price.certainty),
            cell(price.date),
            price.source.clone(),
        ]
    });
    Some(BillTable {
        title: "Prices (A: AWS's price list, B: a bill or a vendor's tests, C: a third party, M: from memory, not used)",
        header: ["price", "USD", "certainty", "date", "source"]
            .map(str::to_owned)
            .into(),
        rows: rows.collect(),
    })
}

fn unknown() -> String {
    "?".to_owned()
}

fn usd(amount: Option<f64>) -> String {
    amount.map_or_else(unknown, |amount| money::text(amount, 2))
}

fn totals_header(bill: &Bill) -> Vec<String> {
    let currency = bill.currency.as_ref();
    let codes = [Some("USD"), currency.map(|currency| currency.code.as_str())];
    codes.into_iter().flatten().map(str::to_owned).collect()
}

/// The cells below `totals_header`.
fn total_cells(bill: &Bill, sum: &BillTotal) -> Vec<String> {
    let total = match sum.total {
        Some(total) => money::text(total, 2),
        None => format!("at least {}", money::text(sum.at_least, 2)),
    };
    let in_currency = bill.currency.as_ref().map(|currency| {
        let decimals = usize::from(money::decimals(&currency.code) > 0) * 2;
        let amount = sum.total_in_currency;
        amount.map_or_else(unknown, |amount| money::text(amount, decimals))
    });
    [Some(total), in_currency].into_iter().flatten().collect()
}

fn topology_row(bill: &Bill, topology: &TopologyBill) -> Vec<String> {
    let own = if topology.name == bill.topology {
        " (this blueprint)"
    } else {
        ""
    };
    let capacity: Vec<String> = topology.capacity.iter().map(units).collect();
    let mut row = vec![
        format!("{}{own}", topology.name.name()),
        usd(topology.fixed),
        usd(topology.by_use),
        usd(topology.free_tier),
    ];
    row.extend(total_cells(bill, &topology.sum));
    row.push(capacity.join("; "));
    row
}

fn units(capacity: &BalancerCapacity) -> String {
    let name = match capacity.balancer {
        BilledBalancer::Nlb => "NLB",
        BilledBalancer::Alb => "ALB",
    };
    let rules = match (capacity.balancer, capacity.listener_rules) {
        (BilledBalancer::Nlb, _) => String::new(),
        (BilledBalancer::Alb, Some(1)) => " (1 rule)".to_owned(),
        (BilledBalancer::Alb, Some(rules)) => format!(" ({rules} rules)"),
        (BilledBalancer::Alb, None) => " (rules not known)".to_owned(),
    };
    format!(
        "{name} {:.4} by {}{rules}",
        capacity.units,
        capacity.decided_by.name()
    )
}

fn item_row(bill: &Bill, item: &BillItem) -> Vec<String> {
    let quantity = money::rounded(item.quantity, 6);
    let mut row = vec![
        item.name.to_owned(),
        quantity.to_string(),
        item.price.to_owned(),
        usd(item.usd.map(money::cents)),
    ];
    row.extend(bill.currency.iter().map(|_| String::new()));
    row
}

fn sum_row(bill: &Bill, named: &NamedBill) -> Vec<String> {
    let start = [named.name, "", ""].map(str::to_owned);
    [start.to_vec(), total_cells(bill, &named.sum)].concat()
}

/// The bill's notes, and the prices that it lacks.
fn notes(bill: &Bill) -> Vec<String> {
    let of_topologies = bill.topologies.iter().map(|topology| &topology.sum);
    let others = bill.proxies.iter().chain([&bill.shared]);
    let sums = of_topologies.chain(others.map(|named| &named.sum));
    let mut lacking: Vec<&str> = sums.flat_map(|sum| &sum.lacking).copied().collect();
    lacking.sort_unstable();
    lacking.dedup();
    let mut notes = bill.notes.clone();
    if !lacking.is_empty() {
        notes.push(format!(
            "no price is known in {} for {}: what needs one is `?` until `cost.prices` gives it",
            bill.region,
            lacking.join(", ")
        ));
    }
    notes
}

/// Returns whether every cell of a column is a number, or stands for one.
fn is_numbers(table: &BillTable, column: usize) -> bool {
    let is_number = |cell: &str| {
        let number = cell.trim_start_matches("at least ").replace(',', "");
        matches!(cell, "" | "?" | "never") || number.parse::<f64>().is_ok()
    };
    table.rows.iter().all(|row| is_number(&row[column]))
}

/// Lines with aligned columns, two spaces apart; numbers end below each other.
fn aligned(table: &BillTable) -> String {
    let visible = |row: &Vec<String>| -> Vec<String> {
        row.iter()
            .map(|cell| printed::line(cell).into_owned())
            .collect()
    };
    let rows: Vec<Vec<String>> = [&table.header]
        .into_iter()
        .chain(&table.rows)
        .map(visible)
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[column].width()).max();
            let padding = " ".repeat(width.unwrap_or_default() - cell.width());
            if is_numbers(table, column) {
                line.push_str(&format!("{padding}{cell}  "));
            } else {
                line.push_str(&format!("{cell}{padding}  "));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
