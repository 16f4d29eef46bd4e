// Runs workerd on a prepared configuration: tells when it answers, which port it got, and how it ended.
// Plain JavaScript without dependencies, because the launcher runs on any Node from 20 up.
import { spawn } from 'node:child_process'
import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { isNoise } from './noise.mjs'

/** How long workerd may take to answer GET /health; a cold disk is slow. */
const READY_MS = 30_000
/** How long it may answer GET /health with something else than 200: then the Worker itself is broken. */
const SICK_MS = 5_000
/** How long open requests may keep a stopping gateway. */
const GRACE_MS = 3_000
const HEARTBEAT_MS = 3_600_000

/**
 * Starts workerd. `ready` resolves to the port once GET /health answers 200 and rejects with a sentence otherwise;
 * `ended` resolves when the process is gone.
 */
export function serve(workerd, prepared, write = (text) => process.stderr.write(text)) {
  const child = spawn(workerd, prepared.arguments, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...prepared.environment },
  })
  let stopping = false
  let lastWords = ''
  const heartbeat = setInterval(() => touch(prepared.build), HEARTBEAT_MS).unref()

  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (stopping || isNoise(line)) return
      lastWords = line
      write(`${line}\n`)
    })
  }

  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, stopping, lastWords: error.message }))
    child.once('exit', (code, signal) => resolve({ code, signal, stopping, lastWords }))
  }).then((end) => {
    clearInterval(heartbeat)
    rmSync(prepared.pidFile, { force: true })
    return end
  })
  if (child.pid !== undefined) writeFileSync(prepared.pidFile, String(child.pid))

  const ready = listening(child).then(async (port) => {
    await answering(prepared.callHost, port, () => child.exitCode === null && child.signalCode === null)
    return port
  })

  const stop = async () => {
    stopping = true
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    const end = await ended
    clearTimeout(late)
    return end
  }

  const early = ended.then((end) => {
    throw new Error(`workerd stopped before it was ready${end.lastWords === '' ? '' : `: ${end.lastWords}`}`)
  })
  early.catch(() => {}) // once ready, an end is no failure to start
  return {
    pid: child.pid,
    ready: Promise.race([ready, early]),
    ended,
    stop,
    kill: (signal) => child.kill(signal),
  }
}

/** workerd reports each socket on its control descriptor; ours is the only one. */
function listening(child) {
  return new Promise((resolve) => {
    createInterface({ input: child.stdio[3] }).on('line', (line) => {
      const message = JSON.parse(line)
      if (message.event === 'listen') resolve(message.port)
    })
  })
}

async function answering(host, port, isAlive) {
  const beganAt = Date.now()
  let sickAt = 0
  while (isAlive()) {
    const status = await health(host, port)
    if (status === 200) return
    if (status !== 0) sickAt ||= Date.now()
    if (sickAt !== 0 && Date.now() - sickAt > SICK_MS)
      throw new Error(`the Worker answers GET /health with status ${status}; see its messages above`)
    if (Date.now() - beganAt > READY_MS)
      throw new Error(`nothing answered GET /health for ${READY_MS / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function health(host, port) {
  return new Promise((resolve) => {
    const call = request({ host, port, path: '/health', timeout: 5_000, agent: false }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode))
    })
    call.once('timeout', () => call.destroy())
    call.once('error', () => resolve(0))
    call.end()
  })
}

function touch(folder) {
  const now = new Date()
  try {
    utimesSync(folder, now, now)
  } catch {
    // tidied away by hand; workerd has long read it
  }
}
