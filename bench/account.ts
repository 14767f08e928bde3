/** The account that all benchmarks have at their servers. */
export const API_KEY = 'key-of-the-benchmark'
export const SUBACCOUNT_ID = 'acme_sg'
