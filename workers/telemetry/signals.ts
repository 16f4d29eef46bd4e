// Rows as OpenTelemetry's signals in its own JSON: spans of requests and their calls, and metrics, with the semantic
// conventions for generative AI. Pure. https://opentelemetry.io/docs/specs/semconv/gen-ai/
import { JsonMetricsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources'
import type { Batch } from './letter.ts'
import type { Totals } from './live.ts'
import { metricsOf } from './metrics.ts'
import { spansOf } from './spans.ts'

export interface Source {
  /** Which outbox it is: each counts for itself. */
  readonly instance: string
  readonly version: string
}

export const SCOPE = 'minnow'

const resourceOf = ({ instance, version }: Source): Resource =>
  resourceFromAttributes({
    'service.name': 'minnow',
    'service.version': version,
    'service.instance.id': instance,
  })

export function writeTraces(batches: readonly Batch[], source: Source): Uint8Array<ArrayBuffer> {
  const scope = {
    resource: resourceOf(source),
    instrumentationScope: { name: SCOPE, version: source.version },
  }
  const handOvers = batches.flatMap(({ handOvers }) => handOvers)
  const spans = handOvers.flatMap((handOver) => spansOf(handOver)).map((span) => ({ ...span, ...scope }))
  return bytes(JsonTraceSerializer.serializeRequest(spans))
}

export const writeMetrics = (totals: Totals, source: Source, now: number): Uint8Array<ArrayBuffer> =>
  bytes(
    JsonMetricsSerializer.serializeRequest({
      resource: resourceOf(source),
      scopeMetrics: [{ scope: { name: SCOPE, version: source.version }, metrics: metricsOf(totals, now) }],
    }),
  )

const bytes = (written: Uint8Array | undefined): Uint8Array<ArrayBuffer> => new Uint8Array(written ?? [])
