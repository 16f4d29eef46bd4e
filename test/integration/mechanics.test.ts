// What workerd and the compiler really do, where the house rests on it. A claim that stops being true fails here first.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visit } from '../lab/socket.ts'
import { until } from '../lab/until.ts'
import { startVendor, type Vendor } from '../lab/vendor.ts'
import { startWorker, type Worker } from '../lab/worker.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Streams the lab's model `x` on, by way of the marks that a test asks for; prints what happened. */
const SOURCE = (lab: string): string => `
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

const encoder = new TextEncoder()
const upstream = (model, signal) => fetch('${lab}/chat/completions', { method: 'POST', signal,
  body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] }) })

/** A body over the upstream's that tells how it ended. */
function piped(name, source, hooks) {
  const reader = source.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        hooks.end('finish')
        controller.close()
      } catch { hooks.end('error'); controller.close() }
    },
    cancel() { console.log(name + ' cancel'); hooks.end('cancel'); return reader.cancel() },
  })
}

const app = new Hono()
app.get('/sse', (c) => streamSSE(c, async (stream) => {
  await stream.writeSSE({ data: 'one' })
  throw new Error('boom')
}))

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url)
    const name = pathname.slice(1)
    if (name === 'errors') {
      let count = 0
      return new Response(new ReadableStream({
        async pull(controller) {
          await scheduler.wait(5)
          if (count++ < 3) controller.enqueue(encoder.encode('data: ' + count + '\\n\\n'))
          else controller.error(new Error('boom'))
        },
      }), { headers: { 'content-type': 'text/event-stream' } })
    }
    if (name === 'sse') return app.fetch(request)
    if (name.startsWith('signal')) request.signal.addEventListener('abort', () => console.log(name + ' signal'))
    if (name.startsWith('signal-before')) {
      await request.text()
      await scheduler.wait(60_000)
    }
    if (name === 'transform') {
      const source = (await upstream(name)).body
      const tap = new TransformStream({ flush() { console.log(name + ' flush') }, cancel() { console.log(name + ' cancel') } })
      return new Response(source.pipeThrough(tap))
    }
    let settled = 0
    const { promise, resolve } = Promise.withResolvers()
    const body = piped(name, (await upstream(name)).body, { end: (how) => resolve(how) })
    const end = promise.then((how) => console.log(name + ' settled ' + how + ' ' + ++settled))
    if (name === 'deferred') ctx.waitUntil(end)
    return new Response(body)
  },
}
`

let lab: Vendor
let worker: Worker
let plain: Worker

beforeAll(async () => {
  lab = await startVendor()
  ;[worker, plain] = await Promise.all([
    startWorker(SOURCE(lab.url), ['enable_request_signal']),
    startWorker(SOURCE(lab.url)),
  ])
})
afterAll(async () => {
  await Promise.all([worker.stop(), plain.stop()])
  await lab.stop()
})

const ENDLESS = { text: 'word '.repeat(2_000), everyMs: 10 }

/** Visits, waits for the first events, leaves. */
async function leaveInMidStream(at: Worker, name: string): Promise<void> {
  lab.always(name, ENDLESS)
  const leaving = visit(at.port, `/${name}`, '{}')
  await until('the first events', () => leaving.received().includes('word'))
  leaving.close()
}

describe.concurrent('workerd', () => {
  // Seen both ways, by version and front end: a clean end, and here a connection broken off. Neither tells anything.
  test('a body stream that errors midway has sent status 200, and its error never reaches the client', async () => {
    const visitor = visit(worker.port, '/errors', '{}', { connection: 'close' })
    await until('the last event', () => visitor.received().includes('data: 3'))
    const response = await fetch(`${worker.url}/errors`)
    const text = await response.text().catch(() => 'broken off')
    expect(response.status).toBe(200)
    expect(text + visitor.received()).not.toContain('boom')
  })

  test('hono streamSSE turns an uncaught error into a clean end', async () => {
    const response = await fetch(`${worker.url}/sse`)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('data: one\n\n')
  })

  // Whether the cancel hook runs is not promised: it was seen not to with another front end, and is seen to here.
  test('a client that leaves with nothing deferred lets the upstream go', async () => {
    await leaveInMidStream(plain, 'abandoned')
    await until('the upstream to be let go', () => lab.seen('abandoned')[0]?.leftAt)
  })

  test('a client that leaves with the end deferred cancels the upstream and settles once', async () => {
    await leaveInMidStream(worker, 'deferred')
    await until('the upstream to be cancelled', () => lab.seen('deferred')[0]?.leftAt)
    await until('the settling', () => worker.lines().some((line) => line.startsWith('deferred settled')))
    expect(worker.lines().filter((line) => line.startsWith('deferred'))).toEqual([
      'deferred cancel',
      'deferred settled cancel 1',
    ])
  })

  test('a transform stream is also cancelled when the upstream dies', async () => {
    lab.always('transform', { text: 'one two three four', cutAfter: 3, cut: 'reset' })
    await fetch(`${worker.url}/transform`)
      .then((response) => response.text())
      .catch(() => 'broken off')
    await until('the cancel', () => worker.lines().includes('transform cancel'))
    expect(worker.lines()).not.toContain('transform flush')
  })

  test('the request signal fires when the client leaves in mid-stream, with nothing deferred', async () => {
    await leaveInMidStream(worker, 'signal')
    await until('the signal', () => worker.lines().includes('signal signal'))
  })

  test('before the head a reset fires the request signal, but a close is not seen: half-closed is legal', async () => {
    const closing = visit(worker.port, '/signal-before-close', '{}')
    const resetting = visit(worker.port, '/signal-before-reset', '{}')
    // Both have been read once a later request has been answered.
    await fetch(`${worker.url}/sse`).then((response) => response.text())
    closing.close()
    resetting.reset()
    await until('the signal', () => worker.lines().includes('signal-before-reset signal'))
    expect(worker.lines()).not.toContain('signal-before-close signal')
  })
})

describe('the compiler', () => {
  const compile = (folder: string): string => {
    try {
      execFileSync(
        process.execPath,
        [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(folder, 'shared')],
        { encoding: 'utf8' },
      )
      return ''
    } catch (error) {
      return String(Reflect.get(Object(error), 'stdout'))
    }
  }

  /** A copy of shared/ with one change. */
  const changed = (change: (folder: string) => void): string => {
    const folder = mkdtempSync(join(tmpdir(), 'minnow-compile-'))
    try {
      cpSync(join(ROOT, 'shared'), join(folder, 'shared'), { recursive: true })
      cpSync(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
      cpSync(join(ROOT, 'node_modules/zod'), join(folder, 'node_modules/zod'), { recursive: true })
      change(folder)
      return compile(folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  test('refuses fetch in shared/', () => {
    const said = changed((folder) =>
      writeFileSync(join(folder, 'shared/impure.ts'), "export const impure = () => fetch('/')\n"),
    )
    expect(said).toMatch(/impure\.ts.*error TS2304: Cannot find name 'fetch'/)
  })

  test('refuses a failure that nobody has judged', () => {
    const said = changed((folder) => {
      const file = join(folder, 'shared/failure.ts')
      const source = readFileSync(file, 'utf8')
      writeFileSync(
        file,
        source.replace(
          "| { readonly kind: 'cancelled' }",
          "| { readonly kind: 'cancelled' }\n  | { readonly kind: 'unheard-of' }",
        ),
      )
    })
    expect(said).toMatch(/failure\.ts.*error TS2366/)
  })
})
