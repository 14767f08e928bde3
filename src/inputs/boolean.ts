import { Mistake } from '../errors.js'
import { quote } from '../sanitize.js'

/** `true` or `false`, as YAML 1.2 writes them. */
export function parseBoolean(text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  throw new Mistake(`${quote(text)} is neither true nor false. Write one of these.`)
}
