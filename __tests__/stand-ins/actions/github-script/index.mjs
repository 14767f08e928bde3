// Runs the script with a client that says what it is asked for and does nothing.
const { INPUT_SCRIPT: script } = process.env
if (!script) throw new Error('Input required and not supplied: script')

const context = {
  serverUrl: 'https://github.com',
  repo: { owner: 'acme', repo: 'logs' },
  runId: 4711,
}
const github = {
  rest: {
    issues: {
      async listForRepo({ owner, repo }) {
        if (!owner || !repo) throw new Error('Not Found')
        return { data: [{ title: process.env.STAND_IN_OPEN_ISSUE ?? '' }] }
      },
      async create({ owner, repo, title, body }) {
        for (const text of [owner, repo, title, body]) {
          if (typeof text !== 'string' || text === '') throw new Error('Validation Failed')
        }
        console.log(`Issue in ${owner}/${repo}: ${title} (${body})`)
        return { data: { number: 1 } }
      },
    },
  },
}

const AsyncFunction = (async () => undefined).constructor
await new AsyncFunction('github', 'context', script)(github, context)
