/**
 * What to export, in the API's own words (docs/api.md#start): the body of the start request,
 * its members in the order of the API's reference. What is left out has the API's default.
 */
export interface ExportFilter {
  /** Start and end of the window, in one of the API's forms of a moment. */
  readonly from?: string
  readonly to?: string
  /** E.164 as digits alone. */
  readonly phoneNumber?: string
  /** ISO 3166-1 alpha-2 codes. */
  readonly countries?: readonly string[]
  /** Most records to export; 0 is unlimited. */
  readonly limit: number
}
