// What is sent of a conversation: always what fits, always the last question, always whole pairs, and with more room never
// less.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Choice, choose, type Choosing, type Sized } from '../../../../shared/context/chooser.ts'
import type { Item, Speaker } from '../../../../shared/context/item.ts'
import { MARKER_TOKENS } from '../../../../shared/context/item.ts'

const LETTERS: Readonly<Record<string, Speaker>> = { u: 'user', a: 'assistant', c: 'calls', r: 'result' }

/** `u10 a20 | u5 c5 | r300 a10`: turns of speakers and tokens. */
function turnsOf(text: string): Sized[] {
  let pathTokens = 0
  return text.split('|').map((turn, at) => {
    const items = turn
      .trim()
      .split(' ')
      .map((word): Item => ({ speaker: LETTERS[word[0] ?? ''] ?? 'other', tokens: Number(word.slice(1)) }))
    pathTokens += items.reduce((sum, { tokens }) => sum + tokens, 0)
    return { position: at + 1, depth: at + 1, pathTokens, items }
  })
}

const chosen = (turns: readonly Sized[], room: number, more: Partial<Choosing> = {}): Choice =>
  choose(turns.toReversed(), { room, continues: false, budget: room, ...more })

/** `1 2~ 3:1`: positions; `~` with its results left out, `:1` only those parts. */
const shown = (turns: readonly Sized[], { picks }: Choice): string =>
  picks
    .map(({ position, parts, lean }) => {
      const items = turns[position - 1]?.items ?? []
      const isLean =
        lean &&
        parts.some((part) => (items[part]?.tokens ?? 0) > MARKER_TOKENS && items[part]?.speaker === 'result')
      return `${position}${isLean ? '~' : ''}${parts.length === items.length ? '' : `:${parts.join(',')}`}`
    })
    .join(' ')

describe('what is sent', () => {
  const talk = 'u100 a100 | u100 a100 | u100 a100 | u100 a100'
  const tools = 'u10 c10 | r400 a10 | u10 c10 | r400 a10 | u10 a10'
  const loop = 'u50 a50 | u10 c10 | r200 c10 | r200 c10 | r200 c10'
  const cases: readonly [string, string, number, boolean, string][] = [
    ['all that fits', talk, 800, false, '1 2 3 4'],
    ['the last turns, with a quarter of the room left free', talk, 799, false, '3 4'],
    ['the last turn, though it takes more than that', talk, 220, false, '4'],
    ['nothing where not even the last turn fits', talk, 199, false, ''],
    ['all turns, without the older results', tools, 700, false, '1 2~ 3 4 5'],
    ['all turns, without any result', tools, 200, false, '1 2~ 3 4~ 5'],
    ['no result without the call before it', tools, 80, false, '5'],
    ['the calls that are being answered, with their question', loop, 1_000, true, '1 2 3 4 5'],
    ['of a long run, its question and the last calls', loop, 60, true, '2:0 4:1 5~'],
    ['of a long run at least its question and the last call', loop, 5, true, '2:0 5:1'],
  ]
  for (const [what, text, room, continues, expected] of cases)
    it(`is ${what}`, () => {
      const turns = turnsOf(text)
      expect(shown(turns, chosen(turns, room, { continues }))).toBe(expected)
    })

  it('stays the same while the last choice fits, and grows with the budget', () => {
    const turns = turnsOf(Array.from({ length: 20 }, () => 'u50 a50').join(' | '))
    const first = chosen(turns, 1_000)
    expect(shown(turns, first)).toBe('14 15 16 17 18 19 20')
    const more = turnsOf(Array.from({ length: 22 }, () => 'u50 a50').join(' | '))
    expect(shown(more, chosen(more, 1_000, { anchor: first.anchor }))).toBe('14 15 16 17 18 19 20 21 22')
    expect(chosen(more, 1_800, { anchor: first.anchor }).picks).toHaveLength(13)
  })

  it('is counted: turns, tokens and results that were left out', () => {
    const turns = turnsOf(tools)
    expect(chosen(turns, 200).left).toEqual({ turns: 0, tokens: 800 - 2 * MARKER_TOKENS, results: 2 })
    expect(chosen(turns, 80)).toMatchObject({ left: { turns: 4, tokens: 860 }, before: 4 })
  })
})

/** Any conversation as clients and models make it: questions, answers, runs of calls and their results. */
const tokens = fc.integer({ min: 1, max: 400 })
const exchange = fc
  .tuple(
    tokens,
    fc.array(fc.array(tokens, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
    tokens,
    fc.boolean(),
  )
  .map(([question, rounds, answer, adds]) => {
    const turns: Item[][] = [[{ speaker: 'user', tokens: question }]]
    for (const results of rounds) {
      turns.at(-1)?.push({ speaker: 'calls', tokens: 12 })
      turns.push(results.map((size): Item => ({ speaker: 'result', tokens: size })))
      if (adds) turns.at(-1)?.push({ speaker: 'user', tokens: 9 })
    }
    turns.at(-1)?.push({ speaker: 'assistant', tokens: answer })
    return turns
  })
const conversation = fc
  .tuple(fc.array(exchange, { minLength: 1, maxLength: 8 }), fc.boolean())
  .map(([exchanges, isOpen]) => {
    const all = exchanges.flat()
    const last = all.at(-1)
    // The last turn called a tool, and its results are what is new.
    if (isOpen && last !== undefined) last[last.length - 1] = { speaker: 'calls', tokens: 12 }
    let pathTokens = 0
    const turns = all.map((items, at): Sized => {
      pathTokens += items.reduce((sum, item) => sum + item.tokens, 0)
      return { position: at + 1, depth: at + 1, pathTokens, items }
    })
    return { turns, continues: isOpen }
  })
const room = fc.integer({ min: 0, max: 4_000 })

const itemsOf = (turns: readonly Sized[], choice: Choice): Item[] =>
  choice.picks.flatMap(({ position, parts }) =>
    parts.flatMap((part) => turns[position - 1]?.items[part] ?? []),
  )

describe('of any conversation', () => {
  it('what is sent fits, unless it is the last question with its last calls alone', () => {
    fc.assert(
      fc.property(conversation, room, ({ turns, continues }, size) => {
        const choice = chosen(turns, size, { continues })
        const isLeast =
          continues && choice.picks.at(-1)?.position === turns.length && choice.picks.length <= 2
        expect(choice.tokens <= size || isLeast).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('every result stands behind its call, and every call before the last has its results', () => {
    fc.assert(
      fc.property(conversation, room, ({ turns, continues }, size) => {
        const speakers = itemsOf(turns, chosen(turns, size, { continues })).map(({ speaker }) => speaker)
        for (const [at, speaker] of speakers.entries()) {
          if (speaker === 'result') expect(['calls', 'result']).toContain(speakers[at - 1])
          if (speaker === 'calls' && at < speakers.length - 1) expect(speakers[at + 1]).toBe('result')
        }
      }),
      { numRuns: 400 },
    )
  })

  it('what is sent begins with a user, and the last one is always there', () => {
    fc.assert(
      fc.property(conversation, room, ({ turns, continues }, size) => {
        const choice = chosen(turns, size, { continues })
        const [first] = itemsOf(turns, choice)
        if (first !== undefined) expect(first.speaker).toBe('user')
        if (!continues) return
        const asked = turns.findLastIndex(({ items }) => items.some(({ speaker }) => speaker === 'user'))
        expect(choice.picks.map(({ position }) => position)).toContain(asked + 1)
      }),
      { numRuns: 400 },
    )
  })

  it('with more room no turn is lost', () => {
    fc.assert(
      fc.property(
        conversation,
        room,
        fc.integer({ min: 0, max: 1_000 }),
        ({ turns, continues }, size, more) => {
          const small = chosen(turns, size, { continues }).picks.map(({ position }) => position)
          const large = new Set(
            chosen(turns, size + more, { continues }).picks.map(({ position }) => position),
          )
          expect(small.filter((position) => !large.has(position))).toEqual([])
        },
      ),
      { numRuns: 600 },
    )
  })

  it('only as much is looked at as could be sent', () => {
    let read = 0
    function* endless(): Generator<Sized> {
      for (let at = 1_000; at > 0; at -= 1) {
        read += 1
        yield {
          position: at,
          depth: at,
          pathTokens: at * 100,
          items: [
            { speaker: 'user', tokens: 50 },
            { speaker: 'assistant', tokens: 50 },
          ],
        }
      }
    }
    choose(endless(), { room: 2_000, budget: 2_000, continues: false })
    expect(read).toBeLessThan(25)
  })
})
