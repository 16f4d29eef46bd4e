// Who used how much: by model, by key or by route, each with its course over time.
import type { JSX } from 'preact'
import type { Key, List, Series, Usage, UsageGroup, UsageRow } from './answers.ts'
import { count, duration, moneyLike, share } from './figures.ts'
import { useAnswer } from './load.ts'
import { Shown } from './notice.tsx'
import { linkTo } from './address.ts'
import { place, refine } from './place.ts'
import { Spark } from './spark.tsx'
import { numbers, unnamed, plain, Sheet } from './sheet.tsx'

const GROUPS: readonly { readonly name: UsageGroup; readonly title: string }[] = [
  { name: 'model', title: 'Model' },
  { name: 'key', title: 'Key' },
  { name: 'route', title: 'Route' },
]

const LIVE_MS = 8_000
/** Names that have a course of their own. */
const TOP = 20
const MOST_ROWS = 1_000
const SHOWN = 12

export function Breakdown({ since }: { readonly since: number }): JSX.Element {
  const by = GROUPS.find(({ name }) => name === place.value.query['by'])?.name ?? 'model'
  const usage = useAnswer<Usage>(`/usage?group=${by}&since=${since}&limit=${MOST_ROWS}`, LIVE_MS)
  const [series] = useAnswer<Series>(`/series?by=${by}&since=${since}&top=${TOP}`, LIVE_MS)
  const [keys] = useAnswer<List<Key>>(by === 'key' ? '/keys' : undefined)
  const courses = new Map(
    series.state === 'ready' ? series.value.data.map((line) => [line.name ?? '', line.requests]) : [],
  )
  const names = new Map(keys.state === 'ready' ? keys.value.data.map(({ id, name }) => [id, name]) : [])
  return (
    <section aria-labelledby="by-title">
      <div class="section-head">
        <h2 id="by-title">Who used how much</h2>
        <div class="choices" role="group" aria-label="Sum up by">
          {GROUPS.map(({ name, title }) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === by}
              onClick={() => refine({ by: name === 'model' ? undefined : name })}
            >
              {title}
            </button>
          ))}
        </div>
      </div>
      <Shown of={usage} what="what was used">
        {({ data, has_more: hasMore }) => (
          <>
            <Table by={by} rows={data} courses={courses} names={names} />
            {hasMore && <p class="note">Only the first {count(MOST_ROWS)} names are summed up here.</p>}
          </>
        )}
      </Shown>
    </section>
  )
}

interface TableProps {
  readonly by: UsageGroup
  readonly rows: readonly UsageRow[]
  readonly courses: ReadonlyMap<string, readonly number[]>
  /** Of keys, by their ids. */
  readonly names: ReadonlyMap<string, string>
}

function Table({ by, rows, courses, names }: TableProps): JSX.Element {
  const sorted = rows.toSorted((a, b) => b.cost - a.cost || b.requests - a.requests)
  const spent = moneyLike(rows.map(({ cost }) => cost))
  const saved = moneyLike(rows.map((row) => row.saved))
  const title = GROUPS.find(({ name }) => name === by)?.title ?? ''
  return (
    <Sheet
      label={`Sums by ${by}`}
      columns={[
        plain(title),
        unnamed('Over time'),
        numbers('Requests'),
        numbers('Spend'),
        numbers('Saved'),
        numbers('Mini'),
        numbers('Failed'),
        numbers('Rescued'),
        numbers('First token p50'),
        numbers('p95'),
      ]}
      note={sorted.length > SHOWN ? <>And {count(sorted.length - SHOWN)} more with less spend.</> : undefined}
    >
      {sorted.slice(0, SHOWN).map((row) => {
        const id = row[by] ?? ''
        return (
          <tr key={id}>
            <th scope="row" class="name">
              {id === '' ? (
                'none answered'
              ) : (
                <a href={linkTo('requests', undefined, { [by]: id })}>{names.get(id) ?? id}</a>
              )}
            </th>
            <td>
              <Spark values={courses.get(id) ?? []} />
            </td>
            <td class="number">{count(row.requests)}</td>
            <td class="number">{spent(row.cost)}</td>
            <td class="number">{saved(row.saved)}</td>
            <td class="number">{share(row.mini_share)}</td>
            <td class={row.failures > 0 ? 'number bad' : 'number'}>{count(row.failures)}</td>
            <td class="number">{count(row.rescued)}</td>
            <td class="number">{duration(row.first_ms.p50)}</td>
            <td class="number">{duration(row.first_ms.p95)}</td>
          </tr>
        )
      })}
    </Sheet>
  )
}
