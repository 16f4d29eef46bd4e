// What sealing costs: node tools/bench/sealing.ts [--json]. workerd's processor time for a text of each size sealed, opened
// and marked, with the gateway's own code; what a loop without work takes is taken off.
import { parseArgs } from 'node:util'
import { startWorker } from '../../test/lab/worker.ts'
import { cpuMsOf } from './process.ts'

const SIZES: readonly [number, number][] = [
  [100, 20_000],
  [1_000, 20_000],
  [10_000, 10_000],
  [100_000, 1_000],
  [1_000_000, 100],
]
const WORKS = ['nothing', 'derive', 'seal', 'open', 'mark'] as const
type Work = (typeof WORKS)[number]

const SOURCE = `
import { openSeals } from './shared/seal.ts'
import { cipher } from './workers/cipher.ts'

const seals = openSeals('bench:' + 'A'.repeat(43), cipher)
const seal = seals.at('thread', 'bench')
export default {
  fetch(request) {
    const url = new URL(request.url)
    const [size, times] = ['size', 'times'].map((name) => Number(url.searchParams.get(name)))
    const text = 'tide and moon, '.repeat(Math.ceil(size / 15)).slice(0, size)
    const sealed = seal.seal(text, 'texts/1/0')
    const works = {
      nothing: () => text,
      derive: (at) => seals.at('thread', 'object ' + at).isFresh(sealed),
      seal: () => seal.seal(text, 'texts/1/0'),
      open: () => seal.open(sealed, 'texts/1/0'),
      mark: () => seal.marks(text),
    }
    const work = works[url.pathname.slice(1)]
    for (let at = 0; at < times; at += 1) work(at)
    return new Response(String(sealed.byteLength - size))
  },
}
`

export interface Cost {
  readonly bytes: number
  /** Microseconds of processor time, for one. */
  readonly micros: Readonly<Record<Work, number>>
  /** What the envelope adds. */
  readonly more: number
}

async function measure(): Promise<readonly Cost[]> {
  const worker = await startWorker(SOURCE)
  try {
    const run = async (work: Work, size: number, times: number): Promise<{ ms: number; more: number }> => {
      const before = cpuMsOf(worker.pid)
      const reply = await fetch(`${worker.url}/${work}?size=${size}&times=${times}`)
      return { more: Number(await reply.text()), ms: cpuMsOf(worker.pid) - before }
    }
    for (const work of WORKS) await run(work, 1_000, 5_000) // so that it is compiled
    const costs: Cost[] = []
    for (const [bytes, times] of SIZES) {
      const base = await run('nothing', bytes, times)
      const micros = { nothing: 0, derive: 0, seal: 0, open: 0, mark: 0 }
      for (const work of WORKS.slice(1)) {
        const { ms } = await run(work, bytes, times)
        micros[work] = Math.round(((ms - base.ms) / times) * 10_000) / 10
      }
      costs.push({ bytes, micros, more: base.more })
    }
    return costs
  } finally {
    await worker.stop()
  }
}

const { json = false } = parseArgs({ options: { json: { type: 'boolean' } } }).values
const costs = await measure()
if (json) console.log(JSON.stringify(costs))
else {
  console.log(
    '| text, bytes | sealed | opened | marked | keys derived | bytes more |\n|---|---|---|---|---|---|',
  )
  for (const { bytes, micros, more } of costs)
    console.log(
      `| ${bytes} | ${micros.seal} µs | ${micros.open} µs | ${micros.mark} µs | ${micros.derive} µs | ${more} |`,
    )
}
