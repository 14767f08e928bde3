/**
 * Where messages go: country, calling code, digits of a number after that, currency, price of a
 * part in ten-millionths, weight, MCC, MNC and operator. Prices and weights are made up.
 */
export const DESTINATIONS = `
SG 65  8  EUR 315000  17 525 01  Singtel
SG 65  8  EUR 315000  10 525 05  StarHub
SG 65  8  EUR 315000  7  525 03  M1
MY 60  9  EUR 418000  9  502 12  Maxis
MY 60  9  EUR 418000  9  502 19  CelcomDigi, "CD"
ID 62  10 USD 2875000 9  510 10  Telkomsel
ID 62  10 USD 2875000 5  510 01  Indosat Ooredoo
PH 63  10 USD 446592  5  515 02  Globe Telecom
PH 63  10 USD 446592  5  515 03  Smart
VN 84  9  USD 355000  6  452 04  Viettel
VN 84  9  USD 355000  1  452
GB 44  10 EUR 352105  3  234 30  EE
GB 44  10 EUR 352105  3  234 10  O2
US 1   10 USD 79000   3  310 260 T-Mobile
US 1   10 USD 79000   3  310 410 AT&T
JP 81  10 EUR 651000  3  440 10  NTT ドコモ
CI 225 10 EUR 1205000 2  612 03  Orange Côte d’Ivoire
`
  .trim()
  .split('\n')
  .map((line) => {
    const [
      country = '',
      callingCode = '',
      digits,
      currency = '',
      price,
      weight,
      mcc = '',
      mnc = '',
      ...operator
    ] = line.split(/ +/)
    const numbers = { digits: Number(digits), price: Number(price), weight: Number(weight) }
    return { country, callingCode, currency, mcc, mnc, operator: operator.join(' '), ...numbers }
  })

/** status_value, status_details, status_errorcode and status_errormessage, as the vendor has them. */
export type Status = readonly [value: string, details: string, code: string, message: string]

/** What each message is until its receipt comes, and some are for ever. */
export const SENT: Status = ['sent', '', '', '']

export const RECEIVED: Status = ['delivered', '', '', '']

/** How messages end. */
export const ENDS: readonly { weight: number; status: Status }[] = [
  { weight: 87_000, status: ['delivered', 'delivered_to_recipient', '', ''] },
  { weight: 5_000, status: ['delivered', 'delivered_to_operator', '', ''] },
  { weight: 1_200, status: ['read', '', '', ''] },
  { weight: 100, status: SENT },
  { weight: 90, status: ['unknown', '', '', ''] },
  { weight: 3_000, status: ['undelivered', 'undelivered_to_recipient', '1', 'Absent subscriber'] },
  { weight: 1_600, status: ['undelivered', '', '46', 'Subscriber, or "handset", not reachable'] },
  { weight: 1_300, status: ['rejected', 'rejected_by_operator', '43', 'Spam filter'] },
  { weight: 800, status: ['failed', '', '33', 'Route error'] },
]

/** From which share of the messages to which, receipts take from how many seconds to how many. */
export const RECEIPT_DELAYS = [
  { from: 0, to: 0.95, seconds: 0.8, atMost: 20 },
  { from: 0.95, to: 0.991, seconds: 20, atMost: 300 },
  { from: 0.991, to: 0.994, seconds: 300, atMost: 6 * 3_600 },
  { from: 0.994, to: 0.9997, seconds: 24 * 3_600, atMost: 60 * 3_600 },
  { from: 0.9997, to: 1, seconds: 80 * 3_600, atMost: 120 * 3_600 },
] as const

export const SENDERS = ['ACME', 'ACME', 'ACME', 'Verify', 'Verify', 'ACME Shop', '8x8'] as const

/** Bodies as a CSV meets them: commas, quotes, line breaks, many scripts. The API masks real ones. */
export const BODIES = [
  '**MASKED**',
  'Your code is ******',
  'Hello ******, your parcel comes today, between 9 and 11',
  'They said "see you at ******", so be there',
  'Line one\nline two: ******\r\nline three',
  'Xin chào ******, mã của bạn là ******',
  '您的验证码是 ******，请勿告诉他人',
  'ご注文 ****** を承りました 🎉',
  'مرحبا ******',
  '',
] as const

/** What people write back. */
export const REPLIES = ['STOP', 'YES, please', 'ok 👍', ''] as const
