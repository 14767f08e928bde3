/** What stands at one place of the axis. */
export interface Bar {
  /** Of our own making: it stands in quotation marks in the chart's source. */
  readonly label: string
  readonly value: number
}

export interface BarChart {
  readonly title: string
  readonly bars: readonly Bar[]
  /** The axis's end where it is fixed, such as 100 of a percentage. */
  readonly highest?: number
}

/** Decimals of a bar. */
const PLACES = 4

/** Wide and low, on the page's own ground, in a blue that is seen on a light one and on a dark one. */
const SETTINGS =
  '%%{init: {"xyChart": {"width": 900, "height": 260, "xAxis": {"labelFontSize": 11}}, "themeVariables": {"xyChart": {"backgroundColor": "transparent", "plotColorPalette": "#4184e4"}}}}%%'

/**
 * A chart that GitHub draws: a fenced block in mermaid's xychart-beta, which all its versions from
 * 10.9 on draw. The axis is given its ends, for without them it begins at the smallest value.
 */
export function formatChart({ title, bars, highest }: BarChart): string {
  const values = bars.map(({ value }) => Number(value.toFixed(PLACES)))
  const top = highest ?? Math.max(...values, 0)
  const bottom = Math.min(...values, 0)
  return [
    '```mermaid',
    SETTINGS,
    'xychart-beta',
    `    title "${title}"`,
    `    x-axis [${bars.map(({ label }) => `"${label}"`).join(', ')}]`,
    `    y-axis ${plainNumber(bottom)} --> ${plainNumber(top > bottom ? top : bottom + 1)}`,
    `    bar [${values.map(plainNumber).join(', ')}]`,
    '```',
  ].join('\n')
}

/** Without an exponent, which the chart's language does not know. */
function plainNumber(value: number): string {
  return value.toFixed(PLACES).replace(/\.?0+$/, '')
}
