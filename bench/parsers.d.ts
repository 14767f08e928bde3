// The parts of bench/package.json's parsers that are used here. Types are checked from the root,
// which installs none of them.

declare module 'd3-dsv' {
  export function csvParseRows(text: string): string[][]
}

declare module 'papaparse' {
  interface Options {
    delimiter: string
    newline: string
  }
  const Papa: { parse<T>(text: string, options: Options): { data: T[] } }
  export default Papa
}

declare module 'udsv' {
  export interface Parser {
    stringArrs(text: string): string[][]
  }
  export function inferSchema(text: string): object
  export function initParser(schema: object): Parser
}
