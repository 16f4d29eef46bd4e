// Which calls of a request are errors in a trace.
import { SpanStatusCode } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import type { Attempt } from '../../../../shared/plan.ts'
import { spansOf } from '../../../../workers/telemetry/spans.ts'
import { handOverOf, NOON, outcomeWith } from './outbox-rows.ts'

const attempt = (end: string, more: Partial<Attempt> = {}): Attempt => ({
  target: 'small',
  startedAt: NOON,
  durationMs: 5,
  end,
  ...more,
})

it.each<[Attempt, boolean]>([
  [attempt('answered'), false],
  [attempt('lost'), false],
  [attempt('overloaded'), true],
  [attempt('rejected'), true],
  [attempt('rejected-schema', { aside: true }), false],
  [attempt('agreed', { aside: true }), false],
  [attempt('cut-unreachable', { aside: true }), true],
])('%j: %s', (call, isError) => {
  const spans = spansOf(handOverOf('isolate', 1, [outcomeWith({ attempts: [call] })]))
  const { status } = spans[1] ?? {}
  expect(status?.code === SpanStatusCode.ERROR).toBe(isError)
})
