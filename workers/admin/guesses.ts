// Guesses at the admin key, counted by the address they come from: after a few, that address waits before another key is
// looked at, right or wrong, twice as long each time. D1 tells isolates of each other's; what this one saw counts at once.
import { Failed } from '../../shared/failure.ts'
import { digestOf } from '../digest.ts'
import { FORGET_MS, guessed, type Guesses, placeOf, surer, waitFor } from './pause.ts'

export interface Guard {
  /** Throws where the address has to wait; of a wrong key it takes note, of a right one it forgets the wrong ones before. */
  weigh(request: Request, isRight: boolean): Promise<void>
}

export interface GuardOptions {
  readonly database: D1Database
  readonly now: () => number
  readonly warn: (message: string) => void
}

const MOST_ADDRESSES = 1_000

const READ = 'SELECT count, last_at AS lastAt FROM guesses WHERE address = ?'
// What another isolate counted meanwhile is added to, not written over.
const NOTE = `INSERT INTO guesses (address, count, last_at) VALUES (?1, 1, ?2)
  ON CONFLICT (address) DO UPDATE SET count = CASE WHEN last_at < ?3 THEN 1 ELSE count + 1 END, last_at = ?2`
const FORGET = 'DELETE FROM guesses WHERE address = ?'
const FORGET_OLD = 'DELETE FROM guesses WHERE last_at < ?'

export function openGuard({ database, now, warn }: GuardOptions): Guard {
  const seen = new Map<string, Guesses>() // a cache, bounded by MOST_ADDRESSES; who was seen first goes first
  const keep = (place: string, guesses: Guesses): void => {
    seen.delete(place)
    seen.set(place, guesses)
    const [oldest] = seen.keys()
    if (seen.size > MOST_ADDRESSES && oldest !== undefined) seen.delete(oldest)
  }
  const check = (place: string, at: number): void => {
    const waitMs = waitFor(seen.get(place), at)
    if (waitMs > 0) throw tooMany(waitMs)
  }

  return {
    async weigh(request, isRight) {
      const at = now()
      const place = addressOf(request)
      check(place, at)
      const before = seen.get(place)
      // Counted before anything is awaited, so that many at once are not all looked at.
      if (!isRight) keep(place, guessed(before, at))
      try {
        const name = await digestOf(place)
        const stored = await database.prepare(READ).bind(name).first<Guesses>()
        const waitMs = waitFor(stored ?? undefined, at)
        if (waitMs > 0) {
          keep(place, surer(seen.get(place), stored ?? undefined) ?? guessed(before, at))
          throw tooMany(waitMs)
        }
        if (isRight) {
          seen.delete(place)
          if (stored !== null) await database.prepare(FORGET).bind(name).run()
        } else {
          keep(place, surer(seen.get(place), guessed(stored ?? undefined, at)) ?? guessed(before, at))
          const old = at - FORGET_MS
          await database.batch([
            database.prepare(NOTE).bind(name, at, old),
            database.prepare(FORGET_OLD).bind(old),
          ])
        }
      } catch (error) {
        if (error instanceof Failed) throw error
        // An operator must get in while D1 is away: what this isolate saw has been judged by.
        warn('the admin key was weighed without D1, so guesses at other isolates were not counted')
      }
    },
  }
}

/** Cloudflare says who asks, and by its place that it was Cloudflare; anywhere else the header could be anybody's. */
function addressOf(request: Request): string {
  const address = request.headers.get('cf-connecting-ip')
  const isCloudflare = typeof request.cf?.['colo'] === 'string'
  return !isCloudflare || address === null ? 'all' : placeOf(address)
}

function tooMany(waitMs: number): Failed {
  const seconds = Math.ceil(waitMs / 1_000)
  const wait = seconds === 1 ? 'one second' : `${seconds} seconds`
  return new Failed({
    kind: 'over-budget',
    unit: 'requests',
    code: 'rate_limit_exceeded',
    message: `Too many wrong admin keys came from this address. Try again in ${wait}; until then no key from here is looked at, the right one included. A browser that is signed in stays so.`,
    retryAfterMs: waitMs,
  })
}
