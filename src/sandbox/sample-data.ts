/**
 * Where messages go: country, calling code, digits of a number after that, currency, price of a
 * part in ten-millionths, weight, MCC, MNC and operator. Prices and weights are made up.
 */
export const DESTINATIONS = spread(
  `
SG 65  8  EUR 315000  20 525 01  Singtel
SG 65  8  EUR 315000  14 525 05  StarHub
MY 60  9  EUR 418000  9  502 12  Maxis
MY 60  9  EUR 418000  9  502 19  CelcomDigi, "CD"
ID 62  10 USD 2875000 9  510 10  Telkomsel
ID 62  10 USD 2875000 5  510 01  Indosat Ooredoo
PH 63  10 USD 446592  10 515 02  Globe Telecom
VN 84  9  USD 355000  7  452 04  Viettel
GB 44  10 EUR 352105  6  234 30  EE
US 1   10 USD 79000   3  310 260 T-Mobile
US 1   10 USD 79000   3  310 410 AT&T
JP 81  10 EUR 651000  3  440 10  NTT ドコモ
CI 225 10 EUR 1205000 2  612 03  Orange Côte d’Ivoire
`
    .trim()
    .split('\n')
    .map((line) => {
      const [country = '', callingCode = '', digits, currency = '', price, weight, ...network] =
        line.split(/ +/)
      const [mcc = '', mnc = '', ...operator] = network
      const numbers = { digits: Number(digits), price: Number(price), weight: Number(weight) }
      return { country, callingCode, currency, mcc, mnc, operator: operator.join(' '), ...numbers }
    }),
)

/** Repeats each item as often as its weight says. */
function spread<T extends { weight: number }>(items: T[]): T[] {
  return items.flatMap((item) => Array<T>(item.weight).fill(item))
}

/** The status of each message until its receipt comes, and of some for ever. */
export const SENT = 'sent,,,'
export const RECEIVED = 'delivered,,,'

/** How messages end: status_value, status_details, status_errorcode and status_errormessage. */
export const ENDS = spread([
  { weight: 840, status: 'delivered,delivered_to_recipient,,' },
  { weight: 50, status: 'delivered,delivered_to_operator,,' },
  { weight: 12, status: 'read,,,' },
  { weight: 1, status: SENT },
  { weight: 1, status: 'unknown,,,' },
  { weight: 40, status: 'undelivered,undelivered_to_recipient,1,Absent subscriber' },
  { weight: 23, status: 'undelivered,,46,"Subscriber, or ""handset"", not reachable"' },
  { weight: 20, status: 'rejected,rejected_by_operator,43,Spam filter' },
  { weight: 13, status: 'failed,,33,Route error' },
])

export const SENDERS = ['ACME', 'ACME', 'ACME', 'Verify', 'Verify', 'ACME Shop', '8x8'] as const

/** Bodies with commas, quotes, line breaks and many scripts. The API masks real ones. */
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
