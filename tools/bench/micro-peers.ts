// micro's engine beside llama.cpp's own, natively and as WebAssembly: node tools/bench/micro-peers.ts [--rounds=3] [--only=Q4_K] [--engines=micro,cpp]
// The same files, the same tokens, one thread each, one after another in turns; rates are for each second of processor time.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { output } from './process.ts'
import {
  FIFTEEN_MILLION,
  HUNDRED_THIRTY_FIVE_MILLION,
  K_FORMATS,
  MIXED,
  SIX_BITS,
  writeLarge,
  type Sizes,
} from './peers/large.ts'

const root = resolve(import.meta.dirname, '../..')
const peers = join(import.meta.dirname, 'peers')
const models = join(root, 'node_modules/.cache/minnow-micro')
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    /** Part of a file's label, and of an engine's name. */
    only: { type: 'string', default: '' },
    engines: { type: 'string', default: '' },
  },
})

interface Seen {
  readonly prefill: number
  readonly decode: number
  readonly peakBytes: number
  readonly cacheBytes?: number
}

const ENGINES: Readonly<Record<string, (file: string) => readonly string[]>> = {
  micro: (file) => [join(peers, 'one.ts'), 'micro', file],
  'llama.cpp (node-llama-cpp)': (file) => [join(peers, 'one.ts'), 'native', file],
  'wllama, in Chromium': (file) => [join(peers, 'wllama.ts'), file],
}

/** A synthetic file, written once. */
function synthetic(name: string, sizes: Sizes): string {
  mkdirSync(models, { recursive: true })
  const path = join(models, `${name}.gguf`)
  if (!existsSync(path)) writeLarge(path, sizes)
  return path
}

const FILES: Readonly<Record<string, string>> = {
  'the shipped model, Q8_0': join(root, 'models/micro.gguf'),
  '15M, Q8_0': synthetic('15m-3', FIFTEEN_MILLION),
  '135M, Q4_0': synthetic('135m-2', HUNDRED_THIRTY_FIVE_MILLION),
  '135M, Q5_0 and Q4_K': synthetic('135m-mixed', MIXED),
  '118M, Q4_K': synthetic('118m-k', K_FORMATS),
  '87M, Q6_K': synthetic('87m-6', SIX_BITS),
}

if (!existsSync(join(peers, 'node_modules')))
  await output('npm', ['install', '--prefix', peers, '--no-audit', '--no-fund', '--no-package-lock'])

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

console.log(`load before: ${load()}`)
for (const [label, file] of Object.entries(FILES)) {
  if (!label.includes(values.only)) continue
  const seen = new Map<string, Seen[]>()
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, command] of Object.entries(ENGINES)) {
      if (!values.engines.split(',').some((each) => name.includes(each))) continue
      const lines = await output(process.execPath, command(file))
      const line = lines.trim().split('\n').at(-1) ?? ''
      seen.set(name, [...(seen.get(name) ?? []), JSON.parse(line) as Seen])
    }
  }
  const { size } = statSync(file)
  console.log(`\n${label}: ${megabytes(size)} MB`)
  console.log('| engine | prefill | decode | peak MB | of it cache |\n| --- | --- | --- | --- | --- |')
  for (const [name, rounds] of seen) {
    const best = (of: 'prefill' | 'decode'): string => Math.max(...rounds.map((each) => each[of])).toFixed(0)
    const spread = (of: 'prefill' | 'decode'): string =>
      Math.min(...rounds.map((each) => each[of])).toFixed(0)
    const peak = Math.max(...rounds.map(({ peakBytes }) => peakBytes))
    const cache = rounds[0]?.cacheBytes
    console.log(
      `| ${name} | ${spread('prefill')} - ${best('prefill')} | ${spread('decode')} - ${best('decode')} | ${megabytes(peak)} | ${cache === undefined ? '' : megabytes(cache)} |`,
    )
  }
}
console.log(`\nload after: ${load()}`)
