// `npm run faults`: Failover Bench's sixteen faults and twelve of our own against the running gateway, with real clocks, and
// the same against Portkey's gateway beside it. Prints a scorecard, writes JSON to faults-results/, exits 0 when Minnow
// passes all. Flags: --only=<S08,M05,...>, --no-peer.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { realClock } from '../../test/lab/faults/clock.ts'
import { ORGANS_ID } from '../../test/lab/faults/own.ts'
import { scenarios } from '../../test/lab/faults/scenarios.ts'
import { startVendor } from '../../test/lab/vendor.ts'
import { type Gateway, minnow, portkey } from './gateways.ts'
import { type Line, runMatch } from './match.ts'
import { type Card, isPerfect, recordOf, writeScorecard } from './scorecard.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, peer: { type: 'boolean', default: true } },
  allowNegative: true,
})
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const only = flags.only?.split(',').map((id) => id.trim().toUpperCase())
const chosen = scenarios(realClock).filter(({ id }) => only === undefined || only.includes(id))

const folder = mkdtempSync(join(tmpdir(), 'minnow-faults-'))
const running: { stop(): Promise<void> }[] = []
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

try {
  process.exitCode = (await faults()) ? 0 : 1
} finally {
  await Promise.all(running.map((one) => one.stop()))
  rmSync(folder, { recursive: true, force: true })
}

async function faults(): Promise<boolean> {
  if (chosen.length === 0) throw new Error(`no scenario is called ${flags.only ?? ''}`)
  const lab = await startVendor()
  running.push(lab)
  const ours = { root, folder, labUrl: lab.url, scenarios: chosen }
  const gateway = keep(await minnow({ ...ours, prefix: 'minnow' }))
  const isOperated = chosen.some(({ id }) => id === ORGANS_ID)
  const patient = isOperated ? keep(await minnow({ ...ours, prefix: 'patient' })) : undefined
  const peer = flags.peer ? await portkey(lab.url).then(keep, absent) : undefined

  const startedAt = Date.now()
  const match = (gateway: Gateway, patient: Gateway | undefined): Promise<Card> =>
    runMatch({
      lab,
      gateway,
      scenarios: chosen,
      patient,
      onLine: (line) => say(`${gateway.name.padEnd(16)} ${line.id} ${resultOf(line)}`),
    }).then((lines) => ({ name: gateway.name, lines }))
  const cards = await Promise.all([
    match(gateway, patient),
    ...(peer === undefined ? [] : [match(peer, undefined)]),
  ])
  console.log(`${writeScorecard(cards)}`)
  write(cards, Math.round((Date.now() - startedAt) / 1_000))
  return cards[0] !== undefined && isPerfect(cards[0])
}

function keep(gateway: Gateway): Gateway {
  running.push(gateway)
  return gateway
}

function absent(error: unknown): undefined {
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  say(`without a peer: ${why}`)
}

function resultOf(line: Line): string {
  return 'score' in line ? `${line.score.result} ${line.score.reason}`.trim() : `n/a ${line.absent}`
}

function write(cards: readonly Card[], seconds: number): void {
  const results = join(root, 'faults-results')
  mkdirSync(results, { recursive: true })
  const at = new Date().toISOString()
  const file = join(results, `${at.replace(/[:.]/g, '-')}.json`)
  writeFileSync(file, `${JSON.stringify({ at, seconds, cards: cards.map(recordOf) }, undefined, 2)}\n`)
  say(`${seconds} s; written to ${relative(process.cwd(), file)}`)
}
