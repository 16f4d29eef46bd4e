// `npm start`: from a fresh clone to a gateway that answers. Plain JavaScript, any Node from 20 up, no dependency:
// it installs what is missing, lets the project's own Node prepare, then keeps workerd as its direct child.
import { spawn } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { greeting } from './gateway/greeting.mjs'
import { install, nodeBinary, workerdBinary } from './gateway/install.mjs'
import { serve } from './gateway/serve.mjs'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
/** A terminal's Ctrl-C reaches us directly and once more through npm; only a later one means "now". */
const IMPATIENT_MS = 500

const stop = new AbortController()
let serving

process.stdout.on('error', () => {}) // the reader of our output may leave; the gateway goes on
process.stderr.on('error', () => {})
watchSignals()
try {
  process.exitCode = await run()
} catch (error) {
  if (!stop.signal.aborted) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
process.exit()

async function run() {
  await install(ROOT, (line) => process.stderr.write(`${line}\n`), stop.signal)
  const prepared = await prepare()
  if (stop.signal.aborted) return 0
  serving = serve(workerdBinary(ROOT), prepared)
  stop.signal.addEventListener('abort', () => void serving.stop())
  const port = await serving.ready.catch(async (error) => {
    await serving.stop()
    throw error
  })
  if (!stop.signal.aborted) process.stdout.write(greeting(prepared, port))
  const end = await serving.ended
  await settled()
  if (stop.signal.aborted) return 0
  process.stderr.write(
    `workerd ended by itself (${end.signal ?? `exit code ${end.code}`}); the state in ${prepared.state} is kept, "npm start" goes on from there.\n`,
  )
  return 1
}

/** Runs tools/gateway/prepare.ts under the pinned Node; its answer is one line of JSON. */
function prepare() {
  return new Promise((done, fail) => {
    const child = spawn(nodeBinary(ROOT), [resolve(ROOT, 'tools/gateway/prepare.ts')], {
      // What was compiled once is not compiled again: a third of a second of every start.
      env: { NODE_COMPILE_CACHE: resolve(ROOT, 'node_modules/.cache/minnow-node'), ...process.env },
      stdio: ['ignore', 'pipe', 'inherit'],
      signal: stop.signal,
      killSignal: 'SIGTERM',
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part) => (text += part))
    child.once('error', fail)
    child.once('close', (code) => {
      if (code !== 0)
        return fail(
          new Error(
            `The gateway could not be prepared; see above (tools/gateway/prepare.ts, exit code ${code}).`,
          ),
        )
      const answer = JSON.parse(text)
      if (answer.ok) done(answer.value)
      else fail(new Error(answer.message))
    })
  })
}

function watchSignals() {
  let firstAt = 0
  const ask = () => {
    firstAt ||= Date.now()
    if (Date.now() - firstAt > IMPATIENT_MS) serving?.kill('SIGKILL')
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, ask)
  // Under npm, a shell may stand between: if npm or that shell is killed, nobody is left to tell us.
  const parent = process.ppid
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid === parent || ask(), 500).unref()
  }
}

/** A signal to the whole group may end workerd a moment before our own copy arrives. */
function settled() {
  return stop.signal.aborted ? undefined : new Promise((done) => setTimeout(done, 200))
}
