// Spend, quality and health at a glance: one sentence, six figures, four curves, and who used how much.
import type { JSX } from 'preact'
import type { List, Rebench, Series, Target } from './answers.ts'
import { Breakdown } from './breakdown.tsx'
import { Chart } from './chart.tsx'
import { count, duration, money, plural, share, short } from './figures.ts'
import { useAnswer } from './load.ts'
import { Shown } from './notice.tsx'
import { place, refine } from './place.ts'
import { summaryOf } from './summary.ts'

const HOUR_MS = 3_600_000

interface Span {
  readonly name: string
  readonly words: string
  readonly ms: number
}

const DAY: Span = { name: '24h', words: 'the last 24 hours', ms: 24 * HOUR_MS }
const SPANS: readonly Span[] = [
  DAY,
  { name: '7d', words: 'the last 7 days', ms: 7 * 24 * HOUR_MS },
  { name: '30d', words: 'the last 30 days', ms: 30 * 24 * HOUR_MS },
  { name: '90d', words: 'the last 90 days', ms: 90 * 24 * HOUR_MS },
]

const LIVE_MS = 4_000
const HEALTH_MS = 10_000

/** Whole hours, so that the same question is asked until the hour is over. */
const sinceOf = ({ ms }: Span): number => Math.floor((Date.now() - ms) / HOUR_MS) * HOUR_MS + HOUR_MS

export function Overview(): JSX.Element {
  const span = SPANS.find(({ name }) => name === place.value.query['span']) ?? DAY
  const since = sinceOf(span)
  const series = useAnswer<Series>(`/series?since=${since}`, LIVE_MS)
  const [health] = useAnswer<List<Target>>('/health', HEALTH_MS)
  const [bench] = useAnswer<Rebench>('/rebench')
  const targets = health.state === 'ready' ? health.value.data : []
  const measured = bench.state === 'ready' ? bench.value.data : []
  return (
    <>
      <div class="head-tools">
        <div class="choices" role="group" aria-label="Span of time">
          {SPANS.map(({ name, words }) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === span.name}
              aria-label={`${name.replace('h', ' h').replace('d', ' d')}, ${words}`}
              onClick={() => refine({ span: name === DAY.name ? undefined : name })}
            >
              {name.replace('h', ' h').replace('d', ' d')}
            </button>
          ))}
        </div>
        <span class="live" title="These figures renew themselves">
          <span class="lamp" aria-hidden="true" />
          Live
        </span>
      </div>
      <Shown of={series} what="the overview">
        {(found) => (
          <>
            <Sentence {...summaryOf(found.total, span.words, targets, measured)} />
            <Figures series={found} targets={targets} />
            {found.total.requests === 0 ? <First /> : <Curves series={found} />}
            {found.total.requests > 0 && <Breakdown since={since} />}
          </>
        )}
      </Shown>
    </>
  )
}

const Sentence = ({ tone, title, text }: ReturnType<typeof summaryOf>): JSX.Element => (
  <section class="sentence" data-tone={tone} aria-label="In one sentence">
    <span class="lamp" aria-hidden="true" />
    <p>
      <strong>{title}.</strong> {text}
    </p>
  </section>
)

const First = (): JSX.Element => (
  <section class="nothing">
    <h2>Nothing to show for this time</h2>
    <p>
      The first request will appear here as it is answered. <a href="/start">Connect a client</a>, or{' '}
      <a href="#/playground">ask something in the playground</a>.
    </p>
  </section>
)

interface FigureProps {
  readonly label: string
  readonly value: string
  readonly note: string
  readonly isMain?: true
}

const Figure = ({ label, value, note, isMain }: FigureProps): JSX.Element => (
  <div class={isMain === true ? 'figure figure-main' : 'figure'}>
    <dt>{label}</dt>
    <dd class="figure-value">{value}</dd>
    <dd class="figure-note">{note}</dd>
  </div>
)

function Figures({
  series,
  targets,
}: {
  readonly series: Series
  readonly targets: readonly Target[]
}): JSX.Element {
  const { total } = series
  const frontier = total.cost + total.saved
  const up = targets.filter(({ state }) => state === 'closed').length
  return (
    <dl class="figures">
      <Figure
        label="Requests"
        value={count(total.requests)}
        note={`${count(total.failures)} failed, ${count(total.rescued)} rescued`}
      />
      <Figure
        label="Spend"
        value={money(total.cost)}
        note={
          total.requests === 0 ? 'nothing asked' : `${money((total.cost / total.requests) * 1_000)} per 1,000`
        }
      />
      <Figure
        label="Saved against all-frontier"
        value={money(total.saved)}
        note={frontier > 0 ? `${share(total.saved / frontier)} of ${money(frontier)}` : 'nothing to compare'}
        isMain
      />
      <Figure label="Answered by mini" value={share(total.mini_share)} note="of answered requests" />
      <Figure
        label="First token, median"
        value={duration(total.first_ms.p50)}
        note={`p95 ${duration(total.first_ms.p95)}, p99 ${duration(total.first_ms.p99)}`}
      />
      <Figure
        label="Targets up"
        value={targets.length === 0 ? '–' : `${up} of ${targets.length}`}
        note={
          up === targets.length
            ? 'no circuit is open'
            : plural(targets.length - up, 'circuit is open', 'circuits are open')
        }
      />
    </dl>
  )
}

function Curves({ series }: { readonly series: Series }): JSX.Element {
  const { starts, step, total } = series
  const line = series.data[0]
  const startsMs = starts.map((at) => Date.parse(at))
  const none = starts.map(() => 0)
  const { requests = none, failures = none, rescued = none, cost = none, saved = none } = line ?? {}
  const each = { startsMs, step }
  return (
    <section class="charts" aria-labelledby="over-time">
      <h2 id="over-time" class="hidden">
        Over time
      </h2>
      <Chart
        {...each}
        title="Spend"
        says={`The band is what was saved: ${money(total.saved)}.`}
        write={money}
        curves={[
          {
            name: 'All-frontier',
            colour: 'faint',
            dashed: true,
            wash: 'accent-wash',
            values: cost.map((spent, place) => spent + (saved[place] ?? 0)),
          },
          { name: 'Spent', colour: 'accent', values: cost },
        ]}
      />
      <Chart
        {...each}
        title="Requests"
        says={`${count(total.failures)} failed, ${count(total.rescued)} were rescued.`}
        write={short}
        curves={[
          { name: 'Requests', colour: 'accent', bars: true, values: requests },
          { name: 'Failed', colour: 'bad', bars: true, values: failures },
          { name: 'Rescued', colour: 'faint', bars: true, values: rescued },
        ]}
      />
      <Chart
        {...each}
        title="Time to first token"
        says="Of streams: half, 95 % and 99 % began sooner."
        write={duration}
        curves={[
          { name: 'p99', colour: 'faint', dashed: true, values: line?.first_ms.p99 ?? [] },
          { name: 'p95', colour: 'soft', values: line?.first_ms.p95 ?? [] },
          { name: 'p50', colour: 'accent', values: line?.first_ms.p50 ?? [] },
        ]}
      />
      <Chart
        {...each}
        title="Answered by mini"
        says="Of what a model answered, the share that stayed small."
        write={(value) => share(value)}
        most={1}
        curves={[{ name: 'Mini', colour: 'accent', values: line?.mini_share ?? [] }]}
      />
    </section>
  )
}
