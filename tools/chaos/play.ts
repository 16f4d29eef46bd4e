// A run: a gateway between many clients and two flaky targets, killed midway if wanted, and then everything counted.
import { type Books, type Key, openBooks } from './books.ts'
import { idOf, type Kill, type Run } from './checks.ts'
import { ask, type Told } from './client.ts'
import { seededRandom } from '../../shared/random.ts'
import { watchMemory } from './memory.ts'
import { QUIET_MS, REVIVAL_MS, settled } from './settle.ts'
import { openStage } from './stage.ts'
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
const PRICE = { input: 2, output: 10 }

export async function play(options: Options, say: (line: string) => void = () => undefined): Promise<Played> {
  const { requests, seed } = options
  const stage = await openStage(seed, PRICE, options.at)
  const { gateway, agent } = stage
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
        const dice = seededRandom(seed + request)
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
    return { told, ...written, lives, kill, dealt: await stage.dealt(), seconds }
  } finally {
    await stage.close()
  }
}

const makeKeys = (books: Books, name: string): Promise<Key[]> =>
  Promise.all(Array.from({ length: KEYS }, (_, at) => books.makeKey(`${name} ${at}`, 1_000)))
