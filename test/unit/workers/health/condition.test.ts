// A target's condition: what results add to it, one by one or many at once.
import { describe, expect, it } from 'vitest'
import {
  absorb,
  addReports,
  probeReport,
  type Report,
  reportOf,
  soundCondition,
} from '../../../../workers/health/condition.ts'
import type { Result } from '../../../../workers/health/evidence.ts'

const NOW = 1_764_547_200_000
const moment = { now: NOW, probeMs: 10_000, chance: 0 }
const results: readonly Result[] = [
  { kind: 'answered', beganAt: NOW - 300, tookMs: 300, stream: true },
  { kind: 'answered', beganAt: NOW - 900, tookMs: 900, stream: false },
  { kind: 'failed', beganAt: NOW - 5, failure: { kind: 'overloaded', status: 503 } },
  { kind: 'left', waitedMs: 700, stream: true },
]

describe('results', () => {
  it('of streams and whole replies are timed apart', () => {
    const condition = results.reduce(
      (known, result) => absorb(known, reportOf(result, NOW), moment),
      soundCondition,
    )
    expect(condition.stream).toMatchObject({ samples: 2 })
    expect(condition.whole).toMatchObject({ samples: 1, ewmaMs: 900 })
    expect(condition.tally).toEqual([{ minute: Math.floor(NOW / 60_000), ok: 2, failed: 1 }])
    expect(condition.circuit).toMatchObject({ state: 'closed', streak: 1 })
  })

  it('added up say the same as one by one', () => {
    const sum = results
      .map((result) => reportOf(result, NOW))
      .reduce<Report | undefined>(addReports, undefined)
    const condition = absorb(soundCondition, sum, moment)
    expect(condition.stream.samples).toBe(2)
    expect(condition.circuit).toMatchObject({ ok: 2, failed: 1, streak: 1 })
  })

  it('that say nothing leave no report', () => {
    const failure = { kind: 'cancelled' } as const
    expect(reportOf({ kind: 'failed', beganAt: NOW, failure }, NOW)).toBeUndefined()
    expect(absorb(soundCondition, undefined, moment)).toBe(soundCondition)
  })

  it('a try that has begun counts as no call', () =>
    expect(absorb(soundCondition, probeReport(NOW), moment).tally).toEqual([]))
})
