// Outcome rows: every column is written in its place and read back in the operator's terms.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readMigrations } from '../../../../tools/gateway/migrate.ts'
import type { Outcome } from '../../../../shared/plan.ts'
import { COLUMNS, readRow, type Row, writeRow } from '../../../../workers/telemetry/record.ts'

const outcome: Outcome = {
  id: 'row_1',
  requestId: 'req_1',
  at: 1_764_547_200_000,
  keyId: 'key_1',
  operation: 'chat',
  route: 'auto',
  tier: 'mini',
  reason: 'easy',
  score: 0.2,
  routing: '{"cut":0.5,"features":{"words":0.1}}',
  model: 'lab/big-1',
  attempts: [{ target: 'big', startedAt: 1, durationMs: 2, end: 'answered' }],
  usage: { input: 1, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 5 },
  usageSource: 'reported',
  costMicros: 120,
  frontierMicros: 300,
  clampedTo: 64,
  headMs: 6,
  firstMs: 5,
  totalMs: 7,
  stream: true,
  status: 200,
  end: 'finish',
}
const rowOf = (value: Outcome): Row =>
  Object.fromEntries(COLUMNS.map((column, index) => [column, writeRow(value)[index] ?? null])) as Row

describe('a row', () => {
  it('has a value for each column', () => expect(writeRow(outcome)).toHaveLength(COLUMNS.length))

  it('begins with the columns of older rows, which lie in D1 by their places', () => {
    const migrations = readMigrations(fileURLToPath(new URL('../../../../migrations', import.meta.url)))
    const { sql = '' } = migrations.find(({ name }) => name.startsWith('0013')) ?? {}
    const [, columns = ''] = /'(id,[a-z_,]+)'/.exec(sql) ?? []
    expect(COLUMNS.join(',').startsWith(columns)).toBe(true)
    expect(columns.split(',')).toHaveLength(28)
    expect(sql).toContain(`json_array(${columns.replaceAll(',', ', ')})`)
  })

  it('is read back as the operator sees it', () => {
    expect(readRow(rowOf(outcome))).toEqual({
      id: 'row_1',
      request_id: 'req_1',
      at: '2025-12-01T00:00:00.000Z',
      key: 'key_1',
      operation: 'chat',
      route: 'auto',
      tier: 'mini',
      reason: 'easy',
      score: 0.2,
      routing: { cut: 0.5, features: { words: 0.1 } },
      model: 'lab/big-1',
      attempts: outcome.attempts,
      tokens: { input: 1, cache_read: 2, cache_write: 3, output: 4, reasoning: 5, source: 'reported' },
      cost: 0.00012,
      cost_micros: 120,
      frontier_cost: 0.0003,
      clamped_to: 64,
      head_ms: 6,
      first_ms: 5,
      total_ms: 7,
      stream: true,
      status: 200,
      end: 'finish',
      failure: null,
    })
  })

  it('says what a prompt cache saved, or cost, and of which conversation it is', () => {
    const cached = { ...outcome, promptSavedMicros: -75, conversation: 'a1b2' }
    expect(readRow(rowOf(cached))).toMatchObject({
      prompt_cache_saved: -0.000075,
      prompt_cache_saved_micros: -75,
      conversation: 'a1b2',
    })
  })

  it('of a request that nobody answered has nulls, not zeros, for what there was not', () => {
    const { score: _, headMs: __, ...rest } = outcome
    const failed: Outcome = {
      ...rest,
      model: '',
      attempts: [],
      stream: false,
      status: 503,
      end: 'error',
      failure: 'overloaded',
    }
    expect(readRow(rowOf(failed))).toMatchObject({
      model: null,
      score: null,
      head_ms: null,
      attempts: [],
      stream: false,
      failure: 'overloaded',
    })
  })

  it('holds what D1 can bind: no undefined, no objects', () => {
    const { score: _, headMs: __, ...rest } = outcome
    for (const value of writeRow(rest))
      expect(value === null || ['string', 'number'].includes(typeof value)).toBe(true)
  })
})
