import { Mistake } from '../errors.js'
import { type Decimal, parseDecimal } from '../report/decimal.js'
import { quote } from '../sanitize.js'

/** Amounts by currency, one to a line: `EUR 500`. Currencies are in capitals. */
export function parseAmounts(text: string): ReadonlyMap<string, Decimal> {
  const amounts = new Map<string, Decimal>()
  for (const line of text
    .split('\n')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [, currency, digits] = /^([A-Za-z]{3})\s+(\d{1,18}(?:\.\d{1,10})?)$/.exec(line) ?? []
    const amount = digits === undefined ? undefined : parseDecimal(digits)
    if (currency === undefined || amount === undefined) {
      throw new Mistake(
        `${quote(line)} is not an amount. Write a currency and a number, like EUR 500, one to a line.`,
      )
    }
    const code = currency.toUpperCase()
    if (amounts.has(code)) throw new Mistake(`${code} is given twice. Write each currency once.`)
    amounts.set(code, amount)
  }
  return amounts
}
