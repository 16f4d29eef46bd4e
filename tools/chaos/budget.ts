// `npm run chaos:budget`: one key with a dollar, many streams at a time through two flaky targets, clients that leave, the
// gateway killed when half is spent, until the key is refused for good; and then every micro-dollar counted. Prints
// Markdown, writes JSON to bench-results/, ends with 1 where a check fails. Flags: --usd 1, --at 64, --seed 1, --no-kill.
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { prove } from './proof.ts'
import { writeChecks, writeEnds } from './report.ts'
import { spend } from './spend.ts'

const { values: flags } = parseArgs({
  options: {
    usd: { type: 'string', default: '1' },
    at: { type: 'string', default: '64' },
    seed: { type: 'string', default: '1' },
    'no-kill': { type: 'boolean', default: false },
  },
})
const say = (line: string): void => void process.stderr.write(`${line}\n`)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

const options = {
  usd: Number(flags.usd),
  at: Number(flags.at),
  seed: Number(flags.seed),
  kill: !flags['no-kill'],
}
const spent = await spend(options, say)
const checks = prove(spent)
const { told, dealt, seconds, rounds, rows, receipts, ...rest } = spent
const calls = Object.values(dealt).reduce((sum, count) => sum + count, 0)
const faulty = calls - (dealt['none'] ?? 0)
const killed = options.kill ? ', the gateway killed when half was spent' : ''
console.log(
  [
    `**$${options.usd} on one key, ${told.length} streamed requests, ${options.at} at a time${killed}**; seed ${options.seed}, ${seconds.toFixed(0)} s until it was refused for good (asked again ${rounds - 1} times); ${calls} upstream calls, ${faulty} of them faulty (${((100 * faulty) / calls).toFixed(0)} %).`,
    writeChecks(checks),
    writeEnds(told),
  ].join('\n\n'),
)

const folder = resolve(import.meta.dirname, '../../bench-results')
mkdirSync(folder, { recursive: true })
const at = new Date().toISOString()
const file = join(folder, `chaos-budget-${at.replace(/[:.]/g, '-')}.json`)
const machine = { cpu: cpus()[0]?.model.trim() ?? '', cores: cpus().length, node: process.version }
const bad = told.filter(({ fate }) => fate === 'bad')
const figures = {
  requests: told.length,
  rows: rows.length,
  receipts: receipts.length,
  seconds,
  rounds,
  dealt,
}
writeFileSync(file, JSON.stringify({ at, machine, options, checks, ...figures, ...rest, bad }))
say(`written to ${relative(process.cwd(), file)}`)
process.exit(checks.some(({ ok }) => ok === false) ? 1 : 0)
