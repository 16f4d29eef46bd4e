// The decision: which targets, in which order, and one word why.
import { describe, expect, it } from 'vitest'
import type { ModelRequest } from '../../../../shared/request.ts'
import type { Model, Policy } from '../../../../workers/routing/catalog.ts'
import { choose } from '../../../../workers/routing/choose.ts'
import { type HealthView, healthKey } from '../../../../workers/service.ts'
import { messageOf, requestFor, soundHealth, TIMEOUTS } from '../../samples.ts'

const model = (name: string, over: Partial<Model> = {}): Model => ({
  name,
  provider: 'lab',
  model: name,
  timeouts: TIMEOUTS,
  plainText: false,
  ...over,
})
const micro = model('micro', { plainText: true, contextWindow: 512 })
const small = model('small', { contextWindow: 8_000 })
const [big, spare] = [model('big'), model('spare')]
const retries = { sameTarget: 1, total: 4 }

const tiers = (mini: Model[], frontier: Model[], over: object = {}): Policy => ({
  kind: 'tiers',
  mini,
  frontier,
  rescue: true,
  ...over,
})
const decide = (
  policy: Policy,
  score: number,
  over: Partial<ModelRequest> = {},
  cut = 0.5,
  health: HealthView = soundHealth,
) =>
  choose({
    request: requestFor('Hi', over),
    policy,
    effort: { score, features: { chars: 0.1 } },
    cut,
    retries,
    health,
    now: 0,
  })
const names = (plan: ReturnType<typeof decide>) =>
  plan.targets.map((target) => `${target.tier}:${target.name}`)

describe('an easy request', () => {
  const plan = decide(tiers([micro], [big, spare]), 0.1)
  it('goes to the small model, with the frontier behind it', () => {
    expect(names(plan)).toEqual(['mini:micro', 'frontier:big', 'frontier:spare'])
    expect(plan).toMatchObject({
      tier: 'mini',
      reason: 'easy',
      score: 0.1,
      cut: 0.5,
      features: { chars: 0.1 },
      route: 'auto',
      retries,
    })
  })
  it('goes there at the cut itself', () => expect(decide(tiers([micro], [big]), 0.5).tier).toBe('mini'))
})

describe('a hard request', () => {
  it('goes to the frontier, and an outage is not hidden behind a model that cannot help', () => {
    const plan = decide(tiers([micro], [big, spare]), 0.9)
    expect(names(plan)).toEqual(['frontier:big', 'frontier:spare'])
    expect(plan).toMatchObject({ tier: 'frontier', reason: 'hard' })
  })
  it('has an ordinary small model behind it, which at least answers', () => {
    expect(names(decide(tiers([micro, small], [big]), 0.9))).toEqual(['frontier:big', 'mini:small'])
  })
  it('goes to the small model when there is no frontier, and says so', () => {
    const plan = decide(tiers([micro], []), 0.9)
    expect(names(plan)).toEqual(['mini:micro'])
    expect(plan).toMatchObject({ tier: 'mini', reason: 'no-frontier', score: 0.9 })
  })
})

describe('what the plain-text model cannot do goes to the frontier, easy or not', () => {
  const long = 'word '.repeat(300)
  const cases: readonly [string, Partial<ModelRequest>][] = [
    ['tools', { tools: [{ name: 'f' }] }],
    ['format', { format: { type: 'json' } }],
    ['format', { format: { type: 'json-schema', name: 'x', schema: {} } }],
    ['images', { messages: [messageOf({ type: 'text', text: 'Hi' }, { type: 'image', url: 'x' })] }],
    ['images', { messages: [messageOf({ type: 'other', name: 'input_audio' })] }],
    [
      'images',
      { messages: [messageOf({ type: 'image', url: 'x' }), messageOf({ type: 'text', text: 'And now?' })] },
    ],
    ['long', { messages: [messageOf({ type: 'text', text: long })] }],
    [
      'long',
      { messages: [messageOf({ type: 'text', text: long }), messageOf({ type: 'text', text: 'Hi' })] },
    ],
  ]
  for (const [reason, over] of cases) {
    it(`${reason}: ${JSON.stringify(over).slice(0, 60)}`, () => {
      const plan = decide(tiers([micro], [big]), 0.01, over, 1)
      expect(names(plan)).toEqual(['frontier:big'])
      expect(plan).toMatchObject({ tier: 'frontier', reason })
    })
    it(`${reason}, unless an ordinary small model can: ${JSON.stringify(over).slice(0, 60)}`, () => {
      expect(names(decide(tiers([micro, small], [big]), 0.01, over))).toEqual(['mini:small', 'frontier:big'])
    })
    it(`${reason}, and to the small model all the same where there is no other`, () => {
      expect(decide(tiers([micro], []), 0.01, over).reason).toBe('no-frontier')
    })
  }
})

describe('what the frontier costs', () => {
  const price = { input: 1, cacheRead: 1, cacheWrite: 1, output: 2 }
  const dear = { ...big, price }
  it('is that of the first of its models, whoever is asked', () => {
    for (const score of [0.1, 0.9])
      expect(decide(tiers([micro], [dear, spare]), score).frontierPrice).toEqual(price)
  })
  it('is that of the vendor which would be chosen, so that a cheaper one is no saving of the small model', () => {
    const at = (name: string, input: number) =>
      model(name, { of: 'big', price: { ...price, input, output: input } })
    const plan = decide(tiers([micro], [at('here', 9), at('there', 3)]), 0.1)
    expect(plan.frontierPrice).toMatchObject({ input: 3 })
  })
  it('is not known without a frontier, or where nobody has said', () => {
    const { price: _, ...unpriced } = big
    for (const policy of [tiers([{ ...micro, price }], []), tiers([micro], [unpriced, dear])])
      expect(decide(policy, 0.1)).not.toHaveProperty('frontierPrice')
  })
})

describe('the dial', () => {
  it('cannot send a plain-text model more than it can do', () => {
    expect(decide(tiers([micro], [big]), 0.6, {}, 1)).toMatchObject({ tier: 'frontier', cut: 0.5 })
  })
  it('can send it less', () => expect(decide(tiers([micro], [big]), 0.4, {}, 0.3).tier).toBe('frontier'))
  it('moves an ordinary small model freely', () => {
    expect(decide(tiers([small], [big]), 0.9, {}, 1).tier).toBe('mini')
    expect(decide(tiers([small], [big]), 0.1, {}, 0).tier).toBe('frontier')
  })
})

describe('a route without a small model', () => {
  it('is all frontier', () =>
    expect(decide(tiers([], [big, spare]), 0.1)).toMatchObject({ tier: 'frontier', reason: 'no-mini' }))
})

describe('a fixed order', () => {
  it('is kept, whatever the score, without a score', () => {
    const plan = decide({ kind: 'order', rescue: true, models: [big, micro], hedgeAfterMs: 50 }, 0.9)
    expect(names(plan)).toEqual(['fixed:big', 'fixed:micro'])
    expect(plan).toMatchObject({ tier: 'fixed', reason: 'order', hedgeAfterMs: 50 })
    expect(plan).not.toHaveProperty('score')
  })
  it('of one is simply the model', () =>
    expect(decide({ kind: 'order', rescue: true, models: [big] }, 0.9).reason).toBe('model'))
})

it('a plan carries the hedge of its route and no field that only routing knows', () => {
  const plan = decide(tiers([micro], [big], { hedgeAfterMs: 70 }), 0.1)
  expect(plan.hedgeAfterMs).toBe(70)
  expect(plan.targets[0]).not.toHaveProperty('plainText')
})

describe('models that cannot serve a request', () => {
  const blind = model('blind', { facts: { images: false } })
  const image: Partial<ModelRequest> = { messages: [messageOf({ type: 'image', url: 'x' })] }
  it('are left out of an order, and the reason says for what', () => {
    const plan = decide({ kind: 'order', rescue: true, models: [blind, big, spare] }, 0.1, image)
    expect(names(plan)).toEqual(['fixed:big', 'fixed:spare'])
    expect(plan.reason).toBe('images')
    expect(names(decide({ kind: 'order', rescue: true, models: [big, blind] }, 0.1, image))).toEqual([
      'fixed:big',
    ])
    expect(decide({ kind: 'order', rescue: true, models: [blind, big] }, 0.1).reason).toBe('order')
  })
  it('are left out of tiers, mini and frontier', () => {
    expect(names(decide(tiers([blind], [big]), 0.1, image))).toEqual(['frontier:big'])
    expect(decide(tiers([blind], [big]), 0.1, image).reason).toBe('images')
    expect(names(decide(tiers([small], [blind, big]), 0.9, image))).toEqual(['frontier:big', 'mini:small'])
    expect(names(decide(tiers([small], [blind]), 0.9, image))).toEqual(['mini:small'])
  })
  it('refuse it where they are all there is', () => {
    expect(() => decide({ kind: 'order', rescue: true, models: [blind] }, 0.1, image)).toThrow(
      /blind reads no images/,
    )
    expect(() => decide(tiers([blind], [blind]), 0.1, image)).toThrow(/reads no images/)
    // The plain-text model would only say that it cannot help.
    expect(() => decide(tiers([micro], [blind]), 0.1, image)).toThrow(/blind reads no images/)
  })
  it('count a prompt all the same, however long it is', () => {
    const policy: Policy = { kind: 'order', rescue: true, models: [model('short', { contextWindow: 1 })] }
    const long = requestFor('word '.repeat(100))
    const effort = { score: 0, features: {} }
    const decision = { request: long, policy, effort, cut: 0.5, retries, health: soundHealth, now: 0 }
    expect(() => choose(decision)).toThrow(/too long/)
    expect(choose({ ...decision, anyLength: true }).targets).toMatchObject([{ name: 'short' }])
  })
})

describe('targets that are down', () => {
  type Standings = Readonly<Record<string, 'down' | 'due'>>
  const sick = (standings: Standings, p95: Readonly<Record<string, number>> = {}): HealthView => {
    const of = <T>(all: Readonly<Record<string, T>>, key: string): T | undefined =>
      Object.entries(all).find(([name]) => healthKey({ provider: 'lab', model: name }) === key)?.[1]
    return {
      standing: (key) => of(standings, key) ?? 'up',
      claimProbe: () => {
        throw new Error('choosing takes nothing')
      },
      p95Ms: (key, stream) => (stream ? of(p95, key) : undefined),
      measured: () => undefined,
    }
  }
  const order: Policy = { kind: 'order', rescue: true, models: [big, small, spare] }
  const ordered = (standings: Standings, policy: Policy = order) =>
    decide(policy, 0.1, {}, 0.5, sick(standings))

  const cases: readonly [string, Standings, string[], string, boolean][] = [
    ['none', {}, ['big', 'small', 'spare'], 'order', false],
    ['the first goes last', { big: 'down' }, ['small', 'spare', 'big'], 'health', false],
    ['another goes last', { small: 'down' }, ['big', 'spare', 'small'], 'order', false],
    [
      'several go last, in their order',
      { big: 'down', small: 'down' },
      ['spare', 'big', 'small'],
      'health',
      false,
    ],
    [
      'all are asked all the same',
      { big: 'down', small: 'down', spare: 'down' },
      ['big', 'small', 'spare'],
      'order',
      false,
    ],
    ['one that is due is tried first', { big: 'due' }, ['big', 'small', 'spare'], 'order', true],
    [
      'one that is due behind one that is up is not',
      { small: 'due' },
      ['big', 'spare', 'small'],
      'order',
      false,
    ],
    [
      'one that is due behind one that is down is',
      { big: 'down', small: 'due' },
      ['small', 'spare', 'big'],
      'health',
      true,
    ],
    [
      'only the first of two that are due',
      { big: 'due', small: 'due' },
      ['big', 'spare', 'small'],
      'order',
      true,
    ],
    [
      'one that is due where all others are down',
      { big: 'down', small: 'down', spare: 'due' },
      ['spare', 'big', 'small'],
      'health',
      true,
    ],
  ]
  for (const [name, standings, targets, reason, probe] of cases) {
    it(name, () => {
      const plan = ordered(standings)
      expect(plan.targets.map((target) => target.name)).toEqual(targets)
      expect([plan.reason, plan.probe === true]).toEqual([reason, probe])
    })
  }

  it('that are alone are asked, and are no try', () => {
    for (const standing of ['down', 'due'] as const) {
      const plan = ordered({ big: standing }, { kind: 'order', rescue: true, models: [big] })
      expect(plan.targets.map((target) => target.name)).toEqual(['big'])
      expect(plan).not.toHaveProperty('probe')
      expect(plan.reason).toBe('model')
    }
  })

  it('among small models go behind the frontier, and the plan says which kind answers', () => {
    const plan = decide(tiers([small], [big, spare]), 0.1, {}, 0.5, sick({ small: 'down' }))
    expect(names(plan)).toEqual(['frontier:big', 'frontier:spare', 'mini:small'])
    expect(plan).toMatchObject({ tier: 'frontier', reason: 'health', score: 0.1 })
  })
  it('among large ones leave the rest of the frontier before the small', () => {
    const plan = decide(tiers([small], [big, spare]), 0.9, {}, 0.5, sick({ big: 'down' }))
    expect(names(plan)).toEqual(['frontier:spare', 'mini:small', 'frontier:big'])
  })

  it('are waited for a second at most when they are tried, or as long as their route says', () => {
    const patience = (hedgeAfterMs: number | 'p95' | undefined, p95: Record<string, number> = {}) =>
      decide(
        { ...order, ...(hedgeAfterMs === undefined ? {} : { hedgeAfterMs }) },
        0.1,
        {},
        0.5,
        sick({ big: 'due' }, p95),
      ).hedgeAfterMs
    expect(patience(undefined)).toBe(1_000)
    expect(patience(300)).toBe(300)
    expect(patience(5_000)).toBe(1_000)
    expect(patience('p95')).toBe(1_000)
    expect(patience('p95', { big: 400 })).toBe(400)
  })

  it('a hedge after the usual time goes by the target that is asked first, and there is none before it is known', () => {
    const usual: Policy = { ...order, hedgeAfterMs: 'p95' }
    const plan = (standings: Standings, stream = true) =>
      decide(usual, 0.1, { stream }, 0.5, sick(standings, { big: 400, small: 900 }))
    expect(plan({}).hedgeAfterMs).toBe(400)
    expect(plan({ big: 'down' }).hedgeAfterMs).toBe(900)
    expect(plan({ big: 'down', small: 'down' })).not.toHaveProperty('hedgeAfterMs')
    expect(plan({}, false)).not.toHaveProperty('hedgeAfterMs')
  })
})

describe('a conversation', () => {
  const price = (input: number) => ({ input, cacheRead: input / 10, cacheWrite: input, output: input * 4 })
  const [weak, strong] = [model('weak', { price: price(1) }), model('strong', { price: price(5) })]
  const served = (target: Model, cachedTokens: number, at = 0) => ({
    target: healthKey(target),
    at,
    promptTokens: 10_000,
    cachedTokens,
  })
  const turn = (
    score: number,
    last: ReturnType<typeof served> | undefined,
    policy = tiers([weak], [strong]),
  ) =>
    choose({
      request: requestFor('And now?'),
      policy,
      effort: { score, features: {} },
      cut: 0.4,
      retries,
      health: soundHealth,
      now: 60_000,
      ...(last === undefined ? {} : { last }),
    })

  const cases: readonly [string, number, ReturnType<typeof served> | undefined, string, string][] = [
    ['that is new goes by its score', 0.3, undefined, 'weak', 'easy'],
    ['with nothing cached goes by its score', 0.3, served(strong, 0), 'weak', 'easy'],
    [
      'cached at the strong model stays where that is cheaper by now',
      0.1,
      served(strong, 10_000),
      'strong',
      'conversation',
    ],
    ['cached there leaves it after five minutes', 0.1, served(strong, 10_000, -250_000), 'weak', 'easy'],
    [
      'cached there in part stays for a gain that is worth the rest',
      0.3,
      served(strong, 5_000),
      'strong',
      'conversation',
    ],
    ['cached there in part leaves it for less', 0.1, served(strong, 5_000), 'weak', 'easy'],
    [
      'cached at the weak model stays for a gain that is worth less',
      0.45,
      served(weak, 9_900),
      'weak',
      'conversation',
    ],
    ['cached there leaves it for a larger gain', 0.6, served(weak, 9_900), 'strong', 'hard'],
    ['cached where nobody is asked any more goes by its score', 0.3, served(big, 9_900), 'weak', 'easy'],
  ]
  for (const [name, score, last, target, reason] of cases) {
    it(name, () => {
      const plan = turn(score, last)
      expect([plan.targets[0]?.name, plan.reason]).toEqual([target, reason])
    })
  }

  it('tells the cut that held for it, within 0..1', () => {
    expect(turn(0.3, undefined).cut).toBe(0.4)
    expect(turn(0.1, served(strong, 10_000)).cut).toBe(0)
    expect(turn(0.6, served(weak, 9_900)).cut).toBeGreaterThan(0.4)
  })

  it('says what is thrown away where another is asked than has it cached, and what that was worth', () => {
    const left = turn(0.6, served(weak, 9_900)).left
    expect(left).toEqual({ target: healthKey(weak), cachedTokens: 9_900, worthMicros: 8_910 })
    expect(turn(0.3, served(big, 9_900)).left).toEqual({ target: healthKey(big), cachedTokens: 9_900 })
    for (const plan of [
      turn(0.1, served(strong, 10_000)), // it stays
      turn(0.3, served(strong, 0)), // nothing is cached
      turn(0.1, served(strong, 10_000, -250_000)), // nothing is cached any more
    ])
      expect(plan).not.toHaveProperty('left')
  })

  it('says so, too, where the one that has it is down', () => {
    const plan = choose({
      request: requestFor('And now?'),
      policy: { kind: 'order', rescue: true, models: [strong, weak] },
      effort: { score: 0, features: {} },
      cut: 1,
      retries,
      health: { ...soundHealth, standing: (key) => (key === healthKey(strong) ? 'down' : 'up') },
      now: 0,
      last: served(strong, 10_000),
    })
    expect(plan).toMatchObject({ reason: 'health', left: { target: healthKey(strong), worthMicros: 45_000 } })
  })

  it('does not keep a model that lacks what the request needs', () => {
    const blind = model('blind', { price: price(5), facts: { tools: false } })
    const plan = choose({
      request: requestFor('And now?', { tools: [{ name: 'f' }] }),
      policy: tiers([weak], [blind]),
      effort: { score: 0.1, features: {} },
      cut: 0.4,
      retries,
      health: soundHealth,
      now: 0,
      last: served(blind, 9_900),
    })
    expect(names(plan)).toEqual(['mini:weak'])
  })
})

describe('several vendors', () => {
  const at = (name: string, cost: number): Model =>
    model(name, { of: 'big', price: { input: cost, cacheRead: cost, cacheWrite: cost, output: cost } })
  const vendors = [at('here', 2), at('there', 1)]
  it('of the model that was asked for are chosen from, and the reason says by what', () => {
    const plan = decide({ kind: 'order', rescue: true, models: vendors }, 0)
    expect(names(plan)).toEqual(['fixed:there', 'fixed:here'])
    expect(plan).toMatchObject({ reason: 'price', by: 'price' })
    for (const target of plan.targets) {
      expect(target).not.toHaveProperty('of')
      expect(target).not.toHaveProperty('weight')
    }
  })
  it('of a model of a tier are, too; the reason is still why it is this tier', () => {
    const plan = decide(tiers([small], vendors), 0.9)
    expect(names(plan)).toEqual(['frontier:there', 'frontier:here', 'mini:small'])
    expect(plan).toMatchObject({ reason: 'hard', by: 'price' })
  })
  it('that are down go last, and what they were chosen by is no reason any more', () => {
    const health: HealthView = { ...soundHealth, standing: (key) => (key === 'lab/there' ? 'down' : 'up') }
    const plan = decide({ kind: 'order', rescue: true, models: vendors }, 0, {}, 0.5, health)
    expect(names(plan)).toEqual(['fixed:here', 'fixed:there'])
    expect(plan).toMatchObject({ reason: 'health', by: 'health' })
  })
})
