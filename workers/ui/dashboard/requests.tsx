// The newest requests as they come in, what is not of interest left out, and older ones page by page.
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Key, List, RequestRow, Requests, Usage } from './answers.ts'
import { call } from './call.ts'
import { count, duration, exact, timeOf } from './figures.ts'
import { useAnswer } from './load.ts'
import { Nothing, Shown, Trouble } from './notice.tsx'
import { linkTo } from './address.ts'
import { place, refine } from './place.ts'
import { numbers, plain, Sheet } from './sheet.tsx'

const COLUMNS = [
  plain('Time'),
  plain('Result'),
  plain('Model'),
  plain('Route'),
  numbers('Tokens in'),
  numbers('out'),
  numbers('Cost'),
  numbers('First token'),
  numbers('Total'),
]

const LIVE_MS = 2_000
/** Filters that look through many rows for a few do so less often. */
const LOOKING_MS = 8_000
const PAGE = 50
/** Rows kept on the page; whoever looks further back narrows the search. */
const MOST_ROWS = 1_000
const ENDS = { finish: 'Answered', error: 'Failed', cancelled: 'Client left', refused: 'Refused' } as const
const TIERS = { mini: 'Mini', frontier: 'Frontier', fixed: 'Asked by name', cache: 'Given again' } as const
const FILTERS = ['model', 'key', 'route', 'tier', 'end'] as const

export function RequestsPage(): JSX.Element {
  const { query } = place.value
  const [isLive, setLive] = useState(true)
  const search = new URLSearchParams({ limit: String(PAGE) })
  for (const name of FILTERS) {
    const value = query[name]
    if (value !== undefined) search.set(name, value)
  }
  const isLooking = query['route'] !== undefined || query['tier'] !== undefined || query['end'] !== undefined
  const everyMs = isLooking ? LOOKING_MS : LIVE_MS
  const path = `/requests?${search.toString()}`
  return (
    <>
      <div class="head-tools">
        <Filters />
        <button type="button" class="live-switch" aria-pressed={isLive} onClick={() => setLive(!isLive)}>
          <span class="lamp" aria-hidden="true" />
          Live
        </button>
      </div>
      <Rows key={path} path={path} everyMs={isLive ? everyMs : undefined} />
    </>
  )
}

function Filters(): JSX.Element {
  const { query } = place.value
  const [models] = useAnswer<Usage>('/usage?group=model&limit=200')
  const [routes] = useAnswer<Usage>('/usage?group=route&limit=200')
  const [keys] = useAnswer<List<Key>>('/keys')
  const namesOf = (usage: typeof models, group: 'model' | 'route'): (readonly [string, string])[] =>
    usage.state === 'ready'
      ? usage.value.data.flatMap((row) => {
          const name = row[group] ?? ''
          return name === '' ? [] : [[name, name] as const]
        })
      : []
  const known = keys.state === 'ready' ? keys.value.data.map(({ id, name }) => [id, name] as const) : []
  const isFiltered = FILTERS.some((name) => query[name] !== undefined)
  return (
    <div class="filters" role="group" aria-label="Show only">
      <Filter name="model" label="Model" options={namesOf(models, 'model')} />
      <Filter name="key" label="Key" options={[['local', 'local'], ...known]} />
      <Filter name="route" label="Route" options={namesOf(routes, 'route')} />
      <Filter name="tier" label="Tier" options={Object.entries(TIERS)} />
      <Filter name="end" label="Result" options={Object.entries(ENDS)} />
      {isFiltered && (
        <button
          type="button"
          class="quiet"
          onClick={() => refine(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
        >
          Show all
        </button>
      )}
    </div>
  )
}

interface FilterProps {
  readonly name: (typeof FILTERS)[number]
  readonly label: string
  readonly options: readonly (readonly [string, string])[]
}

function Filter({ name, label, options }: FilterProps): JSX.Element {
  const chosen = place.value.query[name] ?? ''
  const all =
    chosen === '' || options.some(([value]) => value === chosen) ? options : [[chosen, chosen], ...options]
  return (
    <label class="filter">
      <span class="label">{label}</span>
      <span class="choice">
        <select value={chosen} onChange={(event) => refine({ [name]: event.currentTarget.value })}>
          <option value="">All</option>
          {all.map(([value = '', text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </span>
    </label>
  )
}

interface RowsProps {
  readonly path: string
  readonly everyMs: number | undefined
}

function Rows({ path, everyMs }: RowsProps): JSX.Element {
  const answer = useAnswer<Requests>(path, everyMs)
  const [older, setOlder] = useState<readonly RequestRow[]>([])
  const [next, setNext] = useState<string | null>()
  const [trouble, setTrouble] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const [loaded] = answer
  const first = loaded.state === 'ready' ? loaded.value : undefined
  // What new rows have pushed off the first page stays.
  const [seen, setSeen] = useState<readonly RequestRow[]>([])
  useEffect(() => {
    if (first === undefined) return
    setSeen((before) => {
      const ids = new Set(first.data.map(({ id }) => id))
      return [...first.data, ...before.filter(({ id }) => !ids.has(id))].slice(0, MOST_ROWS)
    })
    setNext((before) => (before === undefined ? first.last : before))
  }, [first])

  const goOn = async (): Promise<void> => {
    if (typeof next !== 'string') return
    setBusy(true)
    const found = await call<Requests>(`${path}&before=${encodeURIComponent(next)}`)
    setBusy(false)
    setTrouble(found.ok ? undefined : found.message)
    if (!found.ok) return
    setOlder([...older, ...found.value.data])
    setNext(found.value.last)
  }

  return (
    <Shown of={answer} what="requests">
      {() => {
        const rows = [...seen, ...older]
        return (
          <>
            {rows.length === 0 ? <None isAll={next === null} /> : <Table rows={rows} />}
            {trouble !== undefined && <Trouble message={trouble} />}
            {typeof next === 'string' && rows.length < MOST_ROWS && (
              <button type="button" class="quiet more" disabled={isBusy} onClick={() => void goOn()}>
                {isBusy ? 'Looking' : 'Older requests'}
              </button>
            )}
          </>
        )
      }}
    </Shown>
  )
}

const None = ({ isAll }: { readonly isAll: boolean }): JSX.Element =>
  FILTERS.some((name) => place.value.query[name] !== undefined) ? <NoneSuch isAll={isAll} /> : <NoneYet />

const NoneYet = (): JSX.Element => (
  <Nothing>
    <h2>No requests yet</h2>
    <p>
      They appear here by themselves as they are answered. <a href="/start">Connect a client</a>, or{' '}
      <a href={linkTo('playground')}>ask something in the playground</a>.
    </p>
  </Nothing>
)

const NoneSuch = ({ isAll }: { readonly isAll: boolean }): JSX.Element => (
  <Nothing>
    <h2>No such request</h2>
    <p>
      {isAll
        ? 'Nothing that is kept fits. New requests appear here by themselves.'
        : 'Among the newest requests nothing fits. Older ones may.'}
    </p>
  </Nothing>
)

const Table = ({ rows }: { readonly rows: readonly RequestRow[] }): JSX.Element => (
  <Sheet label="Requests" name="requests" columns={COLUMNS}>
    {rows.map((row) => (
      <Row key={row.id} row={row} />
    ))}
  </Sheet>
)

function Row({ row }: { readonly row: RequestRow }): JSX.Element {
  const { tokens } = row
  const to = linkTo('requests', row.id)
  return (
    <tr class="linked" onClick={(event) => follow(event, to)}>
      <th scope="row" class="time">
        <a href={to}>{timeOf(Date.parse(row.at), Date.now())}</a>
      </th>
      <td>
        <Result row={row} />
      </td>
      <td class="name">{row.model ?? '–'}</td>
      <td class="name">
        {row.route} <span class="faint">{wordOf(row.tier)}</span>
      </td>
      <td class="number">{count(tokens.input + tokens.cache_read + tokens.cache_write)}</td>
      <td class="number">{count(tokens.output + tokens.reasoning)}</td>
      <td class="number">{exact(row.cost)}</td>
      <td class="number">{duration(row.first_ms ?? row.head_ms)}</td>
      <td class="number">{duration(row.total_ms)}</td>
    </tr>
  )
}

/** A click anywhere in a row; one on its link is the browser’s own. */
function follow(event: MouseEvent, to: string): void {
  if (event.target instanceof Element && event.target.closest('a') !== null) return
  if ((getSelection()?.toString() ?? '') === '') location.assign(to)
}

const wordOf = (tier: string): string => (tier === 'fixed' ? '' : tier)

/** In words and, where something went wrong, in colour. */
export function Result({ row }: { readonly row: RequestRow }): JSX.Element {
  const calls = row.attempts.filter(({ aside }) => aside !== true)
  const wasRescued =
    row.end === 'finish' && calls.some(({ end }) => end !== 'answered' && end !== 'lost') && calls.length > 1
  const word =
    row.end === 'finish'
      ? wasRescued
        ? 'Rescued'
        : 'Answered'
      : (ENDS[row.end as keyof typeof ENDS] ?? row.end)
  return (
    <span class="result" data-tone={row.end === 'error' ? 'bad' : wasRescued ? 'watch' : 'plain'}>
      {word}
      {row.failure !== null && <span class="faint"> {row.failure}</span>}
    </span>
  )
}
