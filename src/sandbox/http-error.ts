/** An answer of 400 and above, with the API's own code and words (docs/api.md#errors). */
export class HttpError extends Error {
  override name = 'HttpError'
  readonly httpStatus: number
  readonly code: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    httpStatus: number,
    code: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.httpStatus = httpStatus
    this.code = code
    this.headers = headers
  }
}
