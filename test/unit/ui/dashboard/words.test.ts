// What the dashboard says in words and numbers.
import { describe, expect, it } from 'vitest'
import type { RequestRow, Target, Use } from '../../../../workers/ui/dashboard/answers.ts'
import { linkTo, placeOf } from '../../../../workers/ui/dashboard/address.ts'
import { explain } from '../../../../workers/ui/dashboard/explain.ts'
import {
  ago,
  duration,
  exact,
  money,
  moneyLike,
  plural,
  share,
} from '../../../../workers/ui/dashboard/figures.ts'
import { summaryOf } from '../../../../workers/ui/dashboard/summary.ts'
import { sayingOf, timelineOf } from '../../../../workers/ui/dashboard/timeline.ts'

describe('figures', () => {
  it.each([
    [0, '$0.00'],
    [1_234.5, '$1,234.50'],
    [0.348, '$0.348'],
    [0.000744, '$0.000744'],
    [-2, '−$2.00'],
  ])('%d dollars are %s', (value, text) => expect(money(value)).toBe(text))
  it('of one column have the same digits', () => {
    expect([0.1532, 0.0918, 0].map(moneyLike([0.1532, 0.0918, 0]))).toEqual(['$0.1532', '$0.0918', '$0.0000'])
    expect([12, 0.004].map(moneyLike([12, 0.004]))).toEqual(['$12.00', '$0.00'])
  })
  it('of one request are told to the micro-dollar', () => {
    expect([exact(0.002658), exact(0)]).toEqual(['$0.002658', '$0'])
  })
  it.each([
    [null, '–'],
    [0.4, '0 ms'],
    [999, '999 ms'],
    [1_500, '1.50 s'],
    [61_000, '1 min 1 s'],
  ])('%s milliseconds are %s', (value, text) => expect(duration(value)).toBe(text))
  it('shares, times and counts', () => {
    expect([share(null), share(0.615), share(0.615, 1)]).toEqual(['–', '62 %', '61.5 %'])
    expect([ago(0, 59_000), ago(0, 3_600_000), ago(0, 200_000_000)]).toEqual([
      '59 s ago',
      '1 h ago',
      '2 d ago',
    ])
    expect([plural(1, 'request'), plural(2_000, 'request')]).toEqual(['1 request', '2,000 requests'])
  })
})

describe('an address', () => {
  it('goes there and back', () => {
    const link = linkTo('requests', 'row_1/%', { key: 'a&b', model: undefined, route: '' })
    expect(link).toBe('#/requests/row_1%2F%25?key=a%26b')
    expect(placeOf(link)).toEqual({ page: 'requests', id: 'row_1/%', query: { key: 'a&b' } })
  })
  it.each(['', '#', '#/', '#/nowhere', '#/%E0%A4%A'])('%j is the overview', (fragment) => {
    expect(placeOf(fragment).page).toBe('overview')
  })
})

const use = (given: Partial<Use>): Use => {
  const none = { p50: null, p95: null, p99: null }
  return {
    requests: 0,
    failures: 0,
    refused: 0,
    cancelled: 0,
    rescued: 0,
    cost: 0,
    saved: 0,
    mini_share: null,
    first_ms: none,
    head_ms: none,
    total_ms: none,
    ...given,
  }
}
const target = (name: string, state: Target['state']): Target => ({
  target: name,
  state,
  since: null,
  success: null,
  requests: 0,
  tokens_per_second: null,
  cache_hit_share: null,
  latency: { stream: { p50: null, p95: null, samples: 0 }, whole: { p50: null, p95: null, samples: 0 } },
})

describe('the sentence', () => {
  it('says that all is well, and what was saved', () => {
    expect(
      summaryOf(use({ requests: 1_000, cost: 1.5, saved: 3 }), 'a day', [target('a/b', 'closed')], []),
    ).toEqual({
      tone: 'good',
      title: 'All is well',
      text: '1,000 requests in a day cost $1.50; the frontier alone would have cost $4.50. None failed.',
    })
  })
  it('names what is down before anything else', () => {
    const targets = ['a', 'b', 'c', 'd'].map((name) => target(`${name}/x`, 'open'))
    expect(summaryOf(use({ requests: 10, failures: 9 }), 'a day', targets, [])).toMatchObject({
      tone: 'bad',
      title: 'a/x, b/x, c/x and 1 more are down',
    })
  })
  it('says how many failed, and how many would have', () => {
    const said = summaryOf(use({ requests: 100, failures: 7, rescued: 4 }), 'a day', [], [])
    expect(said).toMatchObject({ tone: 'bad', title: '7.0 % of requests failed' })
    expect(said.text).toContain('7 failed; 4 more would have, and were rescued.')
  })
  it('says nothing of failures where nothing was asked', () => {
    const said = summaryOf(use({}), 'a day', [target('a/b', 'open')], [])
    expect(said).toEqual({ tone: 'bad', title: 'a/b is down', text: 'Nothing was asked in a day.' })
  })
  it('is calm about nothing', () => {
    expect(summaryOf(use({}), 'a day', [target('a/b', 'closed')], []).tone).toBe('still')
  })
})

describe('the calls of a request', () => {
  it('stand on one scale of time', () => {
    const at = '2026-11-28T10:00:00.000Z'
    const startedAt = Date.parse(at)
    const bars = timelineOf({
      at,
      total_ms: 1_000,
      attempts: [
        { target: 'a/x', startedAt, durationMs: 250, end: 'overloaded', status: 529 },
        {
          target: 'b/y',
          startedAt: startedAt + 250,
          headMs: 250,
          durationMs: 750,
          end: 'answered',
          status: 200,
        },
      ],
    })
    expect(bars).toMatchObject([
      { start: 0, length: 0.25, wait: 0.25, tone: 'bad', says: 'failed: overloaded (529)' },
      { start: 0.25, length: 0.75, wait: 0.25, tone: 'good', says: 'answered' },
    ])
  })
  it.each([
    ['lost', 'cancelled: another was faster'],
    ['cut-idle-timeout', 'died in the middle of its answer: idle timeout'],
    ['rejected-not-json', 'not given: not json'],
    ['disagreed', 'asked to compare, and did not agree'],
  ])('%s: %s', (end, says) =>
    expect(sayingOf({ target: 'a/x', startedAt: 0, durationMs: 1, end })).toBe(says),
  )
  it('say where another went on', () => {
    const says = sayingOf({
      target: 'a/x',
      startedAt: 0,
      durationMs: 1,
      end: 'answered',
      resumed: 'prefill',
      seamAt: 42,
    })
    expect(says).toBe('answered, going on after 42 characters of another')
  })
})

describe('the decision', () => {
  const decision: Pick<
    RequestRow,
    'tier' | 'route' | 'reason' | 'score' | 'routing' | 'clamped_to' | 'model'
  > = {
    tier: 'frontier',
    route: 'auto',
    reason: 'too-long',
    score: 0.9,
    clamped_to: null,
    model: 'lab/big',
    routing: {
      cut: 0.62,
      share: 0.4,
      dial: { quality: 0.95 },
      by: 'price',
      features: { length: 0.4, code: -0.8, lines: 0 },
    },
  }
  it('is told in sentences', () => {
    expect(explain(decision)).toEqual([
      'The route auto sent this request to its frontier.',
      'The reason on record is “too long”.',
      expect.stringContaining('0.900'),
      'The dial promises 95 % of the frontier’s quality, which now means 40.0 % strong calls.',
      'Among the models of its tier the first was chosen by price.',
      'What was seen of it, strongest first: code -0.8, length 0.4.',
    ])
  })
  it('of a request that named its model is short', () => {
    const fixed = { ...decision, tier: 'fixed', route: 'big', reason: '', score: null, routing: null }
    expect(explain(fixed)).toEqual(['It asked for big, which leaves no choice of tier.'])
  })
})
