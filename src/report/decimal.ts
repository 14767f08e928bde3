/** An exact decimal number: `units / 10 ** scale`. */
export interface Decimal {
  /** A plain number only below 2 ** 52, so that the sum of two is exact. */
  readonly units: number | bigint
  readonly scale: number
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,2}))?$/i

const MAX_SMALL = 2 ** 52

/** `0.0315`, `-2`, `.5`, `3.15E-2`; undefined for what is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? []
  const digits = whole + fraction
  if (sign === undefined || digits === '') return undefined
  const scale = fraction.length - Number(exponent)
  const shifted = scale < 0 ? digits + '0'.repeat(-scale) : digits
  const magnitude = shifted.length <= 15 ? Number(shifted) : BigInt(shifted)
  return { units: sign === '-' ? -magnitude : magnitude, scale: Math.max(0, scale) }
}

/** A sum has at most so many small parts; units smaller than any currency's are large ones. */
const MAX_SMALL_SCALE = 15

/** Adds up any number of decimals exactly: one integer for each scale, as numbers while they fit. */
export class DecimalSum {
  readonly #small: number[] = []
  #large: Decimal = { units: 0n, scale: 0 }

  add({ units, scale }: Decimal, times = 1): void {
    // If the product is not exact, it is far too large.
    const product = typeof units === 'number' ? units * times : Number.NaN
    if (!(Math.abs(product) < MAX_SMALL) || scale > MAX_SMALL_SCALE) {
      this.#large = addDecimals(this.#large, { units: BigInt(units) * BigInt(times), scale })
      return
    }
    while (this.#small.length <= scale) this.#small.push(0)
    const sum = (this.#small[scale] as number) + product
    const isSmall = sum < MAX_SMALL && sum > -MAX_SMALL
    if (!isSmall) this.#large = addDecimals(this.#large, { units: sum, scale })
    this.#small[scale] = isSmall ? sum : 0
  }

  total(): Decimal {
    return this.#small.reduce(
      (sum, units, scale) => (units === 0 ? sum : addDecimals(sum, { units, scale })),
      this.#large,
    )
  }
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale }
}

/** `41.2175`, without zeros at the end of a fraction. */
export function formatDecimal({ units, scale }: Decimal): string {
  const digits = String(units)
    .replace('-', '')
    .padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/(?<!0)0+$/, '')
  const text = fraction ? `${whole}.${fraction}` : whole
  return units < 0 ? `-${text}` : text
}

/** Below 0 if `a` is less than `b`, 0 if they are equal, above 0 otherwise. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale)
  const difference = unitsAt(a, scale) - unitsAt(b, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The exact quotient, rounded once to so many places, a half away from zero; `by` is above 0. */
export function divideDecimal({ units, scale }: Decimal, by: number, places: number): Decimal {
  const magnitude = (units < 0 ? -BigInt(units) : BigInt(units)) * 10n ** BigInt(places)
  const unit = 10n ** BigInt(scale) * BigInt(by)
  const rounded = (2n * magnitude + unit) / (2n * unit)
  return { units: units < 0 ? -rounded : rounded, scale: places }
}

function unitsAt({ units, scale }: Decimal, otherScale: number): bigint {
  return BigInt(units) * 10n ** BigInt(otherScale - scale)
}
