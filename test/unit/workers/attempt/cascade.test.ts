// Cascades: what is given, what is escalated, what every call is booked as, and what a budget or an outage leaves.
import { describe, expect, it } from 'vitest'
import type { Program, Verdict } from '../../../../shared/check/program.ts'
import type { Batch, ModelEvent } from '../../../../shared/event.ts'
import { Failed, type Failure } from '../../../../shared/failure.ts'
import type { Attempt, Ending, Plan, Trial } from '../../../../shared/plan.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { unheard } from '../../../../workers/attempt/bill.ts'
import { cascade } from '../../../../workers/attempt/cascade.ts'
import type { Call } from '../../../../workers/attempt/deadline.ts'
import { meter } from '../../../../workers/attempt/meter.ts'
import { race, type Raced } from '../../../../workers/attempt/race.ts'
import { rescue } from '../../../../workers/attempt/rescue.ts'
import type { Answer, Found, Looking, Pay, RunTests, Seen, Service } from '../../../../workers/service.ts'
import {
  answerOf,
  batchesOf,
  cxAt,
  piece,
  requestFor,
  say,
  START,
  target,
  type TestCx,
} from '../../samples.ts'
import { tokenizer } from '../../tokenizer.ts'

const PROMPT = 50
const CHEAP = { input: 1, cacheRead: 1, cacheWrite: 1, output: 10 }
const DEAR = { input: 10, cacheRead: 10, cacheWrite: 10, output: 100 }
const CHOICE = 'Largest?\nA. Mars\nB. Venus\nC. Jupiter\nAnswer:'
/** Each answer is reported to have three tokens. */
const SMALL_MICROS = PROMPT + 3 * 10
const LARGE_MICROS = 10 * SMALL_MICROS

const finish = (usage = true): ModelEvent[] => [
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop', ...(usage ? { usage: { ...noUsage, input: PROMPT, output: 3 } } : {}) },
]
const says = (text: string): Batch[] => [
  [piece(START, say(text.slice(0, 2)))],
  [piece(say(text.slice(2)))],
  [piece(...finish())],
]
const died: Failure = { kind: 'unreachable', reason: 'reset' }
const down: Failure = { kind: 'overloaded', status: 503 }
const OVER: Failure = {
  kind: 'over-budget',
  unit: 'usd',
  code: 'insufficient_quota',
  message: 'Nothing is left.',
}
const poorly: Pay = () => Promise.resolve({ ok: false, failure: OVER })

type Reply = readonly Batch[] | Failure | ((cx: TestCx) => AsyncGenerator<Batch, void, undefined>)

interface Options {
  readonly question?: string
  readonly request?: Partial<ModelRequest>
  readonly plan?: Partial<Plan>
  readonly terms?: Partial<NonNullable<Plan['cascade']>>
  readonly pay?: Pay
  readonly mayAsk?: () => Promise<boolean>
  readonly providers?: Readonly<Record<string, string>>
  readonly billsCancelled?: true
  readonly looking?: Looking
  readonly runTests?: RunTests
}

interface Played {
  readonly raced: Raced
  readonly text: string
  readonly events: readonly ModelEvent[]
  readonly attempts: readonly Attempt[]
  readonly ending: Ending | undefined
  readonly trial: Trial | undefined
  readonly asked: readonly {
    readonly target: string
    readonly request: ModelRequest
    readonly escalate: boolean
  }[]
}

/** `small...` are small models, all others large ones; each gives its replies in turn, the last one for ever. */
async function play(
  replies: Readonly<Record<string, readonly Reply[]>>,
  options: Options = {},
): Promise<Played> {
  const targets = Object.keys(replies).map((name) => {
    const isSmall = name.startsWith('small')
    return target(name, {
      tier: isSmall ? 'mini' : 'frontier',
      price: isSmall ? CHEAP : DEAR,
      ...(options.providers?.[name] === undefined ? {} : { provider: options.providers[name] }),
      ...(isSmall && options.billsCancelled === true ? { billsCancelled: true as const } : {}),
    })
  })
  const plan: Plan = {
    route: 'auto',
    targets,
    tier: 'mini',
    reason: 'cascade',
    rescue: true,
    retries: { sameTarget: 0, total: 4 },
    cascade: { holdMs: 2_000, holdChars: 10_000, secondAnswer: true, ...options.terms },
    ...options.plan,
  }
  const cx = cxAt()
  const asked: { target: string; request: ModelRequest; escalate: boolean }[] = []
  const provider: Service<Call, Answer> = ({ request, target: called, escalate }) => {
    asked.push({ target: called.name, request, escalate })
    const turn = asked.filter((one) => one.target === called.name).length - 1
    const list = replies[called.name] ?? []
    const reply = list[Math.min(turn, list.length - 1)] ?? []
    if (typeof reply === 'function') return Promise.resolve(answerOf(called, reply(cx)))
    if ('kind' in reply) return Promise.reject(new Failed(reply))
    return Promise.resolve(answerOf(called, batchesOf(...reply)))
  }
  const request = requestFor(options.question ?? CHOICE, options.request)
  const racing = race(provider)
  const meterOf = (answer: Answer, _: ModelRequest, aside: () => Promise<number>) =>
    meter({
      batches: answer.batches,
      price: answer.target.price,
      countPrompt: () => PROMPT,
      tokenizer,
      signal: cx.signal,
      aside,
    })
  const yes = (): Promise<boolean> => Promise.resolve(true)
  const raced = await cascade(
    {
      request,
      plan,
      race: racing,
      meterOf,
      pay: options.pay ?? (() => Promise.resolve({ ok: true, request })),
      mayAsk: options.mayAsk ?? yes,
      looking: options.looking,
      runTests: options.runTests,
    },
    cx,
  )
  const promptTokens = (): Promise<number> => Promise.resolve(PROMPT)
  const base = { raced, attempts: raced.attempts, trial: raced.trial, asked }
  if (!raced.ok)
    return { ...base, text: '', events: [], ending: await unheard({ raced, plan, promptTokens }) }
  const told = rescue({ request, plan, raced, race: racing, meterOf, mayAsk: yes, promptTokens }, cx)
  const events: ModelEvent[] = []
  for await (const batch of told.batches) for (const one of batch) events.push(...one.events)
  return {
    ...base,
    events,
    text: events.map((event) => (event.type === 'text-delta' ? event.text : '')).join(''),
    ending: await told.end,
  }
}

const ends = ({ attempts }: Played): string[] => attempts.map(({ target: name, end }) => `${name} ${end}`)
const sum = ({ attempts }: Played): number =>
  attempts.reduce((total, { costMicros = 0 }) => total + costMicros, 0)

describe('a cascade', () => {
  it('gives the small answer that passes, from its beginning, for the price of one call', async () => {
    const played = await play(
      { small: [says('The sky is blue.')], large: [says('It is blue.')] },
      { question: 'Tell me.' },
    )
    expect(played.text).toBe('The sky is blue.')
    expect(played.events[0]).toEqual(START)
    expect(ends(played)).toEqual(['small answered'])
    expect(played.ending).toMatchObject({ end: 'finish', costMicros: SMALL_MICROS, usageSource: 'reported' })
    expect(played.trial).toEqual({ target: 'small', text: 'The sky is blue.' })
  })

  it('asks a larger model where the answer does not pass, and both calls are booked', async () => {
    const played = await play(
      { small: [says('I cannot help with that.')], large: [says('It is blue.')] },
      { question: 'Tell me.' },
    )
    expect(played.text).toBe('It is blue.')
    expect(ends(played)).toEqual(['small rejected-refusal', 'large answered'])
    expect(played.attempts[0]).toMatchObject({
      aside: true,
      costMicros: SMALL_MICROS,
      usageSource: 'reported',
    })
    expect(played.ending).toMatchObject({
      costMicros: SMALL_MICROS + LARGE_MICROS,
      usageSource: 'reported',
      usage: { input: 2 * PROMPT, output: 6 },
    })
    expect(sum(played)).toBe(SMALL_MICROS + LARGE_MICROS)
    expect(played.events.findLast(({ type }) => type === 'finish')).toMatchObject({
      costMicros: SMALL_MICROS + LARGE_MICROS,
    })
  })

  it('gives an answer that a second one agrees with; of another small model where there is one', async () => {
    const played = await play({ small1: [says('C')], small2: [says('The answer is C.')], large: [says('C')] })
    expect(played.text).toBe('C')
    expect(ends(played)).toEqual(['small1 answered', 'small2 agreed'])
    expect(played.trial).toMatchObject({ agreed: true })
    expect(played.ending).toMatchObject({ costMicros: 2 * SMALL_MICROS, text: 'C' })
    expect(sum(played)).toBe(2 * SMALL_MICROS)
  })

  it('escalates where the second one disagrees', async () => {
    const played = await play({ small: [says('C'), says('B')], large: [says('C. Jupiter')] })
    expect(played.text).toBe('C. Jupiter')
    expect(ends(played)).toEqual(['small rejected-disagreed', 'small disagreed', 'large answered'])
    expect(played.ending?.costMicros).toBe(2 * SMALL_MICROS + LARGE_MICROS)
    expect(sum(played)).toBe(2 * SMALL_MICROS + LARGE_MICROS)
  })

  it('asks the same model again whole and freely, without what only the client knows', async () => {
    const native = { dialect: 'openai-chat', body: { seed: 7 } }
    const played = await play(
      { small: [says('C')], large: [says('C')] },
      { request: { sampling: { temperature: 0, seed: 7 }, unread: ['x'], native } },
    )
    const [first, second] = played.asked.map(({ request }) => request)
    expect(first).toMatchObject({ stream: true, sampling: { temperature: 0, seed: 7 } })
    expect(second).toMatchObject({ stream: false, sampling: { temperature: 0.7 }, native: { body: {} } })
    expect(second?.sampling.seed).toBeUndefined()
    expect(second?.unread).toBeUndefined()
  })

  it('takes a second answer that fails for no evidence', async () => {
    const played = await play({ small: [says('C'), down], large: [says('A')] })
    expect([played.text, ends(played)]).toEqual(['C', ['small answered', 'small overloaded']])
  })

  it('asks no second answer of the embedded model, which has judged its own', async () => {
    const played = await play({ small: [says('C')], large: [says('A')] }, { providers: { small: 'minnow' } })
    expect(ends(played)).toEqual(['small answered'])
  })

  it.each([
    ['the route wants none', { terms: { secondAnswer: false } }],
    ['a budget does not cover it', { mayAsk: () => Promise.resolve(false) }],
    ['too few calls are left', { plan: { retries: { sameTarget: 0, total: 2 } } }],
  ])('asks no second answer where %s', async (_, options) => {
    const played = await play({ small: [says('C')], large: [says('A')] }, options)
    expect(ends(played)).toEqual(['small answered'])
  })

  it('lets every small model decline, because a larger one stands behind the last', async () => {
    const unsure: Failure = { kind: 'unsure', message: 'no' }
    const played = await play({ small1: [unsure], small2: [unsure], large: [says('C')] })
    expect(ends(played)).toEqual(['small1 unsure', 'small2 unsure', 'large answered'])
    expect(played.asked.map(({ escalate }) => escalate)).toEqual([true, true, false])
    expect(played.ending?.costMicros).toBe(LARGE_MICROS)
  })
})

const logprobs = (...values: number[]): ModelEvent => ({
  type: 'logprobs',
  index: 0,
  value: { content: values.map((logprob) => ({ token: 'x', logprob })), refusal: null },
})

describe('what is heard', () => {
  const call = (json: string): Batch[] => [
    [piece(START, { type: 'tool-start', index: 0, call: 0, id: 'c0', name: 'clock' })],
    [piece({ type: 'tool-delta', index: 0, call: 0, json: json.slice(0, 4) })],
    [piece({ type: 'tool-delta', index: 0, call: 0, json: json.slice(4) }, ...finish())],
  ]
  const parameters = { type: 'object', properties: { zone: { enum: ['UTC'] } }, required: ['zone'] }
  const tools = { question: 'What time is it?', request: { tools: [{ name: 'clock', parameters }] } }

  it.each([
    ['likely tokens', [logprobs(-0.1, -0.2)], ['small answered']],
    ['unlikely tokens', [logprobs(-0.2), logprobs(-2.5)], ['small rejected-logprob', 'large answered']],
    ['what is no log-probability', [{ type: 'logprobs', index: 0, value: 'x' } as const], ['small answered']],
  ])('are %s', async (_, more, expected) => {
    const words: Batch[] = [[piece(START, say('Blue.'), ...more)], [piece(...finish())]]
    const played = await play({ small: [words], large: [says('Red.')] }, { question: 'Tell me.' })
    expect(ends(played)).toEqual(expected)
  })

  it('is a call, whole, and given as it came', async () => {
    const played = await play({ small: [call('{"zone":"UTC"}')], large: [says('Noon.')] }, tools)
    expect(ends(played)).toEqual(['small answered'])
    const json = played.events.map((event) => (event.type === 'tool-delta' ? event.json : '')).join('')
    expect(json).toBe('{"zone":"UTC"}')
  })

  it('is a call beside its schema, which is not given', async () => {
    const played = await play({ small: [call('{"zone":"Mars"}')], large: [says('Noon.')] }, tools)
    expect([ends(played), played.text]).toEqual([['small rejected-tool', 'large answered'], 'Noon.'])
  })

  it('is the vendor’s own refusal', async () => {
    const refused: Batch[] = [[piece(START, { type: 'refusal-delta', index: 0, text: 'No.' }, ...finish())]]
    const played = await play({ small: [refused], large: [says('Noon.')] }, { question: 'Tell me.' })
    expect(ends(played)).toEqual(['small rejected-refusal', 'large answered'])
  })
})

describe('a doubted answer', () => {
  const poor = 'Who can say?'

  it('is given where a budget does not cover a larger model, and says so', async () => {
    const played = await play({ small: [says(poor)], large: [says('C')] }, { pay: poorly })
    expect(played.text).toBe(poor)
    expect(played.attempts).toMatchObject([{ end: 'answered', doubt: 'no-answer' }])
    expect(played.raced).toMatchObject({ ok: true, refused: { kind: 'over-budget' } })
    expect(played.ending?.costMicros).toBe(SMALL_MICROS)
  })

  it('goes to the first larger model that is paid for, with the limit that it is paid to', async () => {
    const pay: Pay = ({ name }) =>
      Promise.resolve(
        name === 'large'
          ? { ok: false, failure: OVER }
          : { ok: true, request: requestFor(CHOICE, { limits: { maxOutput: 7 } }) },
      )
    const played = await play({ small: [says(poor)], large: [says('B')], larger: [says('C')] }, { pay })
    expect(ends(played)).toEqual(['small rejected-no-answer', 'larger answered'])
    expect(played.asked.map(({ request }) => request.limits.maxOutput)).toEqual([undefined, 7])
    expect(played.raced).toMatchObject({ ok: true, request: { limits: { maxOutput: 7 } } })
  })

  it('that never came, or broke off, ends in what the budget says of the larger model', async () => {
    for (const reply of [
      down,
      [[piece(START, say('It'))], [piece({ type: 'error', failure: died })]] as Batch[],
    ]) {
      const { raced, asked } = await play({ small: [reply], large: [says('C')] }, { pay: poorly })
      expect(asked.map(({ target: name }) => name)).toEqual(['small'])
      expect(raced).toMatchObject({ ok: false, failure: { kind: 'over-budget', code: 'insufficient_quota' } })
      expect(!raced.ok && raced.failure.kind === 'over-budget' && raced.failure.message).toMatch(
        /^Nothing is left\. It was to go on to 'large': what was asked before did not answer\.$/,
      )
    }
  })

  it('is given where no larger model answers', async () => {
    const played = await play({ small: [says(poor)], large: [down], larger: [down] })
    expect(played.text).toBe(poor)
    expect(ends(played)).toEqual(['small answered', 'large overloaded', 'larger overloaded'])
    expect(played.attempts[0]).toMatchObject({ doubt: 'no-answer' })
    expect(played.ending?.costMicros).toBe(SMALL_MICROS)
  })

  it('is given where no call is left', async () => {
    const played = await play(
      { small: [says(poor)], large: [says('C')] },
      { plan: { retries: { sameTarget: 0, total: 1 } } },
    )
    expect(played.text).toBe(poor)
  })
})

describe('a stream', () => {
  async function* slow(cx: TestCx): AsyncGenerator<Batch, void, undefined> {
    yield [piece(START, say('Once upon'))]
    await new Promise((resolve) => setTimeout(resolve, 150))
    yield [piece(say(' a time.'))]
    if (!cx.signal.aborted) yield [piece(...finish())]
  }

  it('is held no longer than the bound, then told from the beginning, nothing lost', async () => {
    const startedAt = Date.now()
    const played = await play(
      { small: [slow], large: [says('C')] },
      { question: 'Tell me.', terms: { holdMs: 30 } },
    )
    expect(played.text).toBe('Once upon a time.')
    expect(played.trial).toEqual({ target: 'small', text: 'Once upon' })
    expect(Date.now() - startedAt).toBeLessThan(20_000)
    expect(played.ending).toMatchObject({ end: 'finish', costMicros: SMALL_MICROS })
  })

  it('is held for no more characters than the bound', async () => {
    const played = await play(
      { small: [slow], large: [says('C')] },
      { question: 'Tell me.', terms: { holdChars: 4 } },
    )
    expect(played.trial).toEqual({ target: 'small', text: 'Once upon' })
    expect(played.text).toBe('Once upon a time.')
  })

  async function* refusing(): AsyncGenerator<Batch, void, undefined> {
    yield [piece(START, say("I'm sorry, but I can't"))]
    yield [piece(say(' help with that.'))]
    await new Promise((resolve) => setTimeout(resolve, 300))
    yield [piece(say(' Really.'), ...finish())]
  }

  it('that begins as a refusal is not told at the bound; what was heard of it is booked', async () => {
    const played = await play(
      { small: [refusing], large: [says('Blue.')] },
      { question: 'Tell me.', terms: { holdMs: 30 } },
    )
    expect(played.text).toBe('Blue.')
    expect(ends(played)).toEqual(['small rejected-refusal', 'large answered'])
    expect(played.attempts[0]).toMatchObject({ usageSource: 'estimated', usage: { input: PROMPT } })
    expect(played.attempts[0]?.usage?.output).toBeGreaterThan(8)
    expect(sum(played)).toBe(played.ending?.costMicros)
    expect(played.ending?.usageSource).toBe('estimated')
  })

  it('whose vendor bills all of it is told all the same', async () => {
    const played = await play(
      { small: [refusing], large: [says('Blue.')] },
      { question: 'Tell me.', terms: { holdMs: 30 }, billsCancelled: true },
    )
    expect(played.text).toContain('Really.')
    expect(played.attempts).toMatchObject([{ end: 'answered', doubt: 'refusal' }])
  })

  it('that dies while it is held is replaced, and what it used is booked', async () => {
    const cut: Batch[] = [[piece(START, say('Once upon'))], [piece({ type: 'error', failure: died })]]
    const played = await play({ small: [cut], large: [says('Blue.')] }, { question: 'Tell me.' })
    expect(played.text).toBe('Blue.')
    expect(ends(played)).toEqual(['small cut-unreachable', 'large answered'])
    expect(sum(played)).toBe(played.ending?.costMicros)
    expect(sum(played)).toBeGreaterThan(LARGE_MICROS + PROMPT)
  })

  it('that dies while it is held, with nobody behind it, fails, and is paid for', async () => {
    const cut: Batch[] = [[piece(START, say('Once upon'))], [piece({ type: 'error', failure: died })]]
    const played = await play({ small: [cut], large: [down] }, { question: 'Tell me.' })
    expect(played.raced.ok).toBe(false)
    expect(ends(played)).toEqual(['small cut-unreachable', 'large overloaded'])
    expect(played.ending).toMatchObject({ end: 'error' })
    expect(played.ending?.costMicros).toBeGreaterThan(PROMPT)
  })

  it('is not told to a client that has left, and is paid for', async () => {
    async function* left(cx: TestCx): AsyncGenerator<Batch, void, undefined> {
      yield [piece(START, say('Once upon'))]
      cx.abort(new Failed({ kind: 'cancelled' }))
      yield [piece({ type: 'error', failure: { kind: 'cancelled' } })]
    }
    const played = await play({ small: [left], large: [says('Blue.')] }, { question: 'Tell me.' })
    expect(played.raced).toMatchObject({ ok: false, failure: { kind: 'cancelled' } })
    expect(ends(played)).toEqual(['small cut-cancelled'])
    expect(played.ending?.costMicros).toBeGreaterThan(PROMPT)
  })
})

describe('what is no cascade', () => {
  it.each([
    ['several choices', { request: { choices: 2 } }],
    ['a plan without one', { plan: { cascade: undefined } as unknown as Partial<Plan> }],
  ])('is raced as always: %s', async (_, options) => {
    const played = await play({ small: [says('I cannot help.')], large: [says('C')] }, options)
    expect(ends(played)).toEqual(['small answered'])
    expect(played.trial).toBeUndefined()
  })

  it('where nobody stands behind the small model', async () => {
    const played = await play({ small: [says('I cannot help.')] })
    expect(ends(played)).toEqual(['small answered'])
  })

  it('where the small ones are down and come last', async () => {
    const played = await play({ large: [says('C')], small: [says('A')] })
    expect(ends(played)).toEqual(['large answered'])
  })
})

describe('a look at the answer', () => {
  const watching = (seen: Seen | undefined) => {
    const found: Found[] = []
    const settled: (string | undefined)[] = []
    const looking: Looking = {
      judge: (one) => (found.push(one), seen),
      settle: (tier) => void settled.push(tier),
    }
    return { found, settled, looking }
  }
  const replies = { small: [says('The sky is blue.')], large: [says('It is grey.')] }
  const vague = { small: [says('I cannot help with that.')], large: [says('It is grey.')] }

  it('has it escalated where more is expected of a larger model, and the receipt says by how much', async () => {
    const { found, settled, looking } = watching({ score: 0.71239, isStrong: true })
    const played = await play(replies, { question: 'Tell me.', looking })
    expect([played.text, ends(played)]).toEqual(['It is grey.', ['small rejected-look', 'large answered']])
    expect(played.attempts[0]).toMatchObject({ look: 0.712, aside: true, costMicros: SMALL_MICROS })
    expect(played.trial?.doubt).toBe('look')
    expect([found, settled]).toEqual([[{ text: 'The sky is blue.', agreed: false }], ['frontier']])
  })

  it('sees how sure the model was, where its vendor says so, and so does whoever learns of it', async () => {
    const { found, looking } = watching({ score: 0.2, isStrong: false })
    const words: Batch[] = [
      [piece(START, say('Blue.'), logprobs(-0.1))],
      [piece(logprobs(-0.9), ...finish())],
    ]
    const played = await play({ small: [words], large: [says('Red.')] }, { question: 'Tell me.', looking })
    const sureness = { mean: -0.5, least: -0.9, unsure: 0.5 }
    expect(found).toEqual([{ text: 'Blue.', agreed: false, sureness }])
    expect(played.trial).toMatchObject({ text: 'Blue.', sureness })
    expect(played.attempts[0]).toMatchObject({ logprob: -0.5 })
  })

  it('is told of an answer that is given as well', async () => {
    const { settled, looking } = watching({ score: 0.2, isStrong: false })
    const played = await play(replies, { question: 'Tell me.', looking })
    expect([played.text, ends(played), settled]).toEqual(['The sky is blue.', ['small answered'], ['mini']])
    expect(played.attempts[0]).toMatchObject({ look: 0.2 })
    expect(played.trial).not.toHaveProperty('doubt')
  })

  it('that has spent its share leaves a doubted answer as it is, and says why it was doubted', async () => {
    const { found, settled, looking } = watching({ score: 0.4, isStrong: false })
    const played = await play(vague, { question: 'Tell me.', looking })
    expect([played.text, ends(played), settled]).toEqual([
      'I cannot help with that.',
      ['small answered'],
      ['mini'],
    ])
    expect(played.attempts[0]).toMatchObject({ doubt: 'refusal' })
    expect(found[0]?.doubt).toBe('refusal')
  })

  it('that knows nothing leaves the checks to decide, and small models that fail are counted', async () => {
    const blind = watching(undefined)
    expect(ends(await play(vague, { question: 'Tell me.', looking: blind.looking }))).toEqual([
      'small rejected-refusal',
      'large answered',
    ])
    const failed = watching(undefined)
    await play({ ...replies, small: [down] }, { looking: failed.looking })
    expect([failed.found, failed.settled, blind.settled]).toEqual([[], ['frontier'], ['frontier']])
  })

  it('without a larger model that may be paid is only noted', async () => {
    const { settled, looking } = watching({ score: 0.9, isStrong: true })
    const played = await play(replies, {
      question: 'Tell me.',
      looking,
      pay: poorly,
    })
    expect([played.text, settled]).toEqual(['The sky is blue.', ['mini']])
    expect(played.attempts[0]).toMatchObject({ doubt: 'look', look: 0.9 })
  })
})

describe('code', () => {
  const question = 'Write a Python function f that doubles.\nassert f(2) == 4'
  const code = '```python\ndef f(x):\n    return 2 * x\n```'
  const replies = { small: [says(code)], large: [says('```python\ndef f(x): return x + x\n```')] }
  const running = (verdict: Verdict) => {
    const programs: Program[] = []
    const runTests: RunTests = async (program) => (programs.push(program), { verdict, passed: 0, of: 1 })
    return { programs, runTests }
  }

  it('that passes its tests is given as surely as one that was agreed with, and looked at no further', async () => {
    const { programs, runTests } = running('passed')
    const played = await play(replies, { question, runTests })
    expect([played.text, ends(played)]).toEqual([code, ['small answered']])
    expect(played.attempts[0]?.tests).toEqual({ verdict: 'passed', passed: 0, of: 1 })
    expect(played.trial).toMatchObject({ agreed: true })
    expect(programs).toEqual([
      { language: 'python', code: 'def f(x):\n    return 2 * x', tests: ['assert f(2) == 4'] },
    ])
  })

  it.each(['failed', 'endless', 'memory'] as const)('that %s is not', async (verdict) => {
    const played = await play(replies, { question, runTests: running(verdict).runTests })
    expect(ends(played)).toEqual(['small rejected-tests', 'large answered'])
    expect(played.attempts[0]).toMatchObject({ tests: { verdict }, aside: true, costMicros: SMALL_MICROS })
    expect(played.trial?.doubt).toBe('tests')
  })

  it('that cannot be run is judged by its form', async () => {
    const { runTests } = running('unable')
    const given = await play(replies, { question, runTests })
    expect([ends(given), given.trial]).toEqual([['small answered'], { target: 'small', text: code }])
    const other = { ...replies, small: [says('```python\ndef g(x): return 2 * x\n```')] }
    expect(ends(await play(other, { question, runTests }))).toEqual(['small rejected-code', 'large answered'])
  })

  it('is not run where the route says so', async () => {
    const { programs, runTests } = running('failed')
    expect(ends(await play(replies, { question, runTests, terms: { runTests: false } }))).toEqual([
      'small answered',
    ])
    expect(programs).toEqual([])
  })

  it('what it does outweighs how it looks: a stated output may be wrong where the code is right', async () => {
    const wrong = { ...replies, small: [says(`${code}\nf(2) returns 5.`)] }
    expect(ends(await play(wrong, { question, runTests: running('passed').runTests }))).toEqual([
      'small answered',
    ])
  })

  it('is not run where nothing is to be tested, or the answer is refused, cut or none', async () => {
    const { programs, runTests } = running('failed')
    await play(replies, { question: 'Write a Python function f that doubles.', runTests })
    await play({ ...replies, small: [says('I cannot help with that.')] }, { question, runTests })
    await play({ ...replies, small: [says('')] }, { question, runTests })
    await play(replies, { question: 'Which planet is the largest?', runTests })
    expect(programs).toEqual([])
  })

  it("is run against the request's own tests, whatever the question is", async () => {
    const { programs, runTests } = running('failed')
    const request = { tests: 'assert f(3) == 6' }
    const played = await play(replies, { question: 'Please.', request, runTests })
    expect([ends(played), programs[0]?.tests]).toEqual([
      ['small rejected-tests', 'large answered'],
      ['assert f(3) == 6'],
    ])
    const none = await play(
      { ...replies, small: [says('Sure.')] },
      { question: 'Please.', request, runTests },
    )
    expect(ends(none)).toEqual(['small rejected-code', 'large answered'])
  })
})
