import type { Connection } from '../api/job.js'
import { InputError } from '../errors.js'
import { CONNECTION_INPUTS, connectionField, parsePhoneNumber } from '../inputs/connection.js'
import { parseCountries } from '../inputs/countries.js'
import { type Field, fields, optional, parseField, type RawInputs } from '../inputs/fields.js'
import { parseChoice, parseWholeNumber } from '../inputs/values.js'
import { type Moment, parseMoment } from '../window/moment.js'
import { parseTimeZone, type TimeZone, UTC } from '../window/time-zone.js'
import { checkWindow, SLICES, type Slice, sliceWindow, type Window } from '../window/window.js'

/** The API's limit is an int32. */
const MAX_LIMIT = 2_147_483_647

/** The start action's inputs by their names in action.yml. */
export const START_INPUTS = [
  ...CONNECTION_INPUTS,
  'from',
  'to',
  'time-zone',
  'country',
  'phone-number',
  'limit',
  'slice',
] as const

/** All that a start needs to know, checked. */
export interface StartRequest {
  readonly connection: Connection
  readonly window: Window
  /** One job is started for each of these: the window itself, or its slices. */
  readonly slices: readonly Window[]
  readonly timeZone: TimeZone
  /** What is unusual about the window without being a mistake. */
  readonly warnings: readonly string[]
  readonly countries?: readonly string[] | undefined
  readonly phoneNumber?: string | undefined
  readonly limit: number
}

type Span = Pick<StartRequest, 'window' | 'slices' | 'timeZone' | 'warnings'>

/**
 * Reads the inputs at `now` (epoch milliseconds), which is rounded down to a second, as the API's
 * forms have no fractions. Throws an InputError with all mistakes.
 */
export function readStartRequest(raw: RawInputs, now: number): StartRequest {
  const wholeSecond = Math.floor(now / 1_000) * 1_000
  const { span, ...rest } = fields({
    connection: connectionField,
    span: spanField(wholeSecond),
    countries: optional('country', parseCountries),
    phoneNumber: optional('phone-number', parsePhoneNumber),
    limit: optional('limit', parseWholeNumber(0, MAX_LIMIT), 0),
  })(raw)
  return { ...rest, ...span }
}

const zoneField = optional('time-zone', parseTimeZone, UTC)

/** The window and its zone are one field: what a moment means depends on the zone. */
function spanField(now: number): Field<Span> {
  return (raw) => {
    const zone = zoneForMoments(raw)
    const parseInZone = (text: string): Moment => parseMoment(text, { zone, now })
    const { timeZone, window, slice } = fields({
      timeZone: zoneField,
      slice: sliceField,
      window: fields<Window>({
        from: optional('from', parseInZone),
        to: optional('to', parseInZone),
      }),
    })(raw)
    const warnings = checkWindow(window, { zone: timeZone, now })
    return { window, timeZone, warnings, slices: cut(window, slice, timeZone) }
  }
}

/** If the API chooses an end of the window, it is not known where to cut. */
const sliceField: Field<Slice | undefined> = (raw) => {
  const slice = optional('slice', parseChoice(SLICES))(raw)
  if (slice === undefined || (raw.from !== undefined && raw.to !== undefined)) return slice
  throw new InputError([
    { input: 'slice', text: 'needs a window with both ends. Give from and to.' },
  ])
}

function cut(window: Window, slice: Slice | undefined, zone: TimeZone): readonly Window[] {
  const { from, to } = window
  if (slice === undefined || !from || !to) return [window]
  return parseField('slice', slice, () => sliceWindow({ from, to }, slice, zone))
}

/** With a wrong zone the moments are still checked, so that all mistakes are found at once. */
function zoneForMoments(raw: RawInputs): TimeZone {
  try {
    return zoneField(raw)
  } catch {
    return UTC
  }
}
