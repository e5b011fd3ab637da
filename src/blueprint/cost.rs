//! Traffic, currency and prices as written, for the bill.
//! In: the tree. Out: `CostSpec` and its parts. Pure.

use super::decode::{mapping, section};

section! {
    /// What `gwgen cost` computes the bill from. Nothing of it has an effect on the output.
    pub struct CostSpec {
        /// Requests in a month, which come evenly. `gwgen cost` asks for it.
        #[schemars(range(max = 1_000_000_000_000_000_u64))]
        pub requests_per_month: Option<u64>,
        /// Size of a request on average. Unit: kilobytes of 1,000 bytes.
        #[schemars(range(min = 0, max = 100_000))]
        pub request_kb: f64 = 2.0,
        /// Size of an answer on average. Unit: kilobytes of 1,000 bytes.
        #[schemars(range(min = 0, max = 100_000))]
        pub response_kb: f64 = 8.0,
        /// Time that a backend takes on average. Unit: milliseconds.
        #[schemars(range(max = 300_000))]
        pub backend_ms: u64 = 1_000,
        /// Hours of a month.
        #[schemars(range(min = 1, max = 744))]
        pub hours: u64 = 720,
        /// A currency beside US dollars.
        pub currency: Option<CurrencySpec>,
        /// Prices in US dollars by name, in place of those that gwgen knows of the region; a price
        /// that it does not know is `?` in the bill until it is given here.
        pub prices: PricesSpec = PricesSpec::default(),
    }
}

mapping! {
    /// A currency beside US dollars.
    pub struct CurrencySpec {
        /// Its code, for example `KRW`.
        #[schemars(regex(pattern = "^[A-Z]{3}$"))]
        pub code: String,
        /// How much of it one US dollar is.
        #[schemars(range(min = 0))]
        pub per_usd: f64,
    }
}

section! {
    /// Prices in US dollars, before tax.
    pub struct PricesSpec {
        /// A million requests to a REST API, of the first 333 million of a month.
        #[schemars(range(min = 0))]
        pub rest_million_requests: Option<f64>,
        /// A million of the next 667 million requests.
        #[schemars(range(min = 0))]
        pub rest_million_requests_over_333m: Option<f64>,
        /// A million of the next 19 billion requests.
        #[schemars(range(min = 0))]
        pub rest_million_requests_over_1b: Option<f64>,
        /// A million of all further requests.
        #[schemars(range(min = 0))]
        pub rest_million_requests_over_20b: Option<f64>,
        /// An hour of a cache of 0.5 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_0_5gb: Option<f64>,
        /// An hour of a cache of 1.6 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_1_6gb: Option<f64>,
        /// An hour of a cache of 6.1 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_6_1gb: Option<f64>,
        /// An hour of a cache of 13.5 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_13_5gb: Option<f64>,
        /// An hour of a cache of 28.4 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_28_4gb: Option<f64>,
        /// An hour of a cache of 58.2 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_58_2gb: Option<f64>,
        /// An hour of a cache of 118 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_118gb: Option<f64>,
        /// An hour of a cache of 237 GB.
        #[schemars(range(min = 0))]
        pub cache_hour_237gb: Option<f64>,
        /// An hour of a network load balancer.
        #[schemars(range(min = 0))]
        pub nlb_hour: Option<f64>,
        /// A capacity unit of a network load balancer for an hour.
        #[schemars(range(min = 0))]
        pub nlcu_hour: Option<f64>,
        /// An hour of an application load balancer.
        #[schemars(range(min = 0))]
        pub alb_hour: Option<f64>,
        /// A capacity unit of an application load balancer for an hour.
        #[schemars(range(min = 0))]
        pub lcu_hour: Option<f64>,
        /// A million calls of functions.
        #[schemars(range(min = 0))]
        pub lambda_million_requests: Option<f64>,
        /// A second of a function with 1 GB of memory, x86, of the first 6 billion of a month.
        #[schemars(range(min = 0))]
        pub lambda_gb_second: Option<f64>,
        /// The same, of all further ones.
        #[schemars(range(min = 0))]
        pub lambda_gb_second_over_6b: Option<f64>,
        /// A gigabyte of logs that CloudWatch takes in.
        #[schemars(range(min = 0))]
        pub log_gb: Option<f64>,
        /// A custom metric of CloudWatch for a month.
        #[schemars(range(min = 0))]
        pub metric_month: Option<f64>,
        /// A gigabyte out to the internet, of the first 10 TB of a month.
        #[schemars(range(min = 0))]
        pub data_out_gb: Option<f64>,
        /// A gigabyte of the next 40 TB.
        #[schemars(range(min = 0))]
        pub data_out_gb_over_10tb: Option<f64>,
        /// A gigabyte of all that follows.
        #[schemars(range(min = 0))]
        pub data_out_gb_over_50tb: Option<f64>,
        /// An hour of an instance t4g.nano.
        #[schemars(range(min = 0))]
        pub t4g_nano_hour: Option<f64>,
        /// An hour of an instance t3.small.
        #[schemars(range(min = 0))]
        pub t3_small_hour: Option<f64>,
        /// An hour of a public IPv4 address in use.
        #[schemars(range(min = 0))]
        pub public_ipv4_hour: Option<f64>,
    }
}
