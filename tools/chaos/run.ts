// `npm run chaos`: many streams at a time through two flaky targets, the gateway killed midway, and then every call, row
// and micro-dollar counted. Prints Markdown, writes JSON to bench-results/, ends with 1 where a check fails.
// Flags: --requests 20000, --at 64, --seed 1, --no-kill.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { check, idOf } from './checks.ts'
import { play } from './play.ts'
import { writeReport } from './report.ts'

const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    at: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    'no-kill': { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stderr.write(`${line}\n`)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

const options = {
  requests: Number(flags.requests),
  at: Number(flags.at),
  seed: Number(flags.seed),
  kill: !flags['no-kill'],
}
const played = await play(options, say)
const checks = check(played)
console.log(writeReport(options, played, checks))

const folder = resolve(import.meta.dirname, '../../bench-results')
mkdirSync(folder, { recursive: true })
const at = new Date().toISOString()
const file = join(folder, `chaos-${at.replace(/[:.]/g, '-')}.json`)
const machine = { cpu: cpus()[0]?.model.trim() ?? '', cores: cpus().length, node: process.version }
const { told, rows, ...rest } = played
const unanswered = told.filter(({ fate }) => fate !== 'answered')
const wrong = new Set(told.filter(({ fate }) => fate === 'bad').map(({ request }) => idOf(request)))
const badRows = rows.filter((row) => wrong.has(row.request_id))
writeFileSync(file, JSON.stringify({ at, machine, options, checks, ...rest, unanswered, badRows }))
say(`written to ${relative(process.cwd(), file)}`)
process.exit(checks.some(({ ok }) => ok === false) ? 1 : 0)
