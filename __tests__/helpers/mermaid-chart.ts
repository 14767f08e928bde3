import { Window } from 'happy-dom'

/** What stands in a chart, as mermaid's own parser reads it. */
export interface ParsedChart {
  readonly title: string
  readonly labels: readonly string[]
  readonly values: readonly number[]
  readonly axis: readonly [number, number]
}

interface XyChartDb {
  getDiagramTitle(): string
  getXYChartData(): {
    readonly xAxis: { readonly categories: readonly string[] }
    readonly yAxis: { readonly min: number; readonly max: number }
    readonly plots: readonly { readonly data: readonly (readonly [string, number])[] }[]
  }
}

/** It cleans texts in a document, and looks for one when it is loaded. */
async function loadMermaid() {
  const window = new Window()
  Object.assign(globalThis, { window, document: window.document })
  return (await import('mermaid')).default
}

let loaded: ReturnType<typeof loadMermaid> | undefined

/** Parses the source of a chart with mermaid itself; rejects where that does not take it. */
export async function parseChart(source: string): Promise<ParsedChart> {
  loaded ??= loadMermaid()
  const mermaid = await loaded
  await mermaid.parse(source)
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(source)
  const { xAxis, yAxis, plots } = (db as unknown as XyChartDb).getXYChartData()
  return {
    title: (db as unknown as XyChartDb).getDiagramTitle(),
    labels: xAxis.categories,
    values: (plots[0]?.data ?? []).map(([, value]) => value),
    axis: [yAxis.min, yAxis.max],
  }
}
