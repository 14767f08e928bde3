/** How and as whom the API is spoken to. */
export interface Connection {
  readonly apiKey: string
  readonly subaccountId: string
  /** Where the API's paths begin, with no slash at the end. */
  readonly baseUrl: string
  /** How long one request may go without a byte. */
  readonly requestTimeoutMs: number
  /** How often a request that may be repeated is tried again. */
  readonly retries: number
}
