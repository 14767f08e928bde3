/** A network of a country, as a message log names it. */
export interface Operator {
  readonly name: string
  readonly mcc: string
  readonly mnc: string
  readonly weight: number
}

export interface Country {
  readonly code: string
  readonly callingCode: string
  /** Digits of a number after the calling code. */
  readonly digits: number
  readonly currency: string
  /** The price of one part in ten-thousandths of the currency. */
  readonly price: number
  readonly operators: readonly Operator[]
  readonly weight: number
}

/** Where the sandbox's messages go: prices and shares are made up, networks and codes are real. */
export const COUNTRIES: readonly Country[] = [
  {
    code: 'SG',
    callingCode: '65',
    digits: 8,
    currency: 'EUR',
    price: 315,
    weight: 34,
    operators: [
      { name: 'Singtel', mcc: '525', mnc: '01', weight: 5 },
      { name: 'StarHub', mcc: '525', mnc: '05', weight: 3 },
      { name: 'M1', mcc: '525', mnc: '03', weight: 2 },
    ],
  },
  {
    code: 'MY',
    callingCode: '60',
    digits: 9,
    currency: 'EUR',
    price: 418,
    weight: 18,
    operators: [
      { name: 'Maxis', mcc: '502', mnc: '12', weight: 4 },
      { name: 'CelcomDigi, "CD"', mcc: '502', mnc: '19', weight: 4 },
    ],
  },
  {
    code: 'ID',
    callingCode: '62',
    digits: 10,
    currency: 'USD',
    price: 2875,
    weight: 14,
    operators: [
      { name: 'Telkomsel', mcc: '510', mnc: '10', weight: 5 },
      { name: 'Indosat Ooredoo', mcc: '510', mnc: '01', weight: 3 },
    ],
  },
  {
    code: 'PH',
    callingCode: '63',
    digits: 10,
    currency: 'USD',
    price: 1940,
    weight: 10,
    operators: [
      { name: 'Globe Telecom', mcc: '515', mnc: '02', weight: 1 },
      { name: 'Smart', mcc: '515', mnc: '03', weight: 1 },
    ],
  },
  {
    code: 'VN',
    callingCode: '84',
    digits: 9,
    currency: 'USD',
    price: 355,
    weight: 7,
    operators: [{ name: 'Viettel', mcc: '452', mnc: '04', weight: 1 }],
  },
  {
    code: 'GB',
    callingCode: '44',
    digits: 10,
    currency: 'EUR',
    price: 352,
    weight: 6,
    operators: [
      { name: 'EE', mcc: '234', mnc: '30', weight: 1 },
      { name: 'O2', mcc: '234', mnc: '10', weight: 1 },
    ],
  },
  {
    code: 'US',
    callingCode: '1',
    digits: 10,
    currency: 'USD',
    price: 79,
    weight: 6,
    operators: [
      { name: 'T-Mobile', mcc: '310', mnc: '260', weight: 1 },
      { name: 'AT&T', mcc: '310', mnc: '410', weight: 1 },
    ],
  },
  {
    code: 'JP',
    callingCode: '81',
    digits: 10,
    currency: 'EUR',
    price: 651,
    weight: 3,
    operators: [{ name: 'NTT ドコモ', mcc: '440', mnc: '10', weight: 1 }],
  },
  {
    code: 'CI',
    callingCode: '225',
    digits: 10,
    currency: 'EUR',
    price: 1205,
    weight: 2,
    operators: [{ name: 'Orange Côte d’Ivoire', mcc: '612', mnc: '03', weight: 1 }],
  },
]

/** How a message ended, in the words and error codes of the vendor's references. */
export interface Outcome {
  readonly value: string
  readonly details: string
  readonly errorCode: string
  readonly errorMessage: string
  readonly weight: number
}

export const OUTCOMES: readonly Outcome[] = [
  outcome('delivered', 'delivered_to_recipient', 860),
  outcome('delivered', 'delivered_to_operator', 40),
  outcome('read', '', 12),
  outcome('sent', '', 15),
  outcome('queued', '', 3),
  outcome('unknown', '', 5),
  outcome('undelivered', 'undelivered_to_recipient', 30, '1', 'Absent subscriber'),
  outcome(
    'undelivered',
    'undelivered_to_recipient',
    14,
    '46',
    'Subscriber, or "handset", not reachable',
  ),
  outcome('rejected', 'rejected_by_operator', 13, '43', 'Spam filter'),
  outcome('failed', '', 8, '33', 'Route error'),
]

export const RECEIVED: Outcome = outcome('delivered', '', 1)

function outcome(
  value: string,
  details: string,
  weight: number,
  errorCode = '',
  errorMessage = '',
): Outcome {
  return { value, details, weight, errorCode, errorMessage }
}

export const SENDERS = ['ACME', 'ACME Shop', 'Verify', '8x8'] as const

/** Bodies as a CSV meets them: commas, quotes, line breaks, many scripts. The API masks real ones. */
export const BODIES = [
  'Your code is ******',
  'Your order ****** is on its way',
  'Hello ******, your parcel comes today, between 9 and 11',
  'They said "see you at ******", so be there',
  'Line one\nline two: ******\r\nline three',
  'Xin chào ******, mã của bạn là ******',
  '您的验证码是 ******，请勿告诉他人',
  'ご注文 ****** を承りました 🎉',
  'مرحبا ******',
  '******',
  '',
] as const

/** What people write back. */
export const REPLIES = ['STOP', 'YES, please', 'ok 👍', ''] as const
