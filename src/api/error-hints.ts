/** What to do about the errors that the API documents, by its own code (docs/api.md#errors). */
const BY_CODE: Readonly<Record<number, string>> = {
  1000: 'A parameter is not as the API wants it: check from, to and the other filters.',
  1001: "Check subaccount-id: it is not one of this key's account, or not an id at all.",
  1002: 'Check phone-number: the API does not take it for a phone number.',
  1009: 'Check country: the API does not know one of the codes.',
  1010: 'A value is out of the range that the API takes: check from, to and limit.',
  1014: 'The API wants TLS 1.3: update the runner, or the proxy in between.',
  1200: "Check the secret behind api-key, and that region is your account's.",
  1201: 'The key has no access to this subaccount: check subaccount-id, or give the key that access in 8x8 Connect.',
  1300: 'Check api-url, region and subaccount-id: there is nothing at that address.',
  2000: 'The fault is on the side of the API: try again later, and give support the errorId.',
  3018: 'Check country: the API does not know one of the codes.',
  4018: "Check job-id, and that subaccount-id and region are those of the job's start.",
}

/** What to do where the answer has no code, as from a gateway in between. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Check the inputs of this step.',
  401: "Check the secret behind api-key, and that region is your account's.",
  403: 'The key has no access here: check api-key, subaccount-id and region.',
  404: 'Check api-url, region and subaccount-id: there is nothing at that address.',
  407: 'The proxy of this runner wants a user and a password: check https_proxy.',
  408: 'The server waited too long for the request: try again later.',
  410: 'What was asked for is gone.',
  422: 'The request is well-formed, and the API cannot do it: check the filters.',
  426: 'The API wants TLS 1.3: update the runner, or the proxy in between.',
  429: 'Too many requests at a time: start fewer jobs at once, or raise retries.',
}

/** One sentence on what to do about an error answer; `code` is the API's own, if it has given one. */
export function adviceFor(httpStatus: number, code: number | undefined): string {
  const known = (code === undefined ? undefined : BY_CODE[code]) ?? BY_STATUS[httpStatus]
  if (known) return known
  return httpStatus >= 500 ? 'The fault is on the side of the server: try again later.' : ''
}
