/** An exact decimal number: `units / 10 ** scale`. */
export interface Decimal {
  /** A plain number only where it is below 2 ** 52, so that two of them add up exactly. */
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

/** Adds up decimals exactly, however many: one integer for each scale, as numbers while they fit. */
export class DecimalSum {
  readonly #small: number[] = []
  readonly #large: bigint[] = []

  add({ units, scale }: Decimal): void {
    if (typeof units === 'bigint') {
      this.#large[scale] = (this.#large[scale] ?? 0n) + units
      return
    }
    const sum = (this.#small[scale] ?? 0) + units
    if (sum < MAX_SMALL && sum > -MAX_SMALL) {
      this.#small[scale] = sum
      return
    }
    this.#large[scale] = (this.#large[scale] ?? 0n) + BigInt(sum)
    this.#small[scale] = 0
  }

  addAll(other: DecimalSum): void {
    other.#small.forEach((units, scale) => {
      this.add({ units, scale })
    })
    other.#large.forEach((units, scale) => {
      this.add({ units, scale })
    })
  }

  total(): Decimal {
    const scale = Math.max(this.#small.length, this.#large.length, 1) - 1
    let units = 0n
    for (let at = 0; at <= scale; at++) {
      const sum = BigInt(this.#small[at] ?? 0) + (this.#large[at] ?? 0n)
      units += sum * 10n ** BigInt(scale - at)
    }
    return { units, scale }
  }
}

/** `41.2175`, with no zeros at the end of a fraction. */
export function formatDecimal({ units, scale }: Decimal): string {
  const digits = String(units)
    .replace('-', '')
    .padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  const text = fraction ? `${whole}.${fraction}` : whole
  return units < 0 ? `-${text}` : text
}

/** Less than 0 where `a` is less than `b`, 0 where they are equal, more than 0 otherwise. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const difference = unitsAt(a, b.scale) - unitsAt(b, a.scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Rounded to so many places at most, a half away from zero. */
export function roundDecimal(decimal: Decimal, places: number): Decimal {
  const { units, scale } = decimal
  if (scale <= places) return decimal
  const unit = 10n ** BigInt(scale - places)
  const magnitude = units < 0 ? -BigInt(units) : BigInt(units)
  const rounded = (magnitude + unit / 2n) / unit
  return { units: units < 0 ? -rounded : rounded, scale: places }
}

function unitsAt({ units, scale }: Decimal, otherScale: number): bigint {
  return BigInt(units) * 10n ** BigInt(Math.max(0, otherScale - scale))
}
