import { CONNECTION_INPUTS, connectionField } from '../inputs/connection.js'
import { parseCountries } from '../inputs/countries.js'
import { type Field, fields, optional, type RawInputs } from '../inputs/fields.js'
import { parsePhoneNumber } from '../inputs/phone-number.js'
import { parseWholeNumber } from '../inputs/whole-number.js'
import type { Connection } from '../job/connection.js'
import { type Moment, parseMoment, resolveMoment } from '../window/moment.js'
import { parseTimeZone, type TimeZone, UTC } from '../window/time-zone.js'
import { checkWindow, type Window } from '../window/window.js'

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
] as const

/** All that a start needs to know, checked. */
export interface StartRequest {
  readonly connection: Connection
  readonly window: Window
  readonly timeZone: TimeZone
  /** What is odd about the window, and no mistake. */
  readonly warnings: readonly string[]
  readonly countries?: readonly string[] | undefined
  readonly phoneNumber?: string | undefined
  readonly limit: number
}

type Span = Pick<StartRequest, 'window' | 'timeZone' | 'warnings'>

/**
 * The inputs to what is asked for, at `now` (epoch milliseconds): read once, and taken as whole
 * seconds, which is what the API's forms can say. Throws an InputError with all mistakes.
 */
export function readStartRequest(raw: RawInputs, now: number): StartRequest {
  const wholeSecond = Math.floor(now / 1_000) * 1_000
  const {
    span,
    limit = 0,
    ...rest
  } = fields({
    connection: connectionField,
    span: spanField(wholeSecond),
    countries: optional('country', parseCountries),
    phoneNumber: optional('phone-number', parsePhoneNumber),
    limit: optional('limit', parseWholeNumber(0, MAX_LIMIT)),
  })(raw)
  return { ...rest, ...span, limit }
}

/** The window and its zone are one field: what a moment means hangs on the zone. */
function spanField(now: number): Field<Span> {
  return (raw) => {
    const zone = zoneForMoments(raw)
    const parseInZone = (text: string): Moment => resolveMoment(parseMoment(text), zone, now)
    const { timeZone = UTC, window } = fields({
      timeZone: optional('time-zone', parseTimeZone),
      window: fields<Window>({
        from: optional('from', parseInZone),
        to: optional('to', parseInZone),
      }),
    })(raw)
    return { window, timeZone, warnings: checkWindow(window, now) }
  }
}

/** With a wrong zone the moments' forms are still checked, so that all mistakes come at once. */
function zoneForMoments(raw: RawInputs): TimeZone {
  try {
    return optional('time-zone', parseTimeZone)(raw) ?? UTC
  } catch {
    return UTC
  }
}
