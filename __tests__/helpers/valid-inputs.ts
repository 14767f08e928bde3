/** Inputs of a start that are whole and valid: a test names what differs. */
export const validInputs: Readonly<Record<string, string | undefined>> = {
  'api-key': 'kEy-0123456789',
  'subaccount-id': 'acme_sg',
}
