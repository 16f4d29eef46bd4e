// `npm run bench`: Minnow beside no gateway, the least a Worker can do, and Portkey's gateway, over one provider.
// Prints Markdown and writes JSON to bench-results/. Flags: --quick, --only=<name,...>, --against=<another checkout>.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuild } from '../gateway/build.ts'
import { bare, type Contender, direct, minnow, portkey } from './contenders.ts'
import { memoryOf, output, start } from './process.ts'
import { measureFirst, measurePaced, measureThroughput, type Pace } from './rounds.ts'
import { type Memory, type Results, writeTables } from './table.ts'
import { measureTalk } from './talk.ts'

const root = resolve(import.meta.dirname, '../..')
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean' }, only: { type: 'string' }, against: { type: 'string' } },
})
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const pace: Pace =
  flags.quick === true
    ? { rounds: 1, warmMs: 200, measureMs: 500 }
    : { rounds: 3, warmMs: 500, measureMs: 3_000 }
/** For the engine alone and for translating alone. */
const short = flags.quick === true ? ['--quick'] : []
const first = flags.quick === true ? { blocks: 2, each: 5 } : { blocks: 6, each: 15 }

const folder = mkdtempSync(join(tmpdir(), 'minnow-bench-'))
const running: { stop(): Promise<void> }[] = []
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

try {
  await bench()
} finally {
  await Promise.all(running.map((one) => one.stop()))
  rmSync(folder, { recursive: true, force: true })
}

async function bench(): Promise<void> {
  const upstream = await start(process.execPath, [join(import.meta.dirname, 'upstream.ts')], /^\d+$/)
  running.push(upstream)
  const { contenders, absent } = await gather(Number(upstream.line))
  await rest(1_000)
  const idle = new Map(contenders.map(({ name, pid }) => [name, pid === undefined ? 0 : memoryOf(pid).nowMb]))

  const started = Date.now()
  say('time to the first token')
  const busy = await measureFirst(contenders, first)
  const rested = await measureFirst(contenders, {
    blocks: first.blocks / 2,
    each: first.each / 3,
    restMs: 1_000,
  })
  const throughput = await measureThroughput(contenders, pace, say)
  say('paced streams')
  const paced = await measurePaced(contenders, pace)
  await rest(2_000)
  const memory = contenders.flatMap(({ name, pid }): [string, Memory][] => {
    if (pid === undefined) return []
    const { nowMb, peakMb } = memoryOf(pid)
    return [[name, { idleMb: idle.get(name) ?? 0, peakMb, afterMb: nowMb }]]
  })
  say(`measured for ${Math.round((Date.now() - started) / 1000)} s`)

  const own = contenders.find(({ name }) => name === 'Minnow')
  const talk =
    own === undefined ? undefined : await measureTalk(own.port).catch((error: unknown) => String(error))
  const build = await ensureBuild(root)
  const results: Results = {
    names: contenders.map(({ name }) => name),
    absent,
    throughput: Object.fromEntries(throughput),
    paced: Object.fromEntries(paced),
    first: Object.fromEntries(busy),
    rested: Object.fromEntries(rested),
    memory: Object.fromEntries(memory),
    bundle: build.modules.map(({ name, file }) => ({ name, bytes: statSync(file).size })),
    talk,
  }
  write(results)
  for (const alone of ['micro.ts', 'dialects.ts'])
    console.log(`\n${await output(process.execPath, [join(import.meta.dirname, alone), ...short])}`)
}

async function gather(
  upstreamPort: number,
): Promise<{ contenders: Contender[]; absent: Record<string, string> }> {
  const against = flags.against
  const makers: readonly (readonly [string, () => Promise<Contender>])[] = [
    ['direct', async () => direct(upstreamPort)],
    ['bare Worker', () => bare(root, upstreamPort, folder)],
    ['Minnow', () => minnow(root, upstreamPort, folder)],
    ...(against === undefined
      ? []
      : [['Minnow before', () => minnow(resolve(against), upstreamPort, folder, 'Minnow before')] as const]),
    ['Portkey 1.15.2', () => portkey(upstreamPort)],
  ]
  const only = flags.only?.split(',').map((name) => name.trim().toLowerCase())
  const contenders: Contender[] = []
  const absent: Record<string, string> = {}
  for (const [name, make] of makers) {
    if (only !== undefined && !only.some((wanted) => name.toLowerCase().startsWith(wanted))) continue
    try {
      const contender = await make()
      running.push(contender)
      contenders.push(contender)
    } catch (error) {
      absent[name] = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
      say(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { contenders, absent }
}

function write(results: Results): void {
  const folder = join(root, 'bench-results')
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const machine = { cpu: cpus()[0]?.model.trim() ?? '', cores: cpus().length, node: process.version }
  const file = join(folder, `${at.replace(/[:.]/g, '-')}.json`)
  writeFileSync(file, `${JSON.stringify({ at, machine, pace, ...results }, undefined, 2)}\n`)
  console.log(`${writeTables(results)}\n`)
  console.log(
    `${machine.cpu}, ${machine.cores} cores shared by servers, provider and load; Node ${machine.node}; ${at.slice(0, 10)}.`,
  )
  say(`written to ${relative(process.cwd(), file)}`)
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
