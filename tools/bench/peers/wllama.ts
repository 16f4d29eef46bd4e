// wllama where it runs, in a browser: its single-thread build in a page of Chromium, timed by the processor time of the
// page's process.
import { createReadStream, readFileSync, readdirSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startBrowser } from '../../../test/lab/browser.ts'
import { ANSWER_TOKENS, type Engine, timeEngine } from './rounds.ts'

const PACKAGE = join(import.meta.dirname, 'node_modules/@wllama/wllama/esm')

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm' }

/** Serves a page, wllama and the model file on a free port. */
async function serveFiles(model: string): Promise<{ url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === '/') return void response.setHeader('content-type', 'text/html').end('<title>wllama</title>')
    const file = path === '/model.gguf' ? model : join(PACKAGE, path)
    response.setHeader('content-type', TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
    response.setHeader('content-length', statSync(file).size)
    createReadStream(file).pipe(response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return { url: `http://127.0.0.1:${address.port}`, stop: () => void server.close() }
}

/** The processes of our browser that draw pages: those that descend from this one. */
function renderers(): number[] {
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }]
      } catch {
        return [] // it has ended meanwhile
      }
    })
  const ours = new Set([process.pid])
  for (let size = 0; size !== ours.size;) {
    size = ours.size
    for (const { pid, parent } of stats) if (ours.has(parent)) ours.add(pid)
  }
  return stats
    .filter(({ pid, command }) => ours.has(pid) && command.includes('--type=renderer'))
    .map(({ pid }) => pid)
}

const TICK_MS = 10

const processorMs = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS
  }, 0)

const memory = (pids: readonly number[], field: 'VmRSS' | 'VmHWM'): number =>
  pids.reduce((sum, pid) => {
    const line = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return sum + Number(line?.[1]) * 1024
  }, 0)

/** What the page runs; `engine` there is wllama. */
const LOAD = `(async () => {
  const { Wllama } = await import('/index.js')
  const engine = new Wllama({ 'single-thread/wllama.wasm': '/single-thread/wllama.wasm' }, { suppressNativeLog: true })
  const file = await (await fetch('/model.gguf')).blob()
  await engine.loadModel([file], { n_ctx: 512, n_batch: 512, n_threads: 1 })
  window.engine = engine
  window.prefill = async (prompt) => {
    await engine.kvClear()
    await engine.samplingInit({ temp: 0 })
    await engine.decode(prompt, {})
  }
  window.go = async (count) => {
    for (let index = 0; index < count; index++) {
      const { token } = await engine.samplingSample()
      await engine.samplingAccept([token])
      await engine.decode([token], {})
    }
  }
  return engine.getLoadedContextInfo().n_vocab
})()`

async function openEngine(page: Page): Promise<Engine> {
  const vocabulary = Number(await page.evaluate(LOAD))
  return {
    vocabulary,
    prefill: async (prompt) => void (await page.evaluate(`prefill(${JSON.stringify(prompt)})`)),
    decode: async (tokens) => void (await page.evaluate(`go(${tokens})`)),
  }
}

const [path = ''] = process.argv.slice(2)
const files = await serveFiles(path)
const browser = await startBrowser()
try {
  const page = await browser.newPage()
  await page.goto(files.url)
  const pids = renderers()
  const before = memory(pids, 'VmRSS')
  const engine = await openEngine(page)
  const rates = await timeEngine(engine, () => processorMs(pids))
  console.log(JSON.stringify({ ...rates, peakBytes: memory(pids, 'VmHWM') - before, ANSWER_TOKENS }))
} finally {
  await browser.close()
  files.stop()
}
