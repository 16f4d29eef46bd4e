// One request: what became of it, its calls on a line of time, why this model, and the receipt.
import type { JSX } from 'preact'
import type { Attempt, Key, RequestRow } from './answers.ts'
import { explain } from './explain.ts'
import { failedIn } from './failed.ts'
import { count, dayOf, duration, exact, momentOf } from './figures.ts'
import { useAnswer } from './load.ts'
import { Shown } from './notice.tsx'
import { linkTo } from './address.ts'
import { Result } from './requests.tsx'
import { Said } from './said.tsx'
import { timelineOf } from './timeline.ts'
import { numbers, plain, Sheet } from './sheet.tsx'

/** The key of a gateway on this machine, which nobody made. */
const LOCAL = 'local'

const COLUMNS = [
  plain('Call'),
  numbers('Input'),
  numbers('Cache read'),
  numbers('Cache write'),
  numbers('Output'),
  numbers('Reasoning'),
  plain('Counted'),
  plain('Price'),
  numbers('Cost'),
]

export function RequestPage({ id }: { readonly id: string }): JSX.Element {
  const row = useAnswer<RequestRow>(`/requests/${encodeURIComponent(id)}`)
  return (
    <>
      <p class="back">
        <a href={linkTo('requests')}>All requests</a>
      </p>
      <Shown of={row} what="the request">
        {(found) => (
          <>
            <Facts row={found} />
            <Failed failure={found.end === 'cancelled' ? null : found.failure} />
            <Timeline row={found} />
            <section aria-labelledby="why">
              <h2 id="why">Why this model</h2>
              <div class="prose">
                {explain(found).map((sentence) => (
                  <p key={sentence}>{sentence}</p>
                ))}
              </div>
            </section>
            <Receipt row={found} />
            <Said text={found.text} />
          </>
        )}
      </Shown>
    </>
  )
}

const Facts = ({ row }: { readonly row: RequestRow }): JSX.Element => (
  <dl class="facts">
    <Fact name="Result">
      <Result row={row} /> <span class="faint">status {row.status}</span>
    </Fact>
    <Fact name="Model">{row.model ?? 'none'}</Fact>
    <Fact name="Time">{momentOf(Date.parse(row.at))}</Fact>
    <Fact name="First token">{duration(row.first_ms ?? row.head_ms)}</Fact>
    <Fact name="Total">{duration(row.total_ms)}</Fact>
    <Fact name="Cost">{exact(row.cost)}</Fact>
    <Fact name="Key">
      <KeyLink id={row.key} />
    </Fact>
    <Fact name="Request id">
      <code>{row.request_id}</code>
    </Fact>
  </dl>
)

/** A key by its name, once that is known; one that is gone by its id. */
function KeyLink({ id }: { readonly id: string }): JSX.Element {
  const [key] = useAnswer<Key>(id === LOCAL ? undefined : `/keys/${encodeURIComponent(id)}`)
  return (
    <a href={linkTo('requests', undefined, { key: id })}>{key.state === 'ready' ? key.value.name : id}</a>
  )
}

function Failed({ failure }: { readonly failure: string | null }): JSX.Element | null {
  const says = failedIn(failure)
  return says === undefined ? null : <p class="failed">{says}</p>
}

const Fact = ({
  name,
  children,
}: {
  readonly name: string
  readonly children: JSX.Element | string | (JSX.Element | string)[]
}): JSX.Element => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

function Timeline({ row }: { readonly row: RequestRow }): JSX.Element {
  const bars = timelineOf(row)
  return (
    <section aria-labelledby="calls">
      <h2 id="calls">Calls upstream</h2>
      {bars.length === 0 ? (
        <p class="prose">No model was called.</p>
      ) : (
        <ol class="timeline">
          {bars.map((bar, place) => (
            <li key={place} data-tone={bar.tone}>
              <p class="call">
                <span class="name">{bar.target}</span>{' '}
                <span class="faint">after {duration(bar.startMs)}</span>
                <span class="says">{bar.says}</span>
              </p>
              <span class="track" aria-hidden="true">
                <span class="bar" style={{ left: percent(bar.start), width: percent(bar.length) }}>
                  <span
                    class="wait"
                    style={{ width: percent(bar.length === 0 ? 0 : bar.wait / bar.length) }}
                  />
                </span>
              </span>
            </li>
          ))}
        </ol>
      )}
      {bars.length > 0 && (
        <p class="note scale">
          <span>0</span>
          <span>pale: until its answer began</span>
          <span>{duration(row.total_ms)}</span>
        </p>
      )}
    </section>
  )
}

const percent = (value: number): string => `${(Math.min(1, Math.max(0, value)) * 100).toFixed(2)}%`

function Receipt({ row }: { readonly row: RequestRow }): JSX.Element {
  const saved = row.frontier_cost === null ? undefined : row.frontier_cost - row.cost
  return (
    <section aria-labelledby="receipt">
      <h2 id="receipt">Receipt</h2>
      <Sheet
        label="Receipt, line by line"
        name="receipt"
        columns={COLUMNS}
        foot={
          <>
            <tr class="sum">
              <th scope="row" colSpan={8}>
                Paid
              </th>
              <td class="number">{exact(row.cost)}</td>
            </tr>
            {row.frontier_cost !== null && (
              <tr>
                <th scope="row" colSpan={8}>
                  The frontier alone would have cost
                </th>
                <td class="number">{exact(row.frontier_cost)}</td>
              </tr>
            )}
            {saved !== undefined && saved !== 0 && (
              <tr class="saved">
                <th scope="row" colSpan={8}>
                  {saved > 0 ? 'Saved' : 'More than the frontier alone'}
                </th>
                <td class="number">{exact(Math.abs(saved))}</td>
              </tr>
            )}
          </>
        }
      >
        {row.attempts.map((attempt, place) => (
          <Line key={place} attempt={attempt} />
        ))}
      </Sheet>
    </section>
  )
}

function Line({ attempt }: { readonly attempt: Attempt }): JSX.Element {
  const { usage, price, costMicros } = attempt
  const tokens = (value: number | undefined): string => (value === undefined ? '–' : count(value))
  return (
    <tr>
      <th scope="row" class="name">
        {attempt.target}
      </th>
      <td class="number">{tokens(usage?.input)}</td>
      <td class="number">{tokens(usage?.cacheRead)}</td>
      <td class="number">{tokens(usage?.cacheWrite)}</td>
      <td class="number">{tokens(usage?.output)}</td>
      <td class="number">{tokens(usage?.reasoning)}</td>
      <td>{attempt.usageSource ?? '–'}</td>
      <td>
        {price === undefined
          ? '–'
          : `${price.source}${price.validFrom === undefined ? '' : `, ${dayOf(price.validFrom)}`}${price.class === undefined ? '' : `, ${price.class}`}`}
      </td>
      <td class="number">{costMicros === undefined ? '–' : exact(costMicros / 1e6)}</td>
    </tr>
  )
}
