import type { Report } from './read-export.js'
import { MESSAGE_BODY } from './run-download.js'
import { PHONE_NUMBER } from './run-start.js'

const BODY = `"${MESSAGE_BODY}\r\nand a ""second"", line\n"`

const LINES = [
  // A mark, columns in another order and case, with blanks, one twice, and some unknown.
  '\uFEFF Price_Total,BODY,Country,country,"OPERATOR",createdAt,direction,Status_Value,status_errorcode,SMSCOUNT,price_currency,msisdn,neu €\r\n',
  // Quotes, and line breaks in fields.
  `0.1,${BODY},SG,XX,"Singtel, ""Ltd""",2026-11-01T23:59:59.999Z,1,delivered,0,2,EUR,${PHONE_NUMBER},\r\n`,
  // LF, blanks behind a quotation mark, prices with ten decimals and with an exponent.
  '"0.0000000001" ,x,ID,,Telkomsel,2026-11-02T06:59:59+07:00,1,READ,,1,EUR,,\n',
  '3.15E-2,x,VN,,Viettel,2026-11-02T07:00:00+07:00,1,undelivered,4,3.0,EUR,,\r\n',
  // Empty lines are no records.
  '\r\n\n',
  // Nothing is known of it.
  ',,,,,,,,,,,,\r\n',
  // Names that are traps, a credit, a price without a currency.
  '-0.05,x,__proto__,,constructor,2026-11-01,1,delivered,toString,1,EUR,,\r\n',
  '7,x,SG,,NUL\0,not a time,0,received, 0 ,1,,,\r\n',
  // Columns are mixed up: a number is no operator.
  '0,x,SG,,+6591234567,2026-02-30T00:00:00Z,1,sent,36,1,USD,,\r\n',
  // Unreadable, from line 13 on: too few, too many, no price, no count.
  '1,2\r\n',
  '0,x,SG,,A,,1,sent,0,1,EUR,,,\r\n',
  'free,"a\nb",SG,,A,,1,sent,0,1,EUR,,\r\n',
  '0,x,SG,,A,,1,sent,0,-1,EUR,,\r\n',
  // A quotation mark that nobody closes costs its line; the last line has no end.
  '0,"x,SG,,A,,1,sent,0,1,EUR,,\r\n',
]

/** The last operator's name is no UTF-8. */
const LAST = Buffer.from(
  '0.4,x,SG,,T\xe9l\xe9com,2026-11-02 01:00:00,1,delivered,0,,EUR,,',
  'latin1',
)

/** A file of an export with every oddity that a CSV file can have. */
export const ODD_EXPORT = Buffer.concat([Buffer.from(LINES.join('')), LAST])

export const ODD_LINE = 13

/** What is in it, counted by hand. */
export const ODD_REPORT: Report = JSON.parse(`{
  "records": 8, "unreadable": 5, "parts": 9, "delivered": 4, "pending": 1, "deliveryRate": 0.6667,
  "cost": { "EUR": "0.4815000001", "unknown": "7", "USD": "0" },
  "directions": { "outbound": 6, "inbound": 1, "unknown": 1 },
  "statuses": { "delivered": 3, "READ": 1, "undelivered": 1, "unknown": 1, "received": 1, "sent": 1 },
  "errors": { "4": 1, "toString": 1, "36": 1 },
  "failures": [{ "country": "VN", "operator": "Viettel", "error": "4", "records": 1 }],
  "days": {
    "2026-11-01": { "records": 3, "parts": 4, "delivered": 3, "pending": 0, "cost": { "EUR": "0.0500000001" } },
    "2026-11-02": { "records": 2, "parts": 3, "delivered": 1, "pending": 0, "cost": { "EUR": "0.4315" } },
    "unknown": { "records": 3, "parts": 2, "delivered": 0, "pending": 1, "cost": { "unknown": "7", "USD": "0" } }
  },
  "hours": {
    "2026-11-01T00": { "records": 1, "parts": 1, "delivered": 1, "pending": 0, "cost": { "EUR": "-0.05" } },
    "2026-11-01T23": { "records": 2, "parts": 3, "delivered": 2, "pending": 0, "cost": { "EUR": "0.1000000001" } },
    "2026-11-02T00": { "records": 1, "parts": 3, "delivered": 0, "pending": 0, "cost": { "EUR": "0.0315" } },
    "2026-11-02T01": { "records": 1, "parts": 0, "delivered": 1, "pending": 0, "cost": { "EUR": "0.4" } },
    "unknown": { "records": 3, "parts": 2, "delivered": 0, "pending": 1, "cost": { "unknown": "7", "USD": "0" } }
  },
  "countries": {
    "SG": { "records": 4, "parts": 4, "delivered": 2, "pending": 1, "cost": { "EUR": "0.5", "unknown": "7", "USD": "0" } },
    "ID": { "records": 1, "parts": 1, "delivered": 1, "pending": 0, "cost": { "EUR": "0.0000000001" } },
    "VN": { "records": 1, "parts": 3, "delivered": 0, "pending": 0, "cost": { "EUR": "0.0315" } },
    "unknown": { "records": 1, "parts": 0, "delivered": 0, "pending": 0, "cost": {} },
    "__proto__": { "records": 1, "parts": 1, "delivered": 1, "pending": 0, "cost": { "EUR": "-0.05" } }
  },
  "operators": {
    "unknown": { "records": 2, "parts": 1, "delivered": 0, "pending": 1, "cost": { "USD": "0" } },
    "Singtel, \\"Ltd\\"": { "records": 1, "parts": 2, "delivered": 1, "pending": 0, "cost": { "EUR": "0.1" } },
    "Telkomsel": { "records": 1, "parts": 1, "delivered": 1, "pending": 0, "cost": { "EUR": "0.0000000001" } },
    "Viettel": { "records": 1, "parts": 3, "delivered": 0, "pending": 0, "cost": { "EUR": "0.0315" } },
    "constructor": { "records": 1, "parts": 1, "delivered": 1, "pending": 0, "cost": { "EUR": "-0.05" } },
    "NUL\\u0000": { "records": 1, "parts": 1, "delivered": 0, "pending": 0, "cost": { "unknown": "7" } },
    "T\uFFFDl\uFFFDcom": { "records": 1, "parts": 0, "delivered": 1, "pending": 0, "cost": { "EUR": "0.4" } }
  }
}`) as Report

const GROUPS = ['days', 'hours', 'countries', 'operators'] as const
const MEASURES = ['records', 'parts', 'delivered', 'pending', 'cost'] as const

/** Of a report on it, what was counted by hand: a figure that is newer has tests of its own. */
export function countedByHand(report: Report): unknown {
  const of = (members: object, names: readonly string[]) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)))
  const groups = GROUPS.map((name) => [
    name,
    Object.fromEntries(
      Object.entries(report[name] ?? {}).map(([key, measures]) => [key, of(measures, MEASURES)]),
    ),
  ])
  return { ...of(report, Object.keys(ODD_REPORT)), ...Object.fromEntries(groups) }
}
