// No window is exceeded by what is estimated wrongly: digits, other scripts and random letters take more tokens than their
// bytes suggest. What is sent is counted here with the real vocabulary, whatever the conversation thought of it.
import { describe, expect, it } from 'vitest'
import { type CountMessage, counting, roughly } from '../../../../workers/conversation/item.ts'
import type { StoredMessage } from '../../../../workers/conversation/transcript.ts'
import { tokenizer } from '../../tokenizer.ts'
import { assistant, openTalk, system, type Talk, user } from './talk.ts'

const exact = counting(await tokenizer())
const ROOM = 4_000

/** A row of numbers that looks random and is the same every time. */
function numbers(seed: number): () => number {
  let state = seed + 1
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state
  }
}

const made = (seed: number, length: number, letter: (random: number) => string): string => {
  const next = numbers(seed)
  return Array.from({ length }, () => letter(next() >>> 8)).join('')
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const TEXTS: readonly (readonly [string, (seed: number) => string])[] = [
  ['digits', (seed) => made(seed, 900, (random) => String(random % 10))],
  ['Chinese', (seed) => made(seed, 300, (random) => String.fromCodePoint(0x4e00 + (random % 20_000)))],
  ['base64', (seed) => made(seed, 900, (random) => LETTERS[random % 64] ?? '')],
  [
    'signs beyond 16 bits',
    (seed) => made(seed, 250, (random) => String.fromCodePoint(0x12000 + (random % 900))),
  ],
]

const sizeOf = (messages: readonly StoredMessage[]): number =>
  messages.reduce((sum, message) => sum + exact(message), 0)

/** A conversation that is longer than its room by far, each part of it estimated when it was said. */
function openLong(text: (seed: number) => string, turns = 60): Talk {
  const talk = openTalk()
  talk.say([system(text(999)), user(text(0))], assistant(text(1)))
  for (let at = 1; at < turns; at += 1) talk.say([user(text(2 * at))], assistant(text(2 * at + 1)))
  return talk
}

const askingFor = (text: string, isEstimated = true) => {
  const sent = [user(text)]
  return {
    sent,
    tokens: sent.map(isEstimated ? roughly : exact),
    goal: { kind: 'on' },
    room: ROOM,
    isCounted: !isEstimated,
  } as const
}

function recalled(talk: Talk, text: string, count?: CountMessage): readonly StoredMessage[] {
  const told = talk.keeper.recall(askingFor(text), count)
  if (!told.ok) throw new Error(told.why)
  return told.value.messages
}

/** One that just fits by what it is estimated at. */
function openFull(text: (seed: number) => string): Talk {
  const talk = openTalk()
  let tokens = roughly(user(text(1_000)))
  for (let at = 0; ; at += 1) {
    const [question, answer] = [user(text(2 * at)), assistant(text(2 * at + 1))]
    tokens += roughly(question) + roughly(answer)
    if (tokens > ROOM) return talk
    talk.say([question], answer)
  }
}

describe.each(TEXTS)('a conversation of %s', (_, text) => {
  it('is tight, and is sent within its room once it is counted, with as much as fits', () => {
    const question = text(1_000)
    // What is estimated would be too long; so the test means something.
    expect(sizeOf(recalled(openFull(text), question))).toBeGreaterThan(ROOM)
    for (const talk of [openFull(text), openLong(text)]) {
      expect(talk.keeper.isTight(askingFor(question))).toBe(true)
      const size = sizeOf(recalled(talk, question, exact))
      expect(size).toBeLessThanOrEqual(ROOM)
      expect(size).toBeGreaterThan(ROOM * 0.5)
    }
  })

  it('is counted once: a turn later only what is new is', () => {
    const talk = openLong(text)
    let counted = 0
    const count: CountMessage = (message) => {
      counted += 1
      return exact(message)
    }
    recalled(talk, text(1_000), count)
    expect(counted).toBeGreaterThan(4)
    counted = 0
    recalled(talk, text(1_000), count)
    expect(counted).toBe(1) // the question, which is not stored
    talk.say([user(text(1_000))], assistant(text(1_001)))
    counted = 0
    recalled(talk, text(1_002), count)
    expect(counted).toBe(3)
    expect(sizeOf(recalled(talk, text(1_002), exact))).toBeLessThanOrEqual(ROOM)
  })
})

describe('what is known of a conversation', () => {
  it('adds up after it was counted', () => {
    const talk = openLong((seed) => made(seed, 900, (random) => String(random % 10)), 12)
    recalled(talk, 'more', exact)
    const path = [...talk.store.path(talk.store.head()?.position ?? null)].toReversed()
    let sum = path[0]?.pathTokens ?? 0
    for (const node of path.slice(1)) {
      sum += node.items.reduce((total, { tokens }) => total + tokens, 0)
      expect(node.pathTokens).toBe(sum)
    }
    const told = talk.keeper.recall(askingFor('more'), exact)
    expect(told.ok && told.value.left.tokens).toBeGreaterThan(0)
  })

  it('is not tight while it fits however wrong its estimate is', () => {
    const talk = openTalk()
    talk.say([user('Hello!')], assistant('Hi.'))
    expect(talk.keeper.isTight(askingFor('How are you?'))).toBe(false)
    expect(talk.keeper.isTight({ ...askingFor('x'.repeat(4_000)), room: null })).toBe(false)
    expect(talk.keeper.isTight(askingFor('x'.repeat(4_000)))).toBe(true)
  })
})
