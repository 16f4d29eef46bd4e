// Totals in Prometheus' text format. Pure. https://prometheus.io/docs/instrumenting/exposition_formats/
import type { Series } from './books.ts'
import { countBelow, TIME_BOUNDS_MS } from './histogram.ts'
import type { Totals } from './live.ts'
import { merge, openTally, type Shape, shapeOf, type Sum, sumOf, type Tally } from './tally.ts'

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const CLASSES = [
  ['input', 'tokens_input'],
  ['cache_read', 'tokens_cache_read'],
  ['cache_write', 'tokens_cache_write'],
  ['output', 'tokens_output'],
  ['reasoning', 'tokens_reasoning'],
] as const satisfies readonly (readonly [string, Sum])[]

type Labels = Readonly<Record<string, string>>

/** Counters by model, route and key; histograms by model and route, since a key would multiply their many lines. */
export function writeMetrics(all: readonly Totals[]): string {
  const everything = all.flatMap(({ totals }) => totals)
  const counted = grouped(everything, ({ model, route, key, tier }) => ({ model, route, key, tier }))
  const ended = grouped(everything, ({ model, route, key, tier, failure }) => ({
    model,
    route,
    key,
    tier,
    failure,
  }))
  const shaped = grouped(everything, ({ model, route }) => ({ model, route }))
  const lines = [
    ...family('minnow_requests_total', 'counter', 'Requests that have ended, by how: no failure, or why.'),
    ...ended.map(([labels, tally]) => sample('minnow_requests_total', labels, sumOf(tally, 'requests'))),
    ...family('minnow_tokens_total', 'counter', 'Tokens by class; the classes are disjoint.'),
    ...counted.flatMap(([labels, tally]) =>
      CLASSES.map(([name, sum]) =>
        sample('minnow_tokens_total', { ...labels, class: name }, sumOf(tally, sum)),
      ),
    ),
    ...family('minnow_cost_dollars_total', 'counter', 'What requests cost, in US dollars.'),
    ...counted.map(([labels, tally]) =>
      sample('minnow_cost_dollars_total', labels, sumOf(tally, 'cost_micros') / 1_000_000),
    ),
    ...histogram('minnow_request_duration_seconds', 'From a request to the end of its answer.', shaped, {
      shape: 'total',
      sum: 'total_ms',
    }),
    ...histogram('minnow_first_token_seconds', "From a request to a stream's first content.", shaped, {
      shape: 'first',
      sum: 'first_ms',
    }),
    ...histogram('minnow_upstream_head_seconds', "A provider's wait until the head of its answer.", shaped, {
      shape: 'head',
      sum: 'head_ms',
    }),
  ]
  return `${lines.join('\n')}\n`
}

type Grouped = readonly (readonly [Labels, Tally])[]

function grouped(totals: Totals['totals'], labelsOf: (series: Series) => Labels): Grouped {
  const groups = new Map<string, readonly [Labels, Tally]>()
  for (const { series, tally } of totals) {
    const labels = labelsOf(series)
    const name = JSON.stringify(labels)
    const group = groups.get(name) ?? ([labels, openTally()] as const)
    groups.set(name, group)
    merge(group[1], tally)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

function histogram(
  name: string,
  help: string,
  groups: Grouped,
  { shape, sum }: { readonly shape: Shape; readonly sum: Sum },
): string[] {
  const samples = groups.flatMap(([labels, tally]) => {
    const counts = shapeOf(tally, shape)
    if (counts === undefined) return []
    const below = countBelow(counts, TIME_BOUNDS_MS)
    return [
      ...TIME_BOUNDS_MS.map((bound, index) =>
        sample(`${name}_bucket`, { ...labels, le: String(bound / 1_000) }, below[index] ?? 0),
      ),
      sample(`${name}_bucket`, { ...labels, le: '+Inf' }, counts.totalCount),
      sample(`${name}_sum`, labels, sumOf(tally, sum) / 1_000),
      sample(`${name}_count`, labels, counts.totalCount),
    ]
  })
  return [...family(name, 'histogram', help), ...samples]
}

const family = (name: string, type: 'counter' | 'histogram', help: string): string[] => [
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
  `# TYPE ${name} ${type}`,
]

const sample = (name: string, labels: Labels, value: number): string =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${escaped(text)}"`)
    .join(',')}} ${value}`

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
