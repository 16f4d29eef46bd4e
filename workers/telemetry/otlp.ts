// Sends what an outbox has to an OpenTelemetry collector: OTLP over HTTP, as JSON. Never on the path of a request.
import type { Batch } from './letter.ts'
import type { Totals } from './live.ts'

export interface Exporter {
  /** Throws where the same should be sent again later. */
  sendTraces(batches: readonly Batch[], instance: string): Promise<void>
  /** Sends totals where some time has passed since the last; true while what was sent last is no longer so. */
  sendMetrics(measure: Measure, isChanged: boolean, now: number): Promise<boolean>
}

export interface Measure {
  readonly instance: string
  readonly totals: () => Totals
}

export interface Collector {
  /** As OTEL_EXPORTER_OTLP_ENDPOINT says: `/v1/traces` and `/v1/metrics` are added. */
  readonly endpoint: string
  /** As OTEL_EXPORTER_OTLP_HEADERS says: `name=value,name=value`, values percent-encoded. */
  readonly headers: string | undefined
  readonly version: string
  readonly fetcher: (url: string, init: RequestInit) => Promise<Response>
  readonly warn: (message: string) => void
}

const TIMEOUT_MS = 10_000
/** Metrics are cumulative, so they need not go with every batch. */
const METRICS_MS = 5_000
/** What the protocol calls retryable; whatever else is not taken is dropped. */
const RETRYABLE = new Set([429, 502, 503, 504])

export function openExporter({ endpoint, headers, version, fetcher, warn }: Collector): Exporter {
  const base = endpoint.replace(/\/+$/, '')
  const given = readHeaders(headers ?? '')
  let measuredAt = 0
  let isStale = false

  const post = async (signal: 'traces' | 'metrics', body: Uint8Array<ArrayBuffer>): Promise<void> => {
    const response = await fetcher(`${base}/v1/${signal}`, {
      method: 'POST',
      headers: { ...given, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    if (response.ok) return
    if (RETRYABLE.has(response.status)) throw new Error(`status ${response.status} for ${signal}`)
    warn(`telemetry: the OTLP collector refused ${signal} with status ${response.status}; they are dropped`)
  }

  // Loaded where a collector is configured and nowhere else: 60 KB of code.
  const signals = () => import('./signals.ts')

  return {
    async sendTraces(batches, instance) {
      const { writeTraces } = await signals()
      await post('traces', writeTraces(batches, { instance, version }))
    },
    async sendMetrics({ instance, totals }, isChanged, now) {
      isStale ||= isChanged
      if (!isStale || now - measuredAt < METRICS_MS) return isStale
      const { writeMetrics } = await signals()
      await post('metrics', writeMetrics(totals(), { instance, version }, now))
      measuredAt = now
      isStale = false
      return false
    },
  }
}

/** `name=value,name=value` as W3C baggage writes it; what is no pair is left out. */
export function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').flatMap((pair) => {
    const end = pair.indexOf('=')
    if (end < 1) return []
    return [[pair.slice(0, end).trim().toLowerCase(), decode(pair.slice(end + 1).trim())] as const]
  })
  return Object.fromEntries(pairs)
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value // a stray percent sign stands for itself
  }
}
