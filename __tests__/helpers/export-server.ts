import { answer, type Reaction, startWireServer, type WireServer } from './wire-server.js'

/** What stands in a link for the right to read the file. */
export const LINK_TOKEN = 't0ken-0123456789abcdef'

/** The answer to a look at a job. */
export function jobAnswer(status: string, more: Readonly<Record<string, unknown>> = {}): Reaction {
  return answer(200, JSON.stringify({ status, ...more }), { 'content-type': 'application/json' })
}

export const EXPIRES = '2026-12-24T10:20:30.00Z'

/** The answer of a job that has so many files behind the server's own links. */
export function succeededWith(
  count: number,
  { token = LINK_TOKEN, expires = EXPIRES } = {},
): Reaction {
  return (socket, request) => {
    const [, host = ''] = /^host: *(\S+)\r$/im.exec(request) ?? []
    const folder = `http://${host}/api/v1/subaccounts/acme_sg/messages/download`
    const data = Array.from({ length: count }, (_, index) => `${folder}/${token}-${index + 1}`)
    jobAnswer('succeeded', { data, expires })(socket, request)
  }
}

export interface ExportServer extends WireServer {
  /** The requests for the job, and those for files. */
  readonly jobRequests: readonly string[]
  readonly fileRequests: readonly string[]
}

/**
 * An API with one job and its files, on a raw socket: looks at the job, and requests for files, get
 * each their own reactions, one after the other; the last goes for all that follow.
 */
export async function startExportServer(
  job: Reaction | readonly Reaction[],
  file: Reaction | readonly Reaction[] = answer(404, ''),
): Promise<ExportServer> {
  const jobRequests: string[] = []
  const fileRequests: string[] = []
  const server = await startWireServer((socket, request) => {
    const isJob = /^(GET|DELETE) \S*\/messages\/exports\//.test(request)
    const requests = isJob ? jobRequests : fileRequests
    const reactions = [isJob ? job : file].flat() as Reaction[]
    requests.push(request)
    reactions[Math.min(requests.length, reactions.length) - 1]?.(socket, request)
  })
  return { ...server, jobRequests, fileRequests }
}
