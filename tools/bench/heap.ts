// What V8 holds within a running workerd, after a full collection: asked of its inspector, with which it has to be started.
// Of all isolates together: the gateway's, and those of workerd's own D1, cron and files.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { pick } from '../../test/lab/client.ts'

/** In MB (10^6 bytes). */
export interface Heap {
  /** What is alive. */
  readonly usedMb: number
  /** What V8 has taken of the system for it, used or not. */
  readonly takenMb: number
  /** Bytes of buffers, which lie outside. */
  readonly buffersMb: number
}

/** Lets a prepared gateway be looked into: says what workerd is to be started with, and where it answers then. */
export async function openInspector(
  args: readonly string[],
): Promise<{ readonly arguments: readonly string[]; readonly origin: string }> {
  const [command = '', ...rest] = args
  const capnp = rest.at(-1) ?? ''
  const text = readFileSync(capnp, 'utf8')
  const flagged = text.replace('v8Flags = [', 'v8Flags = ["--expose-gc", ')
  if (flagged === text) throw new Error(`${capnp} has no flags of V8`)
  writeFileSync(capnp, flagged)
  const address = `127.0.0.1:${await freePort()}`
  return { arguments: [command, `--inspector-addr=${address}`, ...rest], origin: `http://${address}` }
}

/** Collects what nobody holds, then reads what is left. */
export async function heapOf(origin: string): Promise<Heap> {
  const isolates = (await (await fetch(`${origin}/json`)).json()) as { webSocketDebuggerUrl: string }[]
  const all = await Promise.all(isolates.map(({ webSocketDebuggerUrl }) => isolateHeap(webSocketDebuggerUrl)))
  const sum = (name: keyof Heap): number => all.reduce((total, heap) => total + heap[name], 0)
  return { usedMb: sum('usedMb'), takenMb: sum('takenMb'), buffersMb: sum('buffersMb') }
}

async function isolateHeap(address: string): Promise<Heap> {
  const session = await openSession(address)
  try {
    // Not `HeapProfiler.collectGarbage`: workerd never comes to the task that V8 makes of it. Twice, since what a first one
    // finds to be finalised is only let go of by a second one.
    const contextId = await session.context()
    for (let time = 0; time < 2; time += 1)
      await session.ask('Runtime.evaluate', { contextId, expression: 'gc()' })
    const usage = await session.ask('Runtime.getHeapUsage')
    const megabytes = (name: string): number => Number(pick(usage, name) ?? 0) / 1e6
    return {
      usedMb: megabytes('usedSize'),
      takenMb: megabytes('totalSize'),
      buffersMb: megabytes('backingStorageSize'),
    }
  } finally {
    session.close()
  }
}

interface Session {
  /** The one in which the Worker runs. */
  context(): Promise<number>
  ask(method: string, params?: object): Promise<unknown>
  close(): void
}

async function openSession(address: string): Promise<Session> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const contexts = new Set<number>()
  let last = 0
  socket.addEventListener('message', ({ data }) => {
    const message: unknown = JSON.parse(String(data))
    const asked = waiting.get(Number(pick(message, 'id')))
    if (pick(message, 'method') === 'Runtime.executionContextCreated')
      contexts.add(Number(pick(message, 'params', 'context', 'id')))
    const error = pick(message, 'error', 'message') ?? pick(message, 'result', 'exceptionDetails', 'text')
    if (error === undefined) asked?.resolve(pick(message, 'result'))
    else asked?.reject(new Error(`the inspector says: ${String(error)}`))
  })
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error(`the inspector at ${address} hung up`))
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${address}`)), { once: true })
  })
  const ask: Session['ask'] = async (method, params = {}) => {
    const id = (last += 1)
    const asked = Promise.withResolvers<unknown>()
    waiting.set(id, asked)
    socket.send(JSON.stringify({ id, method, params }))
    return asked.promise.finally(() => waiting.delete(id))
  }
  return {
    ask,
    async context() {
      await ask('Runtime.enable') // tells all contexts before it answers
      await ask('Runtime.disable')
      const [id] = contexts
      if (id === undefined) throw new Error(`nothing runs at ${address}`)
      return id
    },
    close: () => socket.close(),
  }
}

/** workerd tells the port of its inspector to whoever reads its control descriptor, which is its launcher. */
function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
