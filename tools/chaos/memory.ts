// Whether a process keeps its size: its resident memory while it works, one life of it after another.
import { memoryOf } from '../bench/process.ts'

const EVERY_MS = 250

export interface Life {
  /** Requests that were answered in it. */
  readonly requests: number
  /** MB (10^6 bytes), one sample after another. */
  readonly samples: readonly number[]
}

export interface Watch {
  /** The process is another one from now on. `answered` counts the requests of all lives so far. */
  next(pid: number, answered: number): void
  stop(answered: number): readonly Life[]
}

export function watchMemory(pid: number): Watch {
  const lives: { samples: number[]; requests: number }[] = [{ samples: [], requests: 0 }]
  let watched = pid
  const count = (answered: number): void => {
    const [life, ...before] = lives.toReversed()
    if (life !== undefined) life.requests = before.reduce((left, { requests }) => left - requests, answered)
  }
  const timer = setInterval(() => {
    try {
      const { nowMb } = memoryOf(watched)
      if (Number.isFinite(nowMb)) lives.at(-1)?.samples.push(nowMb) // one that is ending has a status and no memory
    } catch {
      // between its end and its next start there is nothing
    }
  }, EVERY_MS)
  return {
    next(following, answered) {
      count(answered)
      watched = following
      lives.push({ samples: [], requests: 0 })
    },
    stop(answered) {
      clearInterval(timer)
      count(answered)
      return lives
    },
  }
}

export interface Growth {
  readonly secondQuarterMb: number
  readonly lastQuarterMb: number
  readonly growth: number
}

/** The first quarter is warming up. Pure. */
export function growthOf({ samples }: Life): Growth {
  const quarter = Math.floor(samples.length / 4)
  const mean = (part: readonly number[]): number => part.reduce((sum, mb) => sum + mb, 0) / part.length
  const secondQuarterMb = mean(samples.slice(quarter, 2 * quarter))
  const lastQuarterMb = mean(samples.slice(3 * quarter))
  return { secondQuarterMb, lastQuarterMb, growth: lastQuarterMb / secondQuarterMb - 1 }
}
