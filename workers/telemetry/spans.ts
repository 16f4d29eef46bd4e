// A row as spans: one for the request as it was served, one for each call that was made for it. Pure.
import { type Attributes, type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { Attempt } from '../../shared/plan.ts'
import { completionTokens, promptTokens, type Usage } from '../../shared/usage.ts'
import { type HandOver, rowsOf } from './letter.ts'
import type { Row } from './record.ts'

export type Span = Omit<ReadableSpan, 'resource' | 'instrumentationScope'>

export const spansOf = (handOver: HandOver): Span[] =>
  rowsOf(handOver).flatMap((values) =>
    spansOfRow(
      Object.fromEntries(
        handOver.columns.map((column, index) => [column, values[index] ?? null]),
      ) as Partial<Row>, // as `writeRow` wrote it
    ),
  )

interface Drawn {
  readonly traceId: string
  /** What ids of spans are made of: several requests may belong to one trace. */
  readonly ownId: string
  /** The client's own span, for the first. */
  readonly parentId: string | undefined
  readonly position: number
  readonly name: string
  readonly kind: SpanKind
  readonly from: number
  readonly ms: number
  readonly attributes: Attributes
  readonly failed: boolean
}

function spansOfRow(row: Partial<Row>): Span[] {
  // A row's id ends in a random UUID, which has just the bits of a trace's id; sent again it is the same trace.
  const ownId = String(row.id).slice(-36).replaceAll('-', '')
  const [traceId = ownId, parentId] = typeof row.trace === 'string' ? row.trace.split('-') : []
  const operation = String(row.operation ?? 'chat')
  const attempts = JSON.parse(String(row.attempts ?? '[]')) as readonly Attempt[] // by `writeRow`
  const isAlone = attempts.length === 1
  const shared = { traceId, ownId, parentId, operation }
  const request = draw({
    ...shared,
    position: 0,
    name: `${operation} ${text(row.route)}`,
    kind: SpanKind.SERVER,
    from: Number(row.at),
    ms: Number(row.total_ms),
    attributes: requestAttributes(row, operation),
    failed: row.ending === 'error',
  })
  const calls = attempts.map((attempt, index) =>
    draw({
      ...shared,
      position: index + 1,
      name: `${operation} ${attempt.target}`,
      kind: SpanKind.CLIENT,
      from: attempt.startedAt,
      ms: attempt.durationMs,
      attributes: callAttributes(attempt, row, operation, isAlone),
      failed: isFailed(attempt),
    }),
  )
  return [request, ...calls]
}

/** What was set aside was an answer all the same, unless it broke off. */
const isFailed = ({ end, aside }: Attempt): boolean =>
  aside === true ? end.startsWith('cut-') : !['answered', 'lost', 'cancelled'].includes(end)

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function requestAttributes(row: Partial<Row>, operation: string): Attributes {
  return {
    ...naming(operation, text(row.route), text(row.model)),
    ...usageAttributes({
      input: Number(row.tokens_input),
      cacheRead: Number(row.tokens_cache_read),
      cacheWrite: Number(row.tokens_cache_write),
      output: Number(row.tokens_output),
      reasoning: Number(row.tokens_reasoning),
    }),
    'gen_ai.request.stream': row.stream === 1,
    ...(typeof row.first_ms === 'number'
      ? { 'gen_ai.response.time_to_first_chunk': row.first_ms / 1_000 }
      : {}),
    'http.response.status_code': Number(row.status),
    ...(text(row.failure) === '' ? {} : { 'error.type': text(row.failure) }),
    'minnow.request.id': text(row.request_id),
    'minnow.key': text(row.key_id),
    'minnow.tier': text(row.tier),
    'minnow.reason': text(row.reason),
    'minnow.end': text(row.ending),
    'minnow.cost': Number(row.cost_micros) / 1_000_000,
  }
}

function callAttributes(
  attempt: Attempt,
  row: Partial<Row>,
  operation: string,
  isAlone: boolean,
): Attributes {
  const isWhole = isAlone && attempt.end === 'answered'
  const model = isWhole ? text(row.model) : attempt.target
  return {
    ...naming(operation, attempt.target, model),
    ...(attempt.usage === undefined ? {} : usageAttributes(attempt.usage)),
    ...(isWhole && attempt.usage === undefined
      ? usageAttributes({
          input: Number(row.tokens_input),
          cacheRead: Number(row.tokens_cache_read),
          cacheWrite: Number(row.tokens_cache_write),
          output: Number(row.tokens_output),
          reasoning: Number(row.tokens_reasoning),
        })
      : {}),
    ...(attempt.status === undefined ? {} : { 'http.response.status_code': attempt.status }),
    ...(isFailed(attempt) ? { 'error.type': attempt.end } : {}),
    'minnow.end': attempt.end,
    ...(attempt.costMicros === undefined ? {} : { 'minnow.cost': attempt.costMicros / 1_000_000 }),
  }
}

/** `<vendor>/<model>` taken apart; a vendor that is not known is whoever the operator calls so. */
export function naming(operation: string, asked: string, model: string): Attributes {
  const slash = model.indexOf('/')
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.request.model': asked,
    'gen_ai.provider.name': slash < 1 ? 'minnow' : model.slice(0, slash),
    ...(slash < 1 ? {} : { 'gen_ai.response.model': model.slice(slash + 1) }),
  }
}

/** The convention counts what was cached as input, and reasoning as output. */
const usageAttributes = (usage: Usage): Attributes => ({
  'gen_ai.usage.input_tokens': promptTokens(usage),
  'gen_ai.usage.output_tokens': completionTokens(usage),
  ...(usage.cacheRead === 0 ? {} : { 'gen_ai.usage.cache_read.input_tokens': usage.cacheRead }),
  ...(usage.cacheWrite === 0 ? {} : { 'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite }),
  ...(usage.reasoning === 0 ? {} : { 'gen_ai.usage.reasoning.output_tokens': usage.reasoning }),
})

export const timeOf = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)]

function draw({ traceId, ownId, parentId, position, name, kind, from, ms, attributes, failed }: Drawn): Span {
  const idAt = (place: number): string => `${ownId.slice(0, 14)}${place.toString(16).padStart(2, '0')}`
  const contextOf = (spanId: string): ReturnType<ReadableSpan['spanContext']> => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
  })
  const parent = position === 0 ? parentId : idAt(0)
  return {
    name,
    kind,
    spanContext: () => contextOf(idAt(position)),
    ...(parent === undefined ? {} : { parentSpanContext: contextOf(parent) }),
    startTime: timeOf(from),
    endTime: timeOf(from + ms),
    duration: timeOf(ms),
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
