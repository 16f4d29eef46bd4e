// From a request to a plan: one request tries a target that is due, and only one that really calls.
import { describe, expect, it } from 'vitest'
import { noCatalogue, noPrices } from '../../../../shared/catalogue.ts'
import type { Plan } from '../../../../shared/plan.ts'
import type { Config } from '../../../../shared/config.ts'
import type { DialSetting } from '../../../../shared/dial.ts'
import { noUsage } from '../../../../shared/usage.ts'
import { Failed } from '../../../../shared/failure.ts'
import type { Learned } from '../../../../workers/routing/learner.ts'
import {
  type Lessons,
  openPlanner,
  type Planner,
  type PlanOptions,
} from '../../../../workers/routing/planner.ts'
import type { HealthView } from '../../../../workers/service.ts'
import { callerWith, cxAt, message, requestFor, soundHealth } from '../../samples.ts'

/** Targets that are due until somebody has claimed them. */
function clinic(due: readonly string[], granted = true) {
  const claims: string[] = []
  const health: HealthView = {
    standing: (key) => (!due.includes(key) ? 'up' : claims.includes(key) && granted ? 'down' : 'due'),
    claimProbe: (key) => (claims.push(key), granted),
    p95Ms: () => undefined,
    measured: () => undefined,
  }
  const planner = openPlanner({
    config: {
      providers: { lab: { baseUrl: 'http://127.0.0.1:1/v1' } },
      routes: { solid: { order: ['lab/a', 'lab/b', 'lab/c'] } },
    },
    prices: () => Promise.resolve(noPrices),
    microProvider: 'minnow',
    catalogue: noCatalogue,
    vendorOf: () => undefined,
    health,
  })
  const plan = (options?: PlanOptions): Promise<Plan> =>
    planner.plan(requestFor('Hi', { model: 'solid' }), callerWith(), cxAt(), options)
  return { claims, plan }
}
const names = ({ targets }: Plan) => targets.map((target) => target.name)

describe('a target that is due', () => {
  it('is tried by one request; the next passes it over', async () => {
    const { claims, plan } = clinic(['lab/a'])
    const [first, second] = [await plan(), await plan()]
    expect(names(first)).toEqual(['lab/a', 'lab/b', 'lab/c'])
    expect(first).toMatchObject({ probe: true, reason: 'order', hedgeAfterMs: 1_000 })
    expect(names(second)).toEqual(['lab/b', 'lab/c', 'lab/a'])
    expect(second.reason).toBe('health')
    expect(second).not.toHaveProperty('probe')
    expect(second).not.toHaveProperty('hedgeAfterMs')
    expect(claims).toEqual(['lab/a'])
  })

  it('is not taken by a decision without a call', async () => {
    const { claims, plan } = clinic(['lab/a'])
    expect((await plan({ isDry: true })).targets).toHaveLength(3)
    expect(claims).toEqual([])
    expect(await plan()).toMatchObject({ probe: true })
  })

  it('and was taken in between is passed over, with nothing left of the try', async () => {
    const { claims, plan } = clinic(['lab/a', 'lab/b'], false)
    const passed = await plan()
    expect(names(passed)).toEqual(['lab/c', 'lab/a', 'lab/b'])
    expect(passed).not.toHaveProperty('probe')
    expect(passed).not.toHaveProperty('hedgeAfterMs')
    expect(claims).toEqual(['lab/a', 'lab/b'])
  })
})

const TIERS: Config = {
  providers: { lab: { baseUrl: 'http://127.0.0.1:1/v1' } },
  models: {
    small: { provider: 'lab', model: 'small-1', jsonSchema: false, price: { input: 0.1, output: 0.4 } },
    big: { provider: 'lab', model: 'big-1', price: { input: 5, cacheRead: 0.5, output: 20 } },
  },
  routes: {
    shared: { mini: ['small'], frontier: ['big'], strongShare: 0.2 },
    good: { mini: ['small'], frontier: ['big'], quality: 0.9 },
    thrifty: { mini: ['small'], frontier: ['big'], maxCostPer1k: 0.5 },
    plain: { mini: ['small'], frontier: ['big'] },
    solid: { order: ['big', 'small'], sort: 'price' },
  },
}

const openTiers = (lessons?: Lessons): Planner =>
  openPlanner({
    config: TIERS,
    prices: () => Promise.resolve(noPrices),
    microProvider: 'minnow',
    catalogue: noCatalogue,
    vendorOf: () => undefined,
    health: soundHealth,
    ...(lessons === undefined ? {} : { lessons }),
  })

const WORDS = [
  'Hi',
  'Prove that the square root of 2 is irrational.',
  'def f(x): return x',
  'What is 5 + 7?',
  'Thanks',
]
const textOf = (n: number): string => `${WORDS[n % WORDS.length] ?? ''} ${n % 97}`

const planOn = (
  planner: Planner,
  model: string,
  n: number,
  over: object = {},
  dial?: DialSetting,
): Promise<Plan> =>
  planner.plan(
    requestFor(textOf(n), { model, ...(dial === undefined ? {} : { dial }), ...over }),
    callerWith(),
    { ...cxAt(), id: `req_${n}` },
  )

async function shareOn(
  model: string,
  count = 400,
  dial?: DialSetting,
  planner = openTiers(),
): Promise<number> {
  let strong = 0
  for (let n = 0; n < count; n += 1)
    if ((await planOn(planner, model, n, {}, dial)).tier === 'frontier') strong += 1
  return strong / count
}

describe('a share', () => {
  it('of the route is held', async () => expect(Math.abs((await shareOn('shared')) - 0.2)).toBeLessThan(0.03))
  it('of the request is held, beside that of the route', async () => {
    const planner = openTiers()
    const [own, wished] = [
      await shareOn('shared', 400, undefined, planner),
      await shareOn('shared', 400, { strongShare: 0.6 }, planner),
    ]
    expect(Math.abs(own - 0.2)).toBeLessThan(0.03)
    expect(Math.abs(wished - 0.6)).toBeLessThan(0.03)
  })
  it('is told with its plan', async () =>
    expect(await planOn(openTiers(), 'shared', 1)).toMatchObject({ share: 0.2, dial: { strongShare: 0.2 } }))
  it('counts what had to go to the strong model', async () => {
    const planner = openTiers()
    let strong = 0
    for (let n = 0; n < 600; n += 1) {
      const schema = { format: { type: 'json-schema' as const, name: 'x', schema: {} } }
      const over = n % 8 === 0 ? { ...schema, model: 'shared' } : {}
      const plan = await planOn(planner, 'shared', n, over)
      if (n % 8 === 0) expect(plan).toMatchObject({ tier: 'frontier', reason: 'format' })
      if (plan.tier === 'frontier') strong += 1
    }
    expect(Math.abs(strong / 600 - 0.2)).toBeLessThan(0.03)
  })
  it('does not learn what is hard from requests whose score had no say', async () => {
    const cutsAfter = async (forced: number): Promise<(number | undefined)[]> => {
      const planner = openTiers()
      const schema = { format: { type: 'json-schema' as const, name: 'x', schema: {} } }
      for (let n = 0; n < 30; n += 1) {
        await planOn(planner, 'shared', n)
        await planOn(planner, 'shared', forced, schema)
      }
      return Promise.all([0, 1, 2, 3, 4].map(async (n) => (await planOn(planner, 'shared', n)).cut))
    }
    expect(await cutsAfter(1)).toEqual(await cutsAfter(0))
  })
  it('is counted apart for every tenant', async () => {
    const planner = openTiers()
    const plan = (n: number, keyId: string): Promise<Plan> =>
      planner.plan(requestFor(textOf(n), { model: 'shared' }), callerWith({ keyId }), {
        ...cxAt(),
        id: `r${n}`,
      })
    for (let n = 0; n < 200; n += 1) await plan(n, 'key_other')
    const [first, alone] = [
      await plan(7, 'key_new'),
      await openTiers().plan(requestFor(textOf(7), { model: 'shared' }), callerWith(), {
        ...cxAt(),
        id: 'r7',
      }),
    ]
    expect(first.cut).toBe(alone.cut)
  })
  it('is not moved by decisions without a call', async () => {
    const planner = openTiers()
    for (let n = 0; n < 30; n += 1) await planOn(planner, 'shared', n)
    const dry = (): Promise<Plan> =>
      planner.plan(
        requestFor(textOf(3), { model: 'shared' }),
        callerWith(),
        { ...cxAt(), id: 'dry' },
        { isDry: true },
      )
    const first = await dry()
    for (let n = 0; n < 30; n += 1) expect((await dry()).cut).toBe(first.cut)
  })
})

describe('a promise of quality', () => {
  it('without evidence goes to the frontier, and says so', async () => {
    for (let n = 0; n < 20; n += 1)
      expect(await planOn(openTiers(), 'good', n)).toMatchObject({
        tier: 'frontier',
        reason: 'no-evidence',
        share: 1,
      })
  })
  it('takes the least share that reaches it, by what the route has learned', async () => {
    const learned: Learned = {
      gainOfReading: () => undefined,
      gainOf: () => undefined,
      standing: { labels: 500, isOn: false, reason: '' },
      curve: {
        points: [
          { share: 0, quality: 0.6 },
          { share: 0.4, quality: 0.72 },
          { share: 1, quality: 0.8 },
        ],
        weak: 0.6,
        strong: 0.8,
      },
    }
    const asked: string[] = []
    const planner = openTiers((route, { keyId }) => (asked.push(`${route} ${keyId}`), learned))
    expect(Math.abs((await shareOn('good', 400, undefined, planner)) - 0.4)).toBeLessThan(0.03)
    expect(new Set(asked)).toEqual(new Set(['good key_1']))
  })
})

describe('a promise on a cascade that looks at answers', () => {
  const lookAt = (isOn: boolean): Learned => ({
    gainOfReading: () => undefined,
    gainOf: () => undefined,
    standing: { labels: 500, isOn: false, reason: 'Off: the questions say nothing.' },
    curve: {
      points: [
        { share: 0, quality: 0.6 },
        { share: 1, quality: 0.8 },
      ],
      weak: 0.6,
      strong: 0.8,
    },
    look: {
      gainOfReading: () => undefined,
      gainOf: () => undefined,
      standing: { labels: 400, isOn, reason: isOn ? 'On: .8.' : 'Off: 12 of 150.' },
      curve: {
        points: [
          { share: 0, quality: 0.6 },
          { share: 0.2, quality: 0.76 },
          { share: 1, quality: 0.8 },
        ],
        weak: 0.6,
        strong: 0.8,
      },
    },
  })
  const on = (isOn: boolean, dial: DialSetting, planner = openTiers(() => lookAt(isOn))) =>
    planOn(planner, 'plain', 1, { cascade: true }, dial)

  it('of quality begins with the small model and escalates the share that its look needs for it', async () => {
    const plan = await on(true, { quality: 0.95 })
    expect(plan).toMatchObject({ tier: 'mini', reason: 'cascade', share: expect.closeTo(0.2, 9) })
    expect(plan.lookShare).toBe(plan.share)
    expect(plan.expected).toMatchObject({ by: 'look', quality: expect.closeTo(0.95, 9), why: 'On: .8.' })
    expect((await on(true, { quality: 0.9 })).share).toBeCloseTo(0.15, 9)
    expect((await on(true, { quality: 1 })).share).toBe(1)
    expect((await on(true, { quality: 0.5 })).lookShare).toBe(0)
  })

  it('says what a share comes to, every small answer paid for', async () => {
    const looked = (await on(true, { strongShare: 0.2 })).expected?.per1kMicros ?? 0
    const routed = (await on(false, { strongShare: 0.2 })).expected?.per1kMicros ?? 0
    const free = (await on(true, { strongShare: 0 })).expected?.per1kMicros ?? 0
    expect(looked - routed).toBeCloseTo(0.2 * free, -1)
  })

  it('without enough answers falls back on the question, and says why', async () => {
    const plan = await on(false, { quality: 0.95 })
    expect(plan).not.toHaveProperty('lookShare')
    expect(plan.share).toBeCloseTo(0.8, 9)
    expect(plan.expected).toMatchObject({
      by: 'question',
      why: expect.stringMatching(/not looked at.*12 of 150/),
    })
  })

  it('of cost is held by what both ends did cost', async () => {
    const planner = openTiers(() => lookAt(true))
    const dial: DialSetting = { maxCostPer1k: 0.5 }
    let total = 0
    for (let n = 0; n < 600; n += 1) {
      const plan = await planOn(planner, 'plain', n, { cascade: true }, dial)
      expect(plan.tier).toBe('mini')
      // As a look with this share would have it; what it holds is tried with the looks.
      const isStrong = (n * 0.618_034) % 1 < (plan.lookShare ?? 0)
      const costMicros = isStrong ? 3_060 : 60
      total += costMicros
      planner.settle({
        caller: callerWith(),
        request: requestFor(textOf(n), { model: 'plain', dial }),
        plan,
        target: plan.targets.find(({ tier }) => tier === (isStrong ? 'frontier' : 'mini')),
        ending: { usage: noUsage, usageSource: 'reported', costMicros },
        at: 0,
      })
    }
    expect(total / 600).toBeLessThan(500 * 1.03)
    expect(total / 600).toBeGreaterThan(500 * 0.85)
  })
})

describe('a promise of cost', () => {
  it('is held by what requests did cost', async () => {
    const planner = openTiers()
    let total = 0
    for (let n = 0; n < 600; n += 1) {
      const plan = await planOn(planner, 'thrifty', n)
      const costMicros = plan.tier === 'frontier' ? 3_000 : 60
      total += costMicros
      planner.settle({
        caller: callerWith(),
        request: requestFor(textOf(n), { model: 'thrifty' }),
        plan,
        target: plan.targets[0],
        ending: { usage: noUsage, usageSource: 'reported', costMicros },
        at: 0,
      })
    }
    expect(total / 600).toBeLessThan(500 * 1.03) // micro-dollars a request
    expect(total / 600).toBeGreaterThan(500 * 0.85)
  })
})

describe('a highest price', () => {
  it('of the request leaves the models that cost no more', async () => {
    const plan = await planOn(openTiers(), 'plain', 1, {}, { maxPrice: { output: 1 } })
    expect(names(plan)).toEqual(['small'])
    expect(plan.reason).toBe('no-frontier')
  })
  it('that excludes all is refused, by its name', async () => {
    const refused = await planOn(openTiers(), 'plain', 1, {}, { maxPrice: { output: 0.1 } }).catch(
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(Failed)
    expect(refused).toMatchObject({ failure: { kind: 'invalid-request', param: 'minnow.maxPrice' } })
  })
})

it('a sort of the route holds, and that of a request before it', async () => {
  expect(names(await planOn(openTiers(), 'solid', 1))).toEqual(['small', 'big'])
  expect(names(await planOn(openTiers(), 'solid', 1, {}, { sort: 'latency' }))).toEqual(['big', 'small'])
})

describe('a conversation that the client keeps itself', () => {
  const turns = (...texts: string[]) => ({
    model: 'plain',
    messages: texts.map((text, n) => message(text, n % 2 === 0 ? 'user' : 'assistant')),
  })
  const question = 'Prove that the square root of 2 is irrational.'
  const first = turns(question)
  const second = turns(question, 'Suppose it were rational.', 'Thanks!')
  const served = { ...noUsage, input: 100, cacheRead: 9_900 }

  it('stays with the model that has it cached, and only there', async () => {
    const planner = openTiers()
    const plan = await planner.plan(requestFor('', first), callerWith(), cxAt())
    expect((await planner.plan(requestFor('', second), callerWith(), cxAt())).tier).toBe('mini')
    const target = plan.targets.find(({ name }) => name === 'big')
    const ending = { usage: served, usageSource: 'reported', costMicros: 5 } as const
    const settled = { request: requestFor('', first), plan, target, at: Date.now() }
    planner.settle({ ...settled, caller: callerWith(), ending })
    // What nobody but us has counted says nothing about the vendor's cache.
    const guessed = { ...ending, usageSource: 'estimated' } as const
    planner.settle({ ...settled, caller: callerWith({ keyId: 'key_3' }), ending: guessed })
    const next = (keyId: string): Promise<Plan> =>
      planner.plan(requestFor('', second), callerWith({ keyId }), cxAt())
    expect((await next('key_3')).cut).toBe((await next('key_2')).cut)
    expect((await next('key_1')).cut).toBeLessThan((await next('key_2')).cut ?? 0)
  })
})

describe('a score', () => {
  const planner = openPlanner({
    config: {
      ...TIERS,
      routes: {
        plain: { mini: ['small'], frontier: ['big'] },
        micro: { mini: ['micro'], frontier: ['big'], strongShare: 0.5 },
        frank: { mini: ['small'], frontier: ['big'], guarded: false },
        open: { mini: ['micro'], frontier: ['big'], guarded: false },
        dialled: { mini: ['small'], frontier: ['big'], strongShare: 0.5 },
        trusting: { mini: ['small'], frontier: ['big'], strongShare: 0.5, guarded: false },
      },
    },
    prices: () => Promise.resolve(noPrices),
    microProvider: 'minnow',
    catalogue: noCatalogue,
    vendorOf: () => undefined,
    health: soundHealth,
  })
  const scoreOn = async (model: string, text: string): Promise<number> =>
    (await planner.plan(requestFor(text, { model }), callerWith(), cxAt())).score ?? 0
  const question = 'A man walks into a store and buys 5 apples for 2 dollars each. How much does he pay?'
  // Found by trying which words raise the score of a pair of models.
  const suffix = ' hence ∫ legal hence true prove hence court'

  it('is by the prior for pairs, also where no dial makes a cut of it', async () => {
    expect(await scoreOn('plain', question)).toBeCloseTo(await scoreOn('dialled', question), 1)
    expect(await scoreOn('plain', question)).not.toBe(await scoreOn('micro', question))
  })

  it('is by what micro can do where the prior for pairs was not measured', async () => {
    expect(await scoreOn('plain', 'Hello!')).toBe(await scoreOn('micro', 'Hello!'))
    const [plain = 0, micro = 0] = await Promise.all(
      ['plain', 'micro'].map((model) => scoreOn(model, 'Explain the French revolution in detail')),
    )
    // From micro, what was asked of no benchmark has the upper half of what is beyond it.
    expect(micro).toBeCloseTo((1 + plain) / 2, 3)
    expect(plain).toBeGreaterThan(0.5)
  })

  it('of what is easy for micro is no higher between larger models either, whatever is put to its end', async () => {
    const easy = ['What is Minnow?', 'What is 12 + 30?', 'What is a gateway?']
    const ends = [
      '\nA. one',
      '\nA. one\nB. two\nC. three\nD. four',
      ` ${question}`,
      suffix,
      ' Prove that it is, and explain every step of the proof in an essay.',
    ]
    for (const text of easy)
      for (const end of ends) {
        expect(await scoreOn('plain', text + end)).toBeLessThan(0.5)
        expect(await scoreOn('dialled', text + end)).toBeLessThanOrEqual(0.5)
      }
    const trusted = await Promise.all(ends.map((end) => scoreOn('frank', `${easy[0]}${end}`)))
    expect(Math.max(...trusted)).toBeGreaterThan(0.5)
  })

  it('is easy for micro whatever is put to the end of an easy prompt, unless its route trusts whoever writes', async () => {
    const easy = 'What is Minnow?'
    const longer = `${easy} Prove that it is, and explain every step of the proof in an essay.`
    for (const model of ['micro', 'open']) expect(await scoreOn(model, easy)).toBeLessThan(0.5)
    expect(await scoreOn('open', longer)).toBeGreaterThan(0.5)
    expect(await scoreOn('micro', longer)).toBeLessThan(0.5)
  })

  it('on a dial is the same for all free conversation, above what the prior knows, and says what it knows', async () => {
    const plan = (text: string) =>
      planner.plan(requestFor(text, { model: 'dialled' }), callerWith({ keyId: 'other' }), cxAt())
    expect(await plan(question)).toMatchObject({ features: { known: 1 } })
    for (const [text, score] of [
      ['Hello!', 0.5],
      ['Find $x$ if $x^2 = 9$.', 0.5],
      ['Explain the French revolution in detail', 1],
    ] as const)
      expect(await plan(text)).toMatchObject({ score, features: { known: 0 } })
    for (const text of ['And now something else.', 'Thanks, that will do.']) await plan(text)
    // Most of what this route gets is unknown by now: the prior has no say about the rest of it either.
    expect(await plan(question)).toMatchObject({ score: 0.5, features: { known: 1, known_share: 1 / 3 } })
    for (let n = 0; n < 40; n += 1) await plan(question)
    expect((await plan(question)).score).not.toBe(0.5)
  })

  it('is not raised by what is put at the end of a prompt, unless its route trusts whoever writes', async () => {
    const raised = async (model: string): Promise<number> =>
      (await scoreOn(model, question + suffix)) - (await scoreOn(model, question))
    expect(await raised('trusting')).toBeGreaterThan(0.1)
    for (const model of ['plain', 'dialled']) expect(await raised(model)).toBeLessThanOrEqual(0)
  })
})
