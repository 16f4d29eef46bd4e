// A long text with facts hidden at several depths, and whether an answer has them. Pure.
import type { CountTokens } from '../../shared/tokens.ts'
import { mentions } from './checks/plain.ts'
import { randomFrom, type Random } from '../../shared/random.ts'
import { GOODS, MONTHS, NOUNS, PEOPLE, TOWNS } from './tasks/words.ts'

export interface Haystack {
  readonly prompt: string
  /** For each depth, from the beginning to the end: does the answer have the fact that was hidden there? */
  readonly found: (answer: string) => boolean[]
  /** A right answer. */
  readonly example: string
}

const DEPTHS = [0.02, 0.25, 0.5, 0.75, 0.98] as const
/** A short text has room for three only. */
const SHORT_DEPTHS = [0.02, 0.5, 0.98] as const

/** Where so many facts stand in a text, from its beginning (0) to its end (1). */
export const depthsOf = (facts: number): readonly number[] =>
  facts === SHORT_DEPTHS.length ? SHORT_DEPTHS : DEPTHS
const SHORT_TOKENS = 600
/** Sentences are counted many at a time: the counter is slow to begin with. */
const CHUNK = 16

const sentence = (random: Random): string =>
  `${random.pick(PEOPLE)} carried ${random.whole(3, 98)} ${random.pick(GOODS)} from ${random.pick(TOWNS)} to ${random.pick(TOWNS)} in ${random.pick(MONTHS)}.`

/** `tokens` is the length of the whole prompt, by `count`. The same seed hides the same facts. */
export function hide(seed: string, tokens: number, count: CountTokens): Haystack {
  const random = randomFrom(seed)
  const depths = tokens < SHORT_TOKENS ? SHORT_DEPTHS : DEPTHS
  const facts = random
    .some(NOUNS, depths.length)
    .map((name) => ({ name, code: String(random.whole(10_000, 99_999)) }))
  const said = facts.map(({ name, code }) => `The code of the ${name} room is ${code}.`)
  const question = `What are the codes of these rooms: ${facts.map(({ name }) => name).join(', ')}? Answer with one line for each, as "room: code".`
  const room = tokens - count(`${said.join(' ')}\n\n${question}`)
  const lines: string[] = []
  for (let used = 0; used < room;) {
    const chunk = Array.from({ length: CHUNK }, () => sentence(random))
    const size = count(chunk.join(' '))
    const share = Math.min(1, (room - used) / size)
    lines.push(...chunk.slice(0, Math.floor(chunk.length * share)))
    used += size
  }
  for (const [at, depth] of [...depths.entries()].toReversed())
    lines.splice(Math.floor(depth * lines.length), 0, said[at] ?? '')
  return {
    prompt: `${lines.join(' ')}\n\n${question}`,
    found: (answer) => facts.map(({ code }) => mentions(answer, code)),
    example: facts.map(({ name, code }) => `${name}: ${code}`).join('\n'),
  }
}
