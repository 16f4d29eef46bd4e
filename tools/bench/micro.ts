// Measures micro on one core: node tools/bench/micro.ts [--synthetic] [--json] [--quick] [model file]
// Prefill and decode tokens per second in Node and in workerd, and whole requests through the object. --synthetic takes
// a random model of 15 million parameters instead of the shipped one.
import { parseArgs } from 'node:util'
import { loadEngine } from '../../workers/micro/engine.ts'
import { readGguf } from '../../workers/micro/gguf.ts'
import { makeGguf, SMALL, type Recipe } from '../../test/unit/micro/synthetic.ts'
import { readBytes } from '../eval/ask.ts'
import { startWorkerd } from './micro/local.ts'
import { work, type Work } from './micro/measure.ts'

const { values, positionals } = parseArgs({
  options: { synthetic: { type: 'boolean' }, json: { type: 'boolean' }, quick: { type: 'boolean' } },
  allowPositionals: true,
})
const modelPath = positionals[0] ?? 'models/micro.gguf'
const [ROUND_MS, ROUNDS, REQUESTS] = values.quick === true ? [100, 1, 5] : [1_500, 5, 40]

const FIFTEEN_MILLION: Recipe = {
  ...SMALL,
  embeddingLength: 384,
  blockCount: 9,
  headCount: 8,
  keyValueHeadCount: 4,
  feedForwardLength: 1024,
  contextLength: 512,
  merges: 900,
}

type Run = (what: Work, tokens: number) => Promise<number>

/** The best of several rounds, each long enough to time: the machine has other things to do in between. */
async function tokensPerSecond(run: Run, what: Work): Promise<number> {
  let tokens = 64
  let rate = 0
  for (let round = 0; round < ROUNDS + 2; round++) {
    const startedAt = performance.now()
    const done = await run(what, tokens)
    const seconds = (performance.now() - startedAt) / 1000
    if (round > 1) rate = Math.max(rate, done / seconds)
    tokens = Math.max(64, Math.round((done / seconds) * (ROUND_MS / 1000)))
  }
  return Math.round(rate)
}

const median = (sorted: readonly number[]) => sorted[Math.floor(sorted.length / 2)] ?? 0

/** Median milliseconds to the first byte of a streamed greeting and to its end, one request after another. */
async function timeRequests(url: string) {
  const heads: number[] = []
  const totals: number[] = []
  for (let i = 0; i < REQUESTS; i++) {
    const startedAt = performance.now()
    const body = JSON.stringify({ stream: true, messages: [{ role: 'user', content: 'hi there' }] })
    const response = await fetch(`${url}/chat`, { method: 'POST', body })
    heads.push(performance.now() - startedAt)
    await response.text()
    totals.push(performance.now() - startedAt)
  }
  const round = (list: number[]) => Math.round(median(list.sort((a, b) => a - b)) * 100) / 100
  return { headMs: round(heads), totalMs: round(totals) }
}

const model = values.synthetic ? makeGguf(FIFTEEN_MILLION) : readBytes(modelPath)
const loadStartedAt = performance.now()
const engine = loadEngine(model, new WebAssembly.Module(readBytes('workers/micro/kernel/kernel.wasm')))
const loadMs = Math.round(performance.now() - loadStartedAt)
const parameters = [...readGguf(model).tensors.values()].reduce(
  (sum, { rows, columns }) => sum + rows * columns,
  0,
)

const inNode: Run = async (what, tokens) => work(engine, what, tokens)
const server = await startWorkerd(model)
const inWorkerd: Run = async (what, tokens) => {
  const reply: { tokens: number } = await (
    await fetch(`${server.url}/work?what=${what}&tokens=${tokens}`)
  ).json()
  return reply.tokens
}

const report = {
  model: values.synthetic ? 'synthetic' : modelPath,
  parameters,
  fileBytes: model.byteLength,
  memoryBytes: engine.model.layout.totalBytes,
  loadMs,
  node: {
    prefill: await tokensPerSecond(inNode, 'prefill'),
    decode: await tokensPerSecond(inNode, 'decode'),
  },
  workerd: {
    prefill: await tokensPerSecond(inWorkerd, 'prefill'),
    decode: await tokensPerSecond(inWorkerd, 'decode'),
  },
  request: await timeRequests(server.url),
}
await server.stop()

if (values.json) console.log(JSON.stringify(report, undefined, 2))
else {
  console.log(
    `${report.model}: ${(parameters / 1e6).toFixed(2)} M parameters, loaded in ${loadMs} ms, ${(report.memoryBytes / 2 ** 20).toFixed(1)} MiB with caches`,
  )
  console.table({ node: report.node, workerd: report.workerd })
  console.log('tokens per second on one core; through the object:', report.request)
}
