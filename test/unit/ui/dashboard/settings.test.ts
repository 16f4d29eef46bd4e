// What the dashboard reckons: other settings of the dial, the square of quality and cost, the fields of a key.
import { describe, expect, it } from 'vitest'
import type { Key, Learned, Measured, WhatIf } from '../../../../workers/ui/dashboard/answers.ts'
import { fieldsIn } from '../../../../workers/ui/dashboard/key-fields.ts'
import { scatterOf } from '../../../../workers/ui/dashboard/scatter.ts'
import { sayingOf, settingAt, whatDecides } from '../../../../workers/ui/dashboard/setting.ts'

describe('another setting of the dial', () => {
  const past: WhatIf = {
    requests: 10,
    scored: 10,
    share: 0.5,
    scored_share: 0.5,
    per_1k: 2,
    points: [
      { share: 0, cut: null, per_1k: 1 },
      { share: 0.5, cut: 0.5, per_1k: 2 },
      { share: 1, cut: null, per_1k: 5 },
    ],
    look: null,
  }
  const curve = {
    weak: 0.6,
    strong: 0.8,
    points: [
      { share: 0, quality: 0.6 },
      { share: 1, quality: 0.8 },
    ],
  }

  it('lies on the line between the points around it', () => {
    expect(settingAt(0.75, past, curve)).toMatchObject({ per1k: 3.5, quality: 0.9375 })
    expect(settingAt(0, past, null)).toEqual({ share: 0, per1k: 1, quality: undefined })
    expect(settingAt(1, past, null).per1k).toBe(5)
  })
  it('is told beside what was', () => {
    expect(sayingOf(settingAt(0, past, null), past)).toBe(
      'With 0 % strong calls 1,000 requests would have cost $1.00, 50 % less than they did.',
    )
    expect(sayingOf(settingAt(0.5, past, null), past)).toContain('as they did')
  })
  it('is of answers where they are looked at, with what those cost and how good they are', () => {
    const learned: Learned = {
      route: 'auto',
      tenant: null,
      labels: { total: 400 },
      learner: { on: true, reason: 'On.' },
      curve,
      look: { curve: { ...curve, strong: 0.9 } },
    }
    expect(whatDecides(past, [learned])).toEqual({ past, curve })
    const look = { scored: 4, scored_share: 0.25, points: [{ share: 0, cut: null, per_1k: 1.5 }] }
    const decided = whatDecides({ ...past, look }, [learned])
    expect(decided.curve?.strong).toBe(0.9)
    expect(settingAt(0, decided.past, decided.curve).per1k).toBe(1.5)
    expect(decided.past.scored_share).toBe(0.25)
    expect(whatDecides({ ...past, look }, [{ ...learned, look: null }]).curve).toBeNull()
  })
  it('is not made up where nothing is known', () => {
    expect(sayingOf(settingAt(0.5, { ...past, points: [] }, null), past)).toMatch(/^Too few/)
  })
})

describe('quality against cost', () => {
  const result = (model: string, share: number | null, cost: number | null): Measured => ({
    model,
    target: `lab/${model}`,
    at: '2026-11-28T00:00:00Z',
    marked: false,
    findings: [],
    accuracy: { share, right: 1, total: 2 },
    latency: { first_ms: { p50: null, p95: null } },
    throughput: { tokens_per_second: null },
    cost: { per_1000_requests: cost, per_correct_answer: null },
  })
  it('stands on a scale of tens, with what is free at the edge', () => {
    const { dots, costTicks } = scatterOf([result('free', 0.3, 0), result('a', 0.5, 0.1), result('b', 1, 10)])
    expect(dots.map(({ name, x }) => [name, x])).toEqual([
      ['free', 0],
      ['a', 1 / 3],
      ['b', 1],
    ])
    expect(costTicks.map(({ cost }) => cost)).toEqual([0, 0.1, 1, 10])
    expect(dots.every(({ y }) => y >= 0 && y <= 1)).toBe(true)
  })
  it('leaves out what was not measured', () => {
    expect(scatterOf([result('a', null, 1), result('b', 0.5, null)]).dots).toEqual([])
  })
})

describe('the fields of a key', () => {
  const form = (fields: Record<string, string>): FormData => {
    const made = new FormData()
    for (const [name, value] of Object.entries(fields)) made.set(name, value)
    return made
  }
  it('that is new are those that were filled in', () => {
    const filled = form({
      name: ' Shop ',
      usd: '2.5',
      window: 'day',
      rpm: '',
      models: 'auto, big',
      origins: '',
      days: '2',
      storeText: 'on',
    })
    expect(fieldsIn(filled, 1_000)).toEqual({
      name: 'Shop',
      budgets: [{ usd: 2.5, window: 'day' }],
      models: ['auto', 'big'],
      storeText: true,
      expiresAt: 1_000 + 2 * 86_400_000,
    })
  })
  it('that is changed take away what was emptied, and keep budgets that the form has no room for', () => {
    const known: Key = {
      id: 'key_1',
      name: 'Shop',
      prefix: 'mk-',
      rpm: 5,
      tpm: null,
      models: ['auto'],
      origins: null,
      storeText: true,
      createdAt: null,
      expiresAt: null,
      revokedAt: null,
      budgets: [
        { usd: 1, window: 'day' },
        { tokens: 500, window: 'month' },
        { usd: 20, window: 'month' },
      ],
    }
    expect(fieldsIn(form({ name: 'Shop', usd: '', window: 'day' }), 0, known)).toEqual({
      name: 'Shop',
      budgets: [
        { tokens: 500, window: 'month' },
        { usd: 20, window: 'month' },
      ],
      rpm: null,
      tpm: null,
      models: null,
      storeText: false,
    })
  })
})
