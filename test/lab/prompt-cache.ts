// The prompt caches of vendors, by the rules that they have written down; their reports then stand in each wire's usage.
// OpenAI before GPT-5.6: prefixes of 1,024 tokens and more in steps of 128, kept for five minutes from the last use on a
// machine that is found by the first 256 tokens and the client's key; about 15 requests a minute for one such pair, the
// others go elsewhere. GPT-5.6 and later: up to the newest question exactly, half an hour, and writing is counted.
// https://developers.openai.com/api/docs/guides/prompt-caching
// Anthropic: up to marks, four at most, each looked for 20 blocks back, five minutes from the last use.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching
// Amazon: the same for Claude; for Nova only where a point stood. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
// Gemini: what began alike of late, no promise made. https://ai.google.dev/gemini-api/docs/caching
// Workers AI: what the machine has that a session leads to, any machine without one.
// https://developers.cloudflare.com/workers-ai/features/prompt-caching/
import { createHash } from 'node:crypto'
import type { LabUsage } from './behaviour.ts'
import { type Unit, unitsOf } from './prompt-units.ts'
import type { LabRequest } from './wire.ts'

export interface PromptCache {
  /** What the vendor's usage says of the prompt of this request, and what it keeps of it from now on. */
  use(request: LabRequest): Partial<LabUsage>
}

const MINUTE_MS = 60_000
const CHARS_PER_TOKEN = 4
const OPENAI = { least: 1_024, step: 128, routed: 256, perMinute: 15, lifeMs: 5 * MINUTE_MS }
const MARKED = { lookback: 20, marks: 4, lifeMs: 5 * MINUTE_MS }
const EXACT = { lifeMs: 30 * MINUTE_MS, considered: 80 }
const GEMINI_LEAST = 4_096
/** Machines behind Workers AI; a request without a session comes to any of them. */
const MACHINES = 8
/** Least of Workers AI is not told; blocks of a cache are mostly so long. */
const BLOCK = 64

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url')
const tokensOf = (text: string): number => Math.ceil(text.length / CHARS_PER_TOKEN)

/** Marks of shorter prompts are ignored. Told in this order; others of Claude's are younger. */
function leastOf(model: string): number {
  if (model.includes('nova-')) return 1_000
  if (/(?:opus|haiku)-4-5|opus-4-6/.test(model)) return 4_096
  if (/opus-4-7|3-5-haiku/.test(model)) return 2_048
  return /claude-3|(?:opus|sonnet)-4|sonnet-5$/.test(model) ? 1_024 : 512
}

export function openPromptCache(now: () => number = Date.now): PromptCache {
  const kept = new Map<string, number>() // until when
  const asked = new Map<string, number[]>() // when each pair of beginning and key came
  let turn = 0

  const has = (name: string): boolean => (kept.get(name) ?? Number.NEGATIVE_INFINITY) >= now()
  const keep = (name: string, lifeMs: number): void => void kept.set(name, now() + lifeMs)

  /** Which machine of OpenAI's: the first 15 a minute come to one, the next to another. */
  const machineOf = (pair: string): string => {
    const times = [...(asked.get(pair) ?? []).filter((at) => at > now() - MINUTE_MS), now()]
    asked.set(pair, times)
    return `${pair} ${Math.floor((times.length - 1) / OPENAI.perMinute)}`
  }

  const bySteps = (machine: string, text: string, least: number, step: number, lifeMs: number): number => {
    let cached = 0
    for (let tokens = least; tokens <= tokensOf(text); tokens += step) {
      const name = `${machine} ${hash(text.slice(0, tokens * CHARS_PER_TOKEN))}`
      if (has(name)) cached = tokens
      keep(name, lifeMs)
    }
    return cached
  }

  /** Names of everything up to each unit, and how long that is. */
  const prefixes = (owner: string, units: readonly Unit[]) => {
    let text = ''
    return units.map((unit) => {
      text += unit.text
      return { ...unit, name: `${owner} ${hash(text)}`, tokens: tokensOf(text) }
    })
  }

  const byMarks = (
    owner: string,
    units: readonly Unit[],
    least: number,
    lookback: number,
  ): Partial<LabUsage> => {
    const all = prefixes(owner, units)
    const marks = all.flatMap(({ mark, tokens }, at) => (mark === true && tokens >= least ? [at] : []))
    const found = marks.map((at) =>
      all.slice(Math.max(0, at - lookback), at + 1).findLast(({ name }) => has(name)),
    )
    const read = found.reduce((most, one) => (one === undefined || one.tokens < most ? most : one.tokens), 0)
    const upto = all[marks.at(-1) ?? -1]?.tokens ?? 0
    for (const one of [...found, ...marks.map((at) => all[at])])
      if (one !== undefined) keep(one.name, MARKED.lifeMs)
    return { prompt: all.at(-1)?.tokens ?? 0, cached: read, cacheWrite: Math.max(0, upto - read) }
  }

  const exactly = (owner: string, units: readonly Unit[]): Partial<LabUsage> => {
    const all = prefixes(owner, units)
    const asks = all.filter((unit) => unit.asks === true && unit.tokens >= OPENAI.least)
    const read = asks.slice(-EXACT.considered).findLast(({ name }) => has(name))
    const newest = asks.at(-1)
    for (const one of [read, newest]) if (one !== undefined) keep(one.name, EXACT.lifeMs)
    const cached = read?.tokens ?? 0
    return { prompt: all.at(-1)?.tokens ?? 0, cached, cacheWrite: (newest?.tokens ?? cached) - cached }
  }

  return {
    use(request) {
      const { wire = '', model, headers, body } = request
      const units = unitsOf(request)
      if (units === undefined) return {}
      const text = units.map((unit) => unit.text).join('')
      const owner = `${wire.replace(/-stream$/, '')} ${model}`
      if (wire === 'anthropic') return byMarks(owner, units, leastOf(model), MARKED.lookback)
      if (wire.startsWith('bedrock'))
        return byMarks(owner, units, leastOf(model), model.includes('nova-') ? 0 : MARKED.lookback)
      if (wire.startsWith('openai')) {
        const key = typeof body['prompt_cache_key'] === 'string' ? body['prompt_cache_key'] : ''
        const beginning = hash(text.slice(0, OPENAI.routed * CHARS_PER_TOKEN))
        const machine = machineOf(`${owner} ${beginning} ${key}`)
        if (/^gpt-5\.(?:[6-9]|\d\d)/.test(model)) return exactly(machine, units)
        const { least, step, lifeMs } = OPENAI
        return { prompt: tokensOf(text), cached: bySteps(machine, text, least, step, lifeMs) }
      }
      if (wire.startsWith('gemini'))
        return { prompt: tokensOf(text), cached: bySteps(owner, text, GEMINI_LEAST, BLOCK, OPENAI.lifeMs) }
      const session = headers['x-session-affinity']
      turn += 1
      const machine = typeof session === 'string' ? hash(session) : String(turn % MACHINES)
      return {
        prompt: tokensOf(text),
        cached: bySteps(`${owner} ${machine}`, text, BLOCK, BLOCK, OPENAI.lifeMs),
      }
    },
  }
}
