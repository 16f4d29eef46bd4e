// What a probe asks, and what its answers come to. Pure but for the clock inside the answers.
import { completionTokens, promptTokens } from '../../shared/usage.ts'
import type { CountTokens } from '../../shared/tokens.ts'
import type { Told } from './ask.ts'
import { hide } from './needles.ts'
import { LEVELS, levelOf, type Probe } from './plan.ts'
import { randomFrom } from '../../shared/random.ts'
import { PEOPLE } from './tasks/words.ts'
import { taskAt } from './tasks/tasks.ts'

/** One answer that was timed alone. */
export interface Timed {
  readonly firstMs: number
  /** Absent where the answer was too short to tell. */
  readonly perTokenMs?: number
}

export interface Burst {
  readonly requests: number
  readonly wallMs: number
  readonly tokens: number
}

export interface Solved {
  readonly right: boolean
}

/** A look at one length. `tokens` as the model counts them, where it says. */
export interface Look {
  readonly tokens: number
  readonly found: readonly boolean[]
}

export interface Inquiry {
  readonly prompts: readonly string[]
  readonly maxOutput: number
  /** What the answers come to; undefined where they say nothing of it. Every one of them was given. */
  readonly read: (told: readonly Told[], wallMs: number) => unknown
}

/** Answers are bounded: a model that thinks aloud has room, one that never ends costs no fortune. */
const TASK_TOKENS = 1_024
const LIST_TOKENS = 200
const NEEDLE_TOKENS = 400
/** Shorter answers say nothing of the speed between tokens. */
const LEAST_TOKENS = 8
/** Windows of models that nobody has stated are tried up to here. */
const UNSTATED_WINDOW = 32_768

export interface Circumstances {
  readonly seed: string
  readonly concurrency: number
  readonly contextWindow: number | undefined
  /** Tokens as the model counts them, for each that is counted here. */
  readonly tokensRatio: number
  readonly count: CountTokens
}

export function inquire(
  probe: Probe,
  { seed, concurrency, contextWindow, tokensRatio, count }: Circumstances,
): Inquiry {
  const { stage, item } = probe
  switch (stage) {
    case 'latency':
      return {
        prompts: [listing(`${seed}/latency/${item}`)],
        maxOutput: LIST_TOKENS,
        read: ([told]) => timed(told),
      }
    case 'burst': {
      const prompts = Array.from({ length: concurrency }, (_, at) => listing(`${seed}/burst/${item}/${at}`))
      return { prompts, maxOutput: LIST_TOKENS, read: burst }
    }
    case 'task': {
      const task = taskAt(seed, item)
      const read = ([told]: readonly Told[]): Solved => ({ right: task.isRight(told?.text ?? '') })
      return { prompts: [task.prompt], maxOutput: TASK_TOKENS, read }
    }
    case 'context': {
      const window = contextWindow ?? UNSTATED_WINDOW
      const maxOutput = Math.min(NEEDLE_TOKENS, Math.ceil(window * 0.09))
      const tokens = Math.floor(window * (LEVELS[levelOf(item)] ?? 0))
      const { prompt, found } = hide(`${seed}/context/${item}`, Math.floor(tokens / tokensRatio), count)
      const read = ([told]: readonly Told[]): Look => ({
        tokens: told?.usage === undefined ? tokens : promptTokens(told.usage),
        found: found(told?.text ?? ''),
      })
      return { prompts: [prompt], maxOutput, read }
    }
  }
}

/** Something long enough to be timed, and different every time, so that no cache answers it. */
function listing(seed: string): string {
  const random = randomFrom(seed)
  return `Count from ${random.whole(20, 70)} upwards, thirty numbers in words, separated by commas. Begin with the name ${random.pick(PEOPLE)}.`
}

function timed(told: Told | undefined): Timed | undefined {
  if (told?.firstMs === undefined) return undefined
  const tokens = told.usage?.output ?? 0
  const rest = told.totalMs - told.firstMs
  return {
    firstMs: told.firstMs,
    ...(tokens < LEAST_TOKENS ? {} : { perTokenMs: Math.round((rest / (tokens - 1)) * 100) / 100 }),
  }
}

const burst = (told: readonly Told[], wallMs: number): Burst => ({
  requests: told.length,
  wallMs: Math.max(1, wallMs),
  tokens: told.reduce((sum, { usage }) => sum + (usage === undefined ? 0 : completionTokens(usage)), 0),
})
