// One key with one budget, many clients that ask until it is refused for good, the gateway killed when half is spent.
import { setTimeout as wait } from 'node:timers/promises'
import { type Balance, type Books, type Key, openBooks, type Receipt } from './books.ts'
import { idOf, type Kill, type Run } from './checks.ts'
import { ask, type Told } from './client.ts'
import { seededRandom } from '../../shared/random.ts'
import { QUIET_MS, REVIVAL_MS, settled } from './settle.ts'
import { openStage, type Stage } from './stage.ts'

export interface Options {
  readonly usd: number
  /** Requests under way at a time. */
  readonly at: number
  readonly kill: boolean
  readonly seed: number
}

/** Micro-dollars, as the budget was read all through the run. */
export interface Watched {
  readonly reads: number
  /** While the gateway was down. */
  readonly failed: number
  readonly mostSpent: number
  readonly mostHeld: number
}

export interface Spent extends Run {
  readonly limit: number
  readonly watched: Watched
  readonly receipts: readonly Receipt[]
  /** The requests that were sent after the last one was refused. */
  readonly late: readonly number[]
  /** What the killed process had lent and nobody gives back: it counts as spent. */
  readonly stranded: number
  /** How often all clients were refused while others still held something, and asked again afterwards. */
  readonly rounds: number
  readonly dealt: Readonly<Record<string, number>>
  readonly seconds: number
}

export const PRICE = { input: 1.6, output: 8 }
export const MAX_TOKENS = 128
/** Of all clients this share goes away in the middle of its answer. */
const LEAVING = 0.05
const WATCH_MS = 250
/** What isolates hold for the next request goes back within so long. */
const RETURN_MS = 45_000
const ROUNDS = 100

export const isRefused = ({ fate, why }: Pick<Told, 'fate' | 'why'>): boolean =>
  fate === 'error' && why.endsWith('insufficient_quota')

export async function spend(options: Options, say: (line: string) => void = () => undefined): Promise<Spent> {
  const stage = await openStage(options.seed, PRICE, options.at)
  try {
    const books = openBooks(stage.gateway.url)
    const key = await books.makeKey('spender', options.usd)
    const watch = watchBalance(books, key)
    try {
      return await spendAll(options, stage, books, key, watch, say)
    } finally {
      await watch.stop()
    }
  } finally {
    await stage.close()
  }
}

async function spendAll(
  { usd, at, kill: wanted, seed }: Options,
  stage: Stage,
  books: Books,
  key: Key,
  watch: Watch,
  say: (line: string) => void,
): Promise<Spent> {
  const { gateway, agent } = stage
  const limit = Math.round(usd * 1e6)
  const told: Told[] = []
  let next = 0
  let kill: Kill | undefined
  let stranded = 0
  let isKilled = !wanted
  let back: Promise<void> = Promise.resolve()

  const crash = async (): Promise<void> => {
    const killedAt = Date.now()
    await gateway.kill()
    await gateway.restart()
    const backAt = Date.now()
    const { books: found } = await settled(books, [key], REVIVAL_MS)
    kill = { killedAt, books: found }
    stranded = found[0]?.balance.reserved ?? 0
    say(`killed after ${next} requests; back after ${backAt - killedAt} ms; ${stranded} micro-dollars lent`)
  }
  const one = async (): Promise<Told> => {
    const request = next
    next += 1
    const dice = seededRandom(seed + request)
    const leaves = dice() < LEAVING ? { leaveAfter: 2 + Math.floor(dice() * 16) } : {}
    const { port } = gateway
    const question = { port, agent, key: key.key, request, id: idOf(request), model: 'flaky' }
    const answer = await ask({ ...question, maxTokens: MAX_TOKENS, ...leaves })
    told.push(answer)
    if (told.length % 1_000 === 0) say(`${told.length} requests, ${watch.last().spent} micro-dollars spent`)
    return answer
  }
  const client = async (): Promise<void> => {
    for (;;) {
      if (!isKilled && watch.last().spent >= limit / 2) {
        isKilled = true
        back = crash()
      }
      await back
      if (isRefused(await one())) return
    }
  }

  const startedAt = Date.now()
  let rounds = 0
  for (let last: Told | undefined; last === undefined || !isRefused(last); rounds += 1) {
    if (rounds === ROUNDS) throw new Error(`not refused for good after ${ROUNDS} rounds`)
    await Promise.all(Array.from({ length: at }, client))
    for (const until = Date.now() + RETURN_MS; Date.now() < until; await wait(WATCH_MS))
      if ((await books.balance(key)).reserved === stranded) break
    last = await one()
  }
  const seconds = (Date.now() - startedAt) / 1_000
  say(`refused for good after ${next} requests and ${rounds} rounds`)
  const first = next
  await Promise.all(Array.from({ length: at }, one))
  const late = Array.from({ length: at }, (_, position) => first + position)
  const written = await settled(books, [key], QUIET_MS)
  const receipts = await books.receipts(
    key,
    written.rows.map((row) => row.request_id),
  )
  const watched = await watch.stop()
  const dealt = await stage.dealt()
  return {
    told,
    ...written,
    lives: [],
    kill,
    limit,
    watched,
    receipts,
    late,
    stranded,
    rounds,
    dealt,
    seconds,
  }
}

interface Watch {
  last(): Balance
  stop(): Promise<Watched>
}

function watchBalance(books: Books, key: Key): Watch {
  let last: Balance = { spent: 0, reserved: 0 }
  let reads = 0
  let failed = 0
  let mostSpent = 0
  let mostHeld = 0
  const over = new AbortController()
  const watching = (async () => {
    for (; !over.signal.aborted; await wait(WATCH_MS)) {
      const read = await books.balance(key).catch(() => undefined)
      if (read === undefined) {
        failed += 1
        continue
      }
      last = read
      reads += 1
      mostSpent = Math.max(mostSpent, read.spent)
      mostHeld = Math.max(mostHeld, read.spent + read.reserved)
    }
  })()
  return {
    last: () => last,
    async stop() {
      over.abort()
      await watching
      return { reads, failed, mostSpent, mostHeld }
    },
  }
}
