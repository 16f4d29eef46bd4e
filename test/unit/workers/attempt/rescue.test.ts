// Mid-stream rescue: one answer out of several targets' words, settled once, billed for what each of them did.
import { describe, expect, it } from 'vitest'
import type { Batch, ModelEvent } from '../../../../shared/event.ts'
import { Failed, type Failure } from '../../../../shared/failure.ts'
import type { Attempt, Ending, Plan, Target } from '../../../../shared/plan.ts'
import { type ModelRequest, textOf } from '../../../../shared/request.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { meter } from '../../../../workers/attempt/meter.ts'
import { race, type Won } from '../../../../workers/attempt/race.ts'
import { rescue } from '../../../../workers/attempt/rescue.ts'
import type { Answer, Service } from '../../../../workers/service.ts'
import type { Call } from '../../../../workers/attempt/deadline.ts'
import {
  answerOf,
  batchesOf,
  cxAt,
  piece,
  planOf,
  requestFor,
  say,
  START,
  type TestCx,
} from '../../samples.ts'
import { tokenizer } from '../../tokenizer.ts'

const price = { input: 1, cacheRead: 1, cacheWrite: 1, output: 10 }
const PROMPT = 50
const reset: Failure = { kind: 'unreachable', reason: 'reset' }
const dies = (failure: Failure = reset): Batch => [piece({ type: 'error', failure })]
const finish = (output: number): ModelEvent[] => [
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop', usage: { ...noUsage, input: PROMPT, output } },
]
const ends = (output = 3): Batch => [piece(...finish(output))]
const call = (number = 0): ModelEvent => ({
  type: 'tool-start',
  index: 0,
  call: number,
  id: `c${number}`,
  name: 'f',
})
const json = (text: string): ModelEvent => ({ type: 'tool-delta', index: 0, call: 0, json: text })

/** What is said, or how it fails; or that in turns. */
type Script = readonly Batch[] | Failure | { readonly turns: readonly (readonly Batch[] | Failure)[] }

interface Played {
  readonly events: readonly ModelEvent[]
  readonly text: string
  readonly seams: readonly Batch[number][]
  readonly ending: Ending
  readonly attempts: readonly Attempt[]
  readonly asked: readonly { readonly target: string; readonly request: ModelRequest }[]
}

interface Options {
  readonly request?: Partial<ModelRequest>
  readonly plan?: Partial<Plan>
  readonly facts?: Readonly<Record<string, Target['facts']>>
  readonly mayAsk?: () => Promise<boolean>
  readonly read?: (batch: Batch, cx: TestCx) => 'leave' | undefined
}

/** Every target says its script each time it is asked. */
async function play(scripts: Readonly<Record<string, Script>>, options: Options = {}): Promise<Played> {
  const names = Object.keys(scripts)
  const base = planOf(names, options.plan)
  const targets = base.targets.map((target) => {
    const facts = options.facts?.[target.name]
    return { ...target, price, ...(facts === undefined ? {} : { facts }) }
  })
  const plan: Plan = { ...base, targets }
  const asked: { target: string; request: ModelRequest }[] = []
  const provider: Service<Call, Answer> = ({ request, target }) => {
    asked.push({ target: target.name, request })
    const given = scripts[target.name] ?? []
    const turn = asked.filter((one) => one.target === target.name).length - 1
    const script = 'turns' in given ? (given.turns[turn] ?? []) : given
    if ('kind' in script) return Promise.reject(new Failed(script))
    return Promise.resolve(answerOf(target, batchesOf(...script)))
  }
  const cx = cxAt()
  const request = requestFor('Tell', options.request)
  const racing = race(provider)
  const raced = await racing({ request, plan }, cx)
  if (!raced.ok) throw new Failed(raced.failure)
  const won: Won = raced
  const told = rescue(
    {
      request,
      plan,
      raced: won,
      race: racing,
      meterOf: ({ batches }, _, aside) =>
        meter({ batches, price, countPrompt: () => PROMPT, tokenizer, signal: cx.signal, aside }),
      mayAsk: options.mayAsk ?? (() => Promise.resolve(true)),
      promptTokens: () => Promise.resolve(PROMPT),
    },
    cx,
  )
  const pieces: Batch[number][] = []
  for (let next = await told.batches.next(); next.done !== true; next = await told.batches.next()) {
    pieces.push(...next.value)
    if (options.read?.(next.value, cx) === 'leave') await told.batches.return(undefined)
  }
  const events = pieces.flatMap((one) => one.events)
  return {
    events,
    text: events.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    seams: pieces.filter(({ seam }) => seam !== undefined),
    ending: await told.end,
    attempts: won.attempts,
    asked,
  }
}
const kinds = ({ events }: Played) => events.map(({ type }) => type)
const lastOf = ({ events }: Played) => events.at(-1)

describe('a stream that dies midway', () => {
  it('is gone on with by the next target, as one answer with one finish', async () => {
    const played = await play({
      a: [[piece(START, say('Once upon'))], dies()],
      b: [[piece(START, say(' a time.'))], ends()],
    })
    expect(played.text).toBe('Once upon a time.')
    expect(kinds(played)).toEqual(['start', 'text-delta', 'text-delta', 'choice-end', 'finish'])
    expect(played.seams).toMatchObject([
      { events: [], seam: { target: { name: 'b' }, resumed: 'asked', failure: reset } },
    ])
    expect(played.ending).toMatchObject({ end: 'finish', text: 'Once upon a time.' })
  })

  it('whose fallback starts over is told once', async () => {
    const played = await play({
      a: [[piece(say('Once upon'))], dies()],
      b: [[piece(say('Once '))], [piece(say('upon a time.'))], ends(6)],
    })
    expect(played.text).toBe('Once upon a time.')
    expect(lastOf(played)).toMatchObject({ usage: { input: PROMPT, output: 6 } })
  })

  it('whose fallback spends the rest of the limit on starting over is not passed off as whole', async () => {
    const cut: ModelEvent[] = [
      { type: 'choice-end', index: 0, reason: 'length' },
      { type: 'finish', reason: 'length', usage: noUsage },
    ]
    const played = await play({
      a: [[piece(say('Once upon'))], dies()],
      b: [[piece(say('Once upon a'))], [piece(...cut)]],
    })
    expect(lastOf(played)?.type).toBe('error')
    expect(played.attempts[1]).toMatchObject({ end: 'diverged' })
  })

  it('is given to a target that takes prefill as the beginning of its own answer', async () => {
    const played = await play(
      { a: [[piece(say('Once upon '))], dies()], b: [[piece(say('a time.'))], ends()] },
      { facts: { b: { prefill: true } } },
    )
    expect(played.text).toBe('Once upon a time.')
    const messages = played.asked[1]?.request.messages ?? []
    expect([messages.at(-1)?.role, messages.map(textOf).at(-1)]).toEqual(['assistant', 'Once upon'])
  })

  it('is put otherwise to a target that is said to take prefill and refuses it', async () => {
    const refused: Failure = { kind: 'rejected', status: 400, message: 'prefill is not supported' }
    const played = await play(
      { a: [[piece(say('Once upon'))], dies()], b: { turns: [refused, [[piece(say(' a time.'))], ends()]] } },
      { facts: { b: { prefill: true } } },
    )
    expect(played.text).toBe('Once upon a time.')
    expect(played.attempts.map(({ end, resumed }) => [end, resumed])).toEqual([
      ['cut-unreachable', undefined],
      ['rejected', 'prefill'],
      ['answered', 'asked'],
    ])
    expect(played.asked.at(-1)?.request.messages.at(-1)?.role).toBe('user')
  })

  it('passes over targets that fail, and those that tell something else', async () => {
    const long = 'It was the best of times, it was the worst of times'
    const played = await play({
      a: [[piece(say(long))], dies()],
      b: { kind: 'overloaded', status: 503 },
      c: [[piece(say('It was the best of times, it was the age of wisdom'))], ends()],
      d: [[piece(say(', it was the age of foolishness.'))], ends()],
    })
    expect(played.text).toBe(`${long}, it was the age of foolishness.`)
    expect(played.attempts.map(({ target, end }) => [target, end])).toEqual([
      ['a', 'cut-unreachable'],
      ['b', 'overloaded'],
      ['c', 'diverged'],
      ['d', 'answered'],
    ])
    expect(played.attempts[3]).toMatchObject({ resumed: 'asked', seamAt: long.length })
  })

  it('may be rescued more than once', async () => {
    const played = await play({
      a: [[piece(say('one'))], dies()],
      b: [[piece(say(' two'))], dies()],
      c: [[piece(say(' three'))], ends()],
    })
    expect(played.text).toBe('one two three')
    expect(played.seams).toHaveLength(2)
  })

  it('with nobody left to go on ends in one clear error', async () => {
    const played = await play({
      a: [[piece(say('one'))], dies()],
      b: [[piece(say(' two'))], dies({ kind: 'timeout', phase: 'idle', limitMs: 9 })],
    })
    expect(played.text).toBe('one two')
    expect(kinds(played).filter((kind) => kind === 'error')).toHaveLength(1)
    expect(lastOf(played)).toEqual({ type: 'error', failure: { kind: 'timeout', phase: 'idle', limitMs: 9 } })
    expect(played.ending).toMatchObject({ end: 'error', text: 'one two', failure: { kind: 'timeout' } })
  })

  it.each<[string, Options]>([
    ['the budget does not cover another call', { mayAsk: () => Promise.resolve(false) }],
    ['the route says no', { plan: { rescue: false } }],
    ['the attempts are used up', { plan: { retries: { sameTarget: 0, total: 1 } } }],
  ])('is not rescued where %s', async (_, options) => {
    const played = await play(
      { a: [[piece(say('one'))], dies()], b: [[piece(say(' two'))], ends()] },
      options,
    )
    expect([played.text, lastOf(played)?.type, played.asked.length]).toEqual(['one', 'error', 1])
  })

  it('by a refusal in the middle is not routed around', async () => {
    const refused: Failure = { kind: 'refused', status: 400, message: 'filtered' }
    const played = await play({ a: [[piece(say('one'))], dies(refused)], b: [[piece(say(' two'))], ends()] })
    expect(lastOf(played)).toEqual({ type: 'error', failure: refused })
  })

  it('after thoughts alone is asked anew, and the new thoughts are told', async () => {
    const thought = (text: string): ModelEvent => ({ type: 'reasoning-delta', index: 0, text })
    const played = await play({
      a: [[piece(thought('hm'))], dies()],
      b: [[piece(thought('so'), say('Yes.'))], ends()],
    })
    expect(kinds(played)).toEqual([
      'reasoning-delta',
      'reasoning-delta',
      'text-delta',
      'choice-end',
      'finish',
    ])
    expect(played.asked[1]?.request.messages).toHaveLength(1)
  })

  it('after words has no thoughts of another told between them', async () => {
    const thought: ModelEvent = { type: 'reasoning-delta', index: 0, text: 'so' }
    const played = await play({
      a: [[piece(say('one'))], dies()],
      b: [[piece(thought, say(' two'))], ends()],
    })
    expect(kinds(played)).not.toContain('reasoning-delta')
  })
})

describe('a tool call', () => {
  it('that was cut off is made anew by the fallback, and its half was never told', async () => {
    const whole = [call(), json('{"city":"Oslo"}')]
    const played = await play({
      a: [[piece(START, say('Let me look.'))], [piece(call(), json('{"city":"Be'))], dies()],
      b: [[piece(...whole)], ends()],
    })
    expect(played.text).toBe('Let me look.')
    expect(played.events.filter(({ type }) => type.startsWith('tool'))).toEqual(whole)
    expect(played.ending.toolCalls).toMatchObject([{ json: '{"city":"Oslo"}' }])
  })
  it('that was cut off with nobody to make it anew is never told', async () => {
    const played = await play({
      a: [[piece(say('So.'))], [piece(call(), json('{"c')), ...dies()]],
      b: { kind: 'overloaded', status: 500 },
    })
    expect(kinds(played)).toEqual(['text-delta', 'error'])
  })
  it('of one target alone is told as it comes', async () => {
    const played = await play({ a: [[piece(call())], [piece(json('{}'))], ends()] })
    expect(kinds(played)).toEqual(['tool-start', 'tool-delta', 'choice-end', 'finish'])
  })
})

describe('the bill', () => {
  it('of one target is what it reported, and its attempt says the same', async () => {
    const played = await play({ a: [[piece(say('one'))], ends(3)], b: [] })
    expect(played.ending).toMatchObject({ costMicros: PROMPT + 30, usageSource: 'reported' })
    expect(played.attempts[0]).toMatchObject({
      usageSource: 'reported',
      costMicros: PROMPT + 30,
      usage: { input: PROMPT, output: 3 },
    })
  })
  it('of several is the sum of what each did; the client is told the whole cost and the usage of one answer', async () => {
    const played = await play({
      a: [[piece(say('one two three'))], dies()],
      b: [[piece(say(' four'))], ends(1)],
    })
    const [cut, rest] = played.attempts
    expect(cut).toMatchObject({
      end: 'cut-unreachable',
      usageSource: 'estimated',
      costMicros: PROMPT + 30,
      usage: { output: 3 },
    })
    expect(rest).toMatchObject({ end: 'answered', usageSource: 'reported', costMicros: PROMPT + 10 })
    expect(played.ending).toMatchObject({
      usageSource: 'estimated',
      costMicros: PROMPT + 30 + PROMPT + 10,
      usage: { input: 2 * PROMPT, output: 4 },
    })
    expect(lastOf(played)).toMatchObject({ usage: { input: PROMPT, output: 4 }, costMicros: 2 * PROMPT + 40 })
  })
  it('of an answer that nobody could end is the parts that were said', async () => {
    const played = await play({
      a: [[piece(say('one two three'))], dies()],
      b: { kind: 'overloaded', status: 500 },
    })
    expect(played.ending).toMatchObject({ end: 'error', costMicros: PROMPT + 30, usage: { output: 3 } })
  })
})

describe('a reader that leaves', () => {
  it('settles once, for what every part used', async () => {
    const played = await play(
      { a: [[piece(say('one'))], dies()], b: [[piece(say(' two'))], [piece(say(' three'))], ends()] },
      {
        read: (batch, cx) => {
          if (
            !batch.some(({ events }) =>
              events.some((event) => event.type === 'text-delta' && event.text === ' two'),
            )
          )
            return undefined
          cx.abort(new Failed({ kind: 'cancelled' }))
          return 'leave'
        },
      },
    )
    expect(played.ending).toMatchObject({ end: 'cancelled', text: 'one two', costMicros: 2 * PROMPT + 20 })
  })
})
