import { appendFileSync } from 'node:fs'

const role = process.env['INPUT_ROLE-TO-ASSUME'] ?? ''
const region = process.env['INPUT_AWS-REGION'] ?? ''
if (!/^arn:aws:iam::\d{12}:role\/[\w+=,.@-]+$/.test(role)) throw new Error(`No role: ${role}`)
if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new Error(`No region: ${region}`)

const lines = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'].map(
  (name) => `${name}=stand-in`,
)
appendFileSync(process.env.GITHUB_ENV, `${lines.join('\n')}\nAWS_REGION=${region}\n`)
console.log(`Assumed ${role} in ${region}.`)
