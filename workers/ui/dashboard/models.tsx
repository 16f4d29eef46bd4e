// Models: what each costs, how each is, and what the re-benchmark found.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { List, Measured, Model, ModelPlace, Rebench, Target } from './answers.ts'
import { call } from './call.ts'
import { ago, count, dayOf, duration, money, plural, share } from './figures.ts'
import { useAnswer } from './load.ts'
import { Nothing, Shown, Trouble } from './notice.tsx'
import { linkTo } from './address.ts'
import { PriceForm } from './price-form.tsx'
import { History, Quality } from './quality.tsx'
import { numbers, unnamed, plain, Sheet } from './sheet.tsx'

const COLUMNS = [
  plain('Model'),
  plain('Health'),
  numbers('Calls in 10 min'),
  numbers('First token p50'),
  numbers('p95'),
  numbers('Tokens a second'),
  numbers('Right'),
  numbers('Input'),
  numbers('Output'),
  plain('Price by'),
  unnamed('Change'),
]

const LIVE_MS = 5_000
/** While it is measured. */
const RUNNING_MS = 1_000

export function ModelsPage({ chosen }: { readonly chosen: string | undefined }): JSX.Element {
  const models = useAnswer<List<Model>>('/models')
  const [health] = useAnswer<List<Target>>('/health', LIVE_MS)
  const [isMeasured, setMeasured] = useState(false)
  const bench = useAnswer<Rebench>('/rebench', isMeasured ? RUNNING_MS : LIVE_MS)
  const isRunning = bench[0].state === 'ready' && bench[0].value.running !== null
  useEffect(() => setMeasured(isRunning), [isRunning])
  const [priced, setPriced] = useState<string>()
  const targets = health.state === 'ready' ? health.value.data : []
  const results = bench[0].state === 'ready' ? bench[0].value.data : []
  return (
    <>
      <Shown of={models} what="models">
        {({ data }) => (
          <Table
            models={withStrangers(data, targets)}
            targets={targets}
            results={results}
            price={setPriced}
          />
        )}
      </Shown>
      <section aria-labelledby="bench-title">
        <div class="section-head">
          <h2 id="bench-title">Re-benchmark</h2>
          <Measure bench={bench} />
        </div>
        <Shown of={bench} what="what was measured">
          {({ data }) => (data.length === 0 ? <NeverMeasured /> : <Results latest={data} chosen={chosen} />)}
        </Shown>
      </section>
      {priced !== undefined && (
        <PriceForm model={priced} close={() => setPriced(undefined)} done={models[1]} />
      )}
    </>
  )
}

/** Targets that were asked for by `<provider>/<model>` and have no name in the configuration. */
function withStrangers(models: readonly Model[], targets: readonly Target[]): Model[] {
  const known = new Set(models.flatMap(({ places }) => places.map(({ target }) => target)))
  const strangers = targets.flatMap(({ target }): Model[] =>
    known.has(target)
      ? []
      : [
          {
            model: target,
            places: [{ target, context_window: null, price: null, price_source: null, price_since: null }],
          },
        ],
  )
  return [...models, ...strangers]
}

const NeverMeasured = (): JSX.Element => (
  <Nothing>
    <h3>Never measured</h3>
    <p>
      A run asks every model some hundred small tasks with known answers, and times them. With a{' '}
      <code>rebench</code> section in the configuration it happens once a day.
    </p>
  </Nothing>
)

function Results({
  latest,
  chosen,
}: {
  readonly latest: readonly Measured[]
  readonly chosen: string | undefined
}): JSX.Element {
  const history = useAnswer<Rebench>(
    chosen === undefined ? undefined : `/rebench?model=${encodeURIComponent(chosen)}`,
  )
  const [loaded] = history
  const results = chosen !== undefined && loaded.state === 'ready' ? loaded.value.data : []
  return (
    <>
      <Quality latest={latest} history={results} chosen={chosen} />
      <p class="picks">
        <span class="label">History of</span>
        {latest.map(({ model }) => (
          <a
            key={model}
            class="quiet"
            href={linkTo('models', model)}
            aria-current={model === chosen ? 'true' : undefined}
          >
            {model}
          </a>
        ))}
      </p>
      {chosen !== undefined && (
        <Shown of={history} what="the history">
          {({ data }) => <History results={data} />}
        </Shown>
      )}
    </>
  )
}

function Measure({
  bench: [loaded, reload],
}: {
  readonly bench: ReturnType<typeof useAnswer<Rebench>>
}): JSX.Element {
  const [wrong, setWrong] = useState<string>()
  const known = loaded.state === 'ready' ? loaded.value : undefined
  const running = known?.running ?? null
  const last = known?.last_run ?? null
  const begin = async (): Promise<void> => {
    const begun = await call('/rebench', 'POST', {})
    setWrong(begun.ok ? undefined : begun.message)
    reload()
  }
  return (
    <div class="measure">
      {wrong !== undefined && <Trouble message={wrong} />}
      <span class="note" role="status">
        {running !== null
          ? `Measuring: ${count(running.done)} of ${plural(running.probes, 'question')}, ${money(running.cost)} so far`
          : last !== null
            ? `Last run ${ago(Date.parse(last.ended_at), Date.now())}, ${money(last.cost)}`
            : ''}
      </span>
      <button type="button" class="quiet" disabled={running !== null} onClick={() => void begin()}>
        Measure now
      </button>
    </div>
  )
}

interface TableProps {
  readonly models: readonly Model[]
  readonly targets: readonly Target[]
  readonly results: readonly Measured[]
  readonly price: (model: string) => void
}

const Table = ({ models, targets, results, price }: TableProps): JSX.Element => (
  <Sheet
    label="Models"
    name="models"
    columns={COLUMNS}
    note="Prices are US dollars per million tokens. A new price never changes what was paid."
  >
    {models.flatMap((model) =>
      model.places.map((place) => (
        <Row
          key={`${model.model} ${place.target}`}
          model={model.model}
          place={place}
          target={targets.find(({ target }) => target === place.target)}
          result={results.find((result) => result.target === place.target)}
          price={price}
        />
      )),
    )}
  </Sheet>
)

interface RowProps {
  readonly model: string
  readonly place: ModelPlace
  readonly target: Target | undefined
  readonly result: Measured | undefined
  readonly price: (model: string) => void
}

function Row({ model, place, target, result, price }: RowProps): JSX.Element {
  const latency = target?.latency.stream.samples === 0 ? target.latency.whole : target?.latency.stream
  return (
    <tr>
      <th scope="row" class="name">
        {model}
        {model !== place.target && <span class="faint below">{place.target}</span>}
      </th>
      <td>
        <Circuit target={target} />
      </td>
      <td class="number">{target === undefined ? '–' : count(target.requests)}</td>
      <td class="number">{duration(latency?.p50)}</td>
      <td class="number">{duration(latency?.p95)}</td>
      <td class="number">{target?.tokens_per_second?.toFixed(1) ?? '–'}</td>
      <td class={result?.marked === true ? 'number bad' : 'number'}>
        {share(result?.accuracy.share)}
        {result?.marked === true && <span class="below">worse</span>}
      </td>
      <td class="number">{dollars(place.price?.input)}</td>
      <td class="number">{dollars(place.price?.output)}</td>
      <td>
        {place.price_source ?? 'nobody'}
        {place.price_since !== null && (
          <span class="faint below">{dayOf(Date.parse(place.price_since))}</span>
        )}
      </td>
      <td>
        <button
          type="button"
          class="quiet"
          aria-label={`New price for ${model}`}
          onClick={() => price(model)}
        >
          Price
        </button>
      </td>
    </tr>
  )
}

const dollars = (value: number | undefined): string => (value === undefined ? '–' : `$${value.toFixed(2)}`)

function Circuit({ target }: { readonly target: Target | undefined }): JSX.Element {
  if (target === undefined) return <span class="faint">not asked yet</span>
  const { state, success, since, reason } = target
  const word = { closed: 'up', open: 'down', 'half-open': 'being tried' }[state]
  return (
    <span class="circuit" data-state={state}>
      <span class="lamp" aria-hidden="true" />
      {word}
      {state === 'closed'
        ? success !== null && <span class="faint"> {share(success)}</span>
        : since !== null && (
            <span class="faint below">
              {ago(Date.parse(since), Date.now())}
              {reason === undefined ? '' : `, ${reason.replaceAll('-', ' ')}`}
            </span>
          )}
    </span>
  )
}
