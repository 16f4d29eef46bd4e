// The other tier's answer: asked once, whole, as somebody else, within its time; and what an ended request teaches at all.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Failed, type Failure } from '../../../../shared/failure.ts'
import type { Ending, Plan, Tier, Trial } from '../../../../shared/plan.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { noUsage } from '../../../../shared/usage.ts'
import type { News, Place } from '../../../../workers/learning/label.ts'
import { openLearning } from '../../../../workers/learning/learning.ts'
import { isSampled, openShadow, type Serve, shadowCaller } from '../../../../workers/learning/shadow.ts'
import type { Caller } from '../../../../workers/service.ts'
import {
  answerOf,
  batchesOf,
  callerWith,
  cxAt,
  piece,
  planOf,
  requestFor,
  say,
  STOP,
  target,
} from '../../samples.ts'

const CHOICE = 'Largest?\nA. Mars\nB. Venus\nC. Jupiter\nAnswer:'
const small = target('small', { tier: 'mini' })
const large = target('large', { tier: 'frontier' })
const plan: Plan = planOf([], { route: 'auto', targets: [small, large], tier: 'mini', reason: 'easy' })
const terms = { budget: { window: 'day', limit: 1_000 } } as const
const caller = shadowCaller('auto', terms.budget)
const heard = (text: string) => ({ text, refusal: '', calls: [], finish: 'stop' as const })

type Reply =
  | string
  | Failure
  | 'never'
  | { readonly text: string; readonly clamped?: number; readonly isCut?: true }

const setup = (replies: Readonly<Record<string, Reply>>) => {
  const asked: { caller: Caller; request: ModelRequest; id: string }[] = []
  const serve: Serve = (one, cx, abort) => {
    asked.push({ ...one, id: cx.id })
    const reply = replies[one.request.model] ?? ''
    if (reply === 'never')
      return new Promise((_, reject) => cx.signal.addEventListener('abort', () => reject(cx.signal.reason)))
    void abort
    if (typeof reply === 'object' && 'kind' in reply) return Promise.reject(new Failed(reply))
    const { text, clamped, isCut = false } = typeof reply === 'string' ? { text: reply } : reply
    const end = isCut ? [{ type: 'finish', reason: 'length' } as const] : STOP
    return Promise.resolve({ answer: answerOf(large, batchesOf([piece(say(text), ...end)])), clamped })
  }
  return { asked, serve }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a shadow', () => {
  const request = requestFor(CHOICE, {
    conversation: 'key_1/c',
    unread: ['x'],
    requireParameters: true,
    dial: { strongShare: 0.5 },
    limits: { maxCostMicros: 7 },
    tenant: 'key_1',
  })
  const sample = { request, plan, tier: 'mini', heard: heard('A') } as const

  it('asks the other tier whole, by name, out of its own budget, on nobody’s conversation', async () => {
    const { asked, serve } = setup({ large: 'C' })
    expect(await openShadow(serve, terms, caller)(sample, cxAt())).toEqual({
      qualities: { weak: 0, strong: 1 },
      small: 'A',
    })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({
      id: 'req_1-shadow',
      caller: { keyId: 'shadow-auto', budgets: [{ unit: 'usd', window: 'day', limit: 1_000 }] },
      request: {
        model: 'large',
        stream: false,
        cascade: false,
        limits: { maxOutput: 2_048 },
        tenant: 'key_1',
      },
    })
    const sent: Partial<ModelRequest> = asked[0]?.request ?? {}
    for (const field of ['conversation', 'unread', 'requireParameters', 'dial', 'response'] as const)
      expect(sent[field]).toBeUndefined()
  })

  it.each<[string, Failure]>([
    ['its budget is spent', { kind: 'over-budget', unit: 'usd', code: 'insufficient_quota', message: 'no' }],
    ['the model is down', { kind: 'overloaded', status: 503 }],
  ])('shows nothing where %s', async (_, failure) => {
    const { serve } = setup({ large: failure })
    expect(await openShadow(serve, terms, caller)(sample, cxAt())).toBeUndefined()
  })

  it('is heard of where it is set up wrong', async () => {
    const { serve } = setup({ large: { kind: 'invalid-request', message: 'no price' } })
    await expect(openShadow(serve, terms, caller)(sample, cxAt())).rejects.toThrow('no price')
  })

  it.each<[string, Reply]>([
    ['its budget made shorter', { text: 'It is', clamped: 3, isCut: true }],
    ['that is longer than it may be', { text: 'It is', isCut: true }],
  ])('shows nothing by an answer %s', async (_, reply) => {
    const { serve } = setup({ large: reply })
    const free = { ...sample, request: requestFor(CHOICE) }
    expect(await openShadow(serve, terms, caller)(free, cxAt())).toBeUndefined()
  })

  it('takes an answer that is as short as the client wanted it', async () => {
    const { serve } = setup({ large: { text: 'It is', isCut: true } })
    const short = { ...sample, request: requestFor(CHOICE, { limits: { maxOutput: 2 } }) }
    expect(await openShadow(serve, terms, caller)(short, cxAt())).toMatchObject({
      qualities: { weak: 1, strong: 0 },
    })
  })

  it('is given up in time', async () => {
    const { serve } = setup({ large: 'never' })
    const shown = openShadow(serve, terms, caller)(sample, cxAt())
    await vi.advanceTimersByTimeAsync(25_001)
    expect(await shown).toBeUndefined()
  })

  it('asks the judge only where form does not show it, and shows nothing where the judge says nothing', async () => {
    const story = {
      request: requestFor('Tell me.'),
      plan,
      tier: 'mini',
      heard: heard('It was a long and quiet day.'),
    } as const
    const judged = setup({ large: 'There once was a very loud night.', sage: '2' })
    const withJudge = { ...terms, judge: 'sage' }
    expect(await openShadow(judged.serve, withJudge, caller)(story, cxAt())).toMatchObject({
      qualities: { weak: 1, strong: 1 },
    })
    expect(judged.asked.map(({ request: { model } }) => model)).toEqual(['large', 'sage', 'sage'])
    const silent = setup({ large: 'There once was a very loud night.', sage: 'Hm.' })
    expect(await openShadow(silent.serve, withJudge, caller)(story, cxAt())).toBeUndefined()
    const without = setup({ large: 'There once was a very loud night.' })
    expect(await openShadow(without.serve, terms, caller)(story, cxAt())).toBeUndefined()
    expect(without.asked).toHaveLength(1)
    const exact = setup({ large: 'C', sage: '1' })
    await openShadow(exact.serve, withJudge, caller)(sample, cxAt())
    expect(exact.asked).toHaveLength(1)
  })

  it.each<[string, Partial<ModelRequest>, Plan['targets'], boolean]>([
    ['words with another tier', {}, [small, large], true],
    ['tools', { tools: [{ name: 'f' }] }, [small, large], false],
    ['several choices', { choices: 2 }, [small, large], false],
    ['one tier', {}, [small], false],
  ])('is of %s: %o', (_, over, targets, is) =>
    expect(isSampled({ ...sample, request: requestFor(CHOICE, over), plan: { ...plan, targets } })).toBe(is),
  )
})

describe('an ended request', () => {
  const ending: Ending = {
    end: 'finish',
    usage: noUsage,
    usageSource: 'reported',
    costMicros: 0,
    text: 'A',
    reasoning: [],
    toolCalls: [],
  }
  const setUp = (chance = 0) => {
    const told: { place: Place; news: Partial<News> }[] = []
    let sampled = 0
    const learning = openLearning({
      desk: { tell: (place, news) => void told.push({ place, news }) },
      learners: { exchange: () => Promise.reject(new Error('no')), feedback: () => Promise.resolve(true) },
      noteOf: (request, route) => ({
        sketch: `sketch of ${request.messages.length}`,
        prior: route.length / 10,
      }),
      lookOf: (_, answer, sureness) =>
        `look at ${answer}${sureness === undefined ? '' : `, ${sureness.mean}`}`,
      shadows: new Map([
        [
          'auto',
          {
            share: 0.5,
            shadow: async () => {
              sampled += 1
              return { qualities: { weak: 0, strong: 1 }, small: 'B' }
            },
          },
        ],
      ]),
      chance: () => chance,
    })
    const end = async (over: Partial<Parameters<typeof learning.ended>[0]> = {}): Promise<void> => {
      const cx = cxAt()
      learning.ended(
        {
          caller: callerWith(),
          request: requestFor(CHOICE),
          plan,
          tier: 'mini' as Tier,
          ending,
          trial: undefined,
          ...over,
        },
        cx,
      )
      await Promise.all(cx.deferred)
    }
    const labels = () => told.flatMap(({ news }) => news.labels ?? [])
    return { told, end, labels, learning, sampled: () => sampled }
  }

  it('is kept for its caller’s opinion, and sampled by chance', async () => {
    const { told, end, labels, sampled } = setUp(0.49)
    await end()
    expect(told[0]).toMatchObject({
      place: { route: 'auto', tenant: 'key_1' },
      news: { asked: [{ id: 'req_1', sketch: 'sketch of 1', prior: 0.4, tier: 'mini' }] },
    })
    expect(labels()).toMatchObject([
      { id: 'shadow/req_1', label: { prior: 0.4, weak: 0, strong: 1, source: 'shadow' } },
    ])
    expect(sampled()).toBe(1)
    const lucky = setUp(0.5)
    await lucky.end()
    expect([lucky.sampled(), lucky.labels()]).toEqual([0, []])
  })

  it('belongs to its key’s project, where it has one', async () => {
    const { told, end } = setUp(1)
    await end({ caller: callerWith({ project: { id: 'project_1', name: 'p', budgets: [] } }) })
    expect(told[0]?.place.tenant).toBe('project_1')
  })

  describe('in a cascade', () => {
    const cascade = { holdMs: 1, holdChars: 1, secondAnswer: false }
    const checked: Plan = { ...plan, cascade, score: 0.3 }
    const lookAt = (answer: string) => ({ sketch: `look at ${answer}`, prior: 0.3 })

    it('tells of its small answer, too, measured against what the question promised', async () => {
      const { told, end, labels } = setUp()
      await end({ plan: checked, trial: { target: 'small', text: 'A', agreed: true } })
      expect(told[0]?.news.asked).toMatchObject([{ look: lookAt('A') }])
      expect(labels().map(({ id, label: { look } }) => [id, look])).toEqual([
        ['cascade/req_1', lookAt('A')],
        ['shadow/req_1', lookAt('B')],
      ])
    })

    it('tells how sure the small model was of the answer that it gave, not of another one', async () => {
      const sureness = { mean: -0.5, least: -3, unsure: 0.1 }
      const { told, end, labels } = setUp()
      await end({ plan: checked, trial: { target: 'small', text: 'A', agreed: true, sureness } })
      expect(told[0]?.news.asked).toMatchObject([{ look: lookAt('A, -0.5') }])
      expect(labels().map(({ label: { look } }) => look)).toEqual([lookAt('A, -0.5'), lookAt('B')])
    })

    it('whose small answer was not given tells of that one, and to opinions on the large one nothing', async () => {
      const { told, end, labels } = setUp()
      await end({ plan: checked, tier: 'frontier', trial: { target: 'small', text: 'B', doubt: 'look' } })
      expect(labels()).toMatchObject([{ label: { weak: 0, strong: 1, look: lookAt('B') } }])
      expect(told[0]?.news.asked?.[0]).not.toHaveProperty('look')
    })

    it('tells nothing of answers where tools may be called, nor does a route without one', async () => {
      const tools = [{ name: 'f', parameters: {} }] as unknown as ModelRequest['tools']
      for (const over of [{ plan: checked, request: requestFor(CHOICE, { tools }) }, { plan }]) {
        const { told, end } = setUp(1)
        await end(over)
        expect(told[0]?.news.asked?.[0]).not.toHaveProperty('look')
      }
    })
  })

  const trial: Trial = { target: 'small', text: 'B', doubt: 'disagreed' }
  it('that a cascade has shown both tiers of is not sampled as well', async () => {
    const { end, labels, sampled } = setUp()
    await end({ tier: 'frontier', trial })
    expect(labels()).toMatchObject([
      { id: 'cascade/req_1', label: { weak: 0, strong: 1, source: 'cascade' } },
    ])
    expect(sampled()).toBe(0)
  })

  it.each<[string, Partial<Parameters<ReturnType<typeof setUp>['end']>[0] & object>]>([
    ['of a model asked by name', { tier: 'fixed', plan: planOf(['a']) }],
    ['that was cut off', { ending: { ...ending, end: 'error' } }],
    ['whose client left', { ending: { ...ending, end: 'cancelled' } }],
  ])('%s teaches nothing', async (_, over) => {
    const { told, end, sampled } = setUp()
    await end(over)
    expect([told, sampled()]).toEqual([[], 0])
  })

  it('of the re-benchmark teaches every tenant of the route', () => {
    const { told, learning } = setUp()
    learning.teach('auto', [{ prompt: 'What is 6 * 7?', weak: false, strong: true }], cxAt())
    expect(told).toMatchObject([
      {
        place: { route: 'auto', tenant: 'house' },
        news: { labels: [{ label: { weak: 0, strong: 1, source: 'rebench' } }] },
      },
    ])
  })
})
