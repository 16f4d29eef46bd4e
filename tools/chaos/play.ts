// A run: a gateway between many clients and two flaky targets, killed midway if wanted, and then everything counted.
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startGateway } from '../../test/lab/gateway.ts'
import { start } from '../bench/process.ts'
import { type Books, type Key, openBooks, type Row } from './books.ts'
import { bookOf, type Book, idOf, type Kill, type Run } from './checks.ts'
import { ask, type Told } from './client.ts'
import { diceOf } from './faults.ts'
import { watchMemory } from './memory.ts'
import { warm } from './warm.ts'

export interface Options {
  readonly requests: number
  /** Requests under way at a time. */
  readonly at: number
  /** The gateway's process is killed after half of them, and started again. */
  readonly kill: boolean
  readonly seed: number
}

export interface Played extends Run {
  /** The fault -> how often it came up; `none` for calls that were treated well. */
  readonly dealt: Readonly<Record<string, number>>
  readonly seconds: number
}

/** Of all clients this share goes away in the middle of its answer. */
const LEAVING = 0.01
const KEYS = 3
/** Below this memory is not judged, and nothing has to be warm. */
const LONG_RUN = 5_000
const SETTLE_MS = 60_000
const QUIET_MS = 1_500
/** What a killed process had not carried to the database yet, its successor finds within so long. */
const REVIVAL_MS = 12_000
const PRICE = { input: 2, output: 10 }

/** Every limit short, so that a fault takes a second or two and not a minute. */
const TIMEOUTS = {
  headMs: 1_500,
  firstTokenMs: 1_500,
  idleMs: 1_000,
  totalMs: 20_000,
  floorTokensPerSecond: 5,
  floorWindowMs: 1_500,
}

const configOf = (baseUrl: string): object => ({
  providers: {
    one: { baseUrl, apiKey: ['$CHAOS_KEY_1', '$CHAOS_KEY_2'] },
    two: { baseUrl, apiKey: ['$CHAOS_KEY_1', '$CHAOS_KEY_2'] },
  },
  models: {
    first: { provider: 'one', model: 'first-1', price: PRICE },
    second: { provider: 'two', model: 'second-1', price: PRICE },
  },
  routes: { flaky: { order: ['first', 'second'] } },
  timeouts: TIMEOUTS,
})

export async function play(options: Options, say: (line: string) => void = () => undefined): Promise<Played> {
  const { requests, seed } = options
  const provider = await start(
    process.execPath,
    [join(import.meta.dirname, 'upstream.ts'), String(seed)],
    /^\d+$/,
  )
  const origin = `http://127.0.0.1:${provider.line}`
  const gateway = await startGateway({
    config: configOf(`${origin}/v1`),
    env: { CHAOS_KEY_1: 'sk-chaos-the-first-key', CHAOS_KEY_2: 'sk-chaos-the-second-key' },
  }).catch(async (error: unknown) => {
    await provider.stop()
    throw error
  })
  const agent = new Agent({ keepAlive: true, maxSockets: options.at })
  try {
    const books = openBooks(gateway.url)
    const keys = await makeKeys(books, 'first')
    const warmed = async (): Promise<void> => {
      const [key] = keys
      if (key !== undefined && requests >= LONG_RUN) await warm(gateway.port, key)
    }
    await warmed()
    const memory = watchMemory(gateway.pid)
    const told: Told[] = []
    let next = 0
    let kill: Kill | undefined
    let isKilled = !options.kill
    let back: Promise<void> = Promise.resolve()

    const crash = async (): Promise<void> => {
      const killedAt = Date.now()
      await gateway.kill()
      await gateway.restart()
      const backAt = Date.now()
      await warmed()
      memory.next(gateway.pid, told.length)
      kill = { killedAt, books: (await settled(books, keys, REVIVAL_MS)).books }
      keys.push(...(await makeKeys(books, 'second')))
      say(`killed after ${next} requests; back after ${backAt - killedAt} ms`)
    }
    const client = async (): Promise<void> => {
      while (next < requests) {
        const request = next
        next += 1
        if (!isKilled && request >= requests / 2) {
          isKilled = true
          back = crash()
        }
        await back
        const dice = diceOf(seed + request)
        const leaves = dice() < LEAVING
        const { key } = keys[request % keys.length] ?? { key: '' }
        told.push(
          await ask({
            port: gateway.port,
            agent,
            key,
            request,
            id: idOf(request),
            model: 'flaky',
            ...(leaves ? { leaveAfter: 2 + Math.floor(dice() * 16) } : {}),
          }),
        )
        if (told.length % 1_000 === 0) say(`${told.length} of ${requests}`)
      }
    }

    const startedAt = Date.now()
    await Promise.all(Array.from({ length: options.at }, client))
    const seconds = (Date.now() - startedAt) / 1_000
    const lives = memory.stop(told.length)
    const written = await settled(books, keys, QUIET_MS)
    const dealt = (await (await fetch(`${origin}/dealt`)).json()) as Record<string, number>
    return { told, ...written, lives, kill, dealt, seconds }
  } finally {
    agent.destroy()
    await Promise.all([gateway.stop(), provider.stop()])
  }
}

const makeKeys = (books: Books, name: string): Promise<Key[]> =>
  Promise.all(Array.from({ length: KEYS }, (_, at) => books.makeKey(`${name} ${at}`)))

interface Written {
  readonly rows: readonly Row[]
  readonly books: readonly Book[]
}

async function readBooks(books: Books, keys: readonly Key[]): Promise<Written> {
  const rows = await books.rows()
  const read = await Promise.all(keys.map(async (key) => bookOf(key, await books.balance(key), rows)))
  return { rows, books: read }
}

/** What is written once nothing more has come for so long: rows and reports follow their requests. */
async function settled(books: Books, keys: readonly Key[], quietMs: number): Promise<Written> {
  let last = await readBooks(books, keys)
  let quietSince = Date.now()
  for (const until = Date.now() + SETTLE_MS; Date.now() < until;) {
    await wait(1_500)
    const now = await readBooks(books, keys)
    const isSame =
      now.rows.length === last.rows.length && JSON.stringify(now.books) === JSON.stringify(last.books)
    if (!isSame) quietSince = Date.now()
    last = now
    if (Date.now() - quietSince >= quietMs) return now
  }
  return last
}
