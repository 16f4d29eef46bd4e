// Keys: who may ask, how much each may spend and has spent, and the forms to make, limit and revoke one.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Budget, Key, List } from './answers.ts'
import { call } from './call.ts'
import { ago, count, dayOf, money, plural } from './figures.ts'
import { FormDialog } from './form-dialog.tsx'
import { KeyForm } from './key-form.tsx'
import { useAnswer } from './load.ts'
import { Meter } from './meter.tsx'
import { Nothing, Shown } from './notice.tsx'
import { linkTo } from './address.ts'

/** Each key's spending is asked of its own object, so not of all at once. */
const PAGE = 20
const LIVE_MS = 4_000

type Asking = { readonly kind: 'new' } | { readonly kind: 'limit' | 'revoke'; readonly key: Key }

export function KeysPage(): JSX.Element {
  const keys = useAnswer<List<Key>>('/keys')
  const [asking, setAsking] = useState<Asking>()
  const [words, setWords] = useState('')
  const [page, setPage] = useState(0)
  const [, reload] = keys
  const close = (): void => setAsking(undefined)
  return (
    <>
      <div class="head-tools">
        <label class="filter search">
          <span class="label">Find</span>
          <input
            type="search"
            placeholder="name or id"
            value={words}
            onInput={(event) => {
              setWords(event.currentTarget.value)
              setPage(0)
            }}
          />
        </label>
        <button type="button" class="main" onClick={() => setAsking({ kind: 'new' })}>
          New key
        </button>
      </div>
      <Shown of={keys} what="keys">
        {({ data }) => {
          const found = sorted(data).filter((key) => fits(key, words))
          const shown = found.slice(page * PAGE, (page + 1) * PAGE)
          if (data.length === 0) return <First />
          return (
            <>
              <ul class="keys">
                {shown.map((key) => (
                  <KeyRow key={key.id} known={key} ask={setAsking} />
                ))}
              </ul>
              {found.length === 0 && <p class="note">No key is called so.</p>}
              {found.length > PAGE && <Turner page={page} all={found.length} turn={setPage} />}
            </>
          )
        }}
      </Shown>
      {asking?.kind === 'new' && <KeyForm close={close} done={reload} />}
      {asking?.kind === 'limit' && <KeyForm close={close} done={reload} known={asking.key} />}
      {asking?.kind === 'revoke' && <Revoke known={asking.key} close={close} done={reload} />}
    </>
  )
}

const First = (): JSX.Element => (
  <Nothing>
    <h2>No keys yet</h2>
    <p>
      A key lets a program ask, and bounds what it may spend. On this machine the local key works without
      being made.
    </p>
  </Nothing>
)

/** Those that work first, the newest before older ones. */
const sorted = (keys: readonly Key[]): Key[] =>
  keys.toSorted(
    (a, b) =>
      Number(a.revokedAt !== null) - Number(b.revokedAt !== null) ||
      ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1),
  )

const fits = ({ name, id }: Key, words: string): boolean =>
  `${name} ${id}`.toLowerCase().includes(words.trim().toLowerCase())

interface TurnerProps {
  readonly page: number
  readonly all: number
  readonly turn: (page: number) => void
}

const Turner = ({ page, all, turn }: TurnerProps): JSX.Element => (
  <div class="turner">
    <button type="button" class="quiet" disabled={page === 0} onClick={() => turn(page - 1)}>
      Newer
    </button>
    <span class="note">
      {count(page * PAGE + 1)} to {count(Math.min(all, (page + 1) * PAGE))} of {count(all)}
    </span>
    <button type="button" class="quiet" disabled={(page + 1) * PAGE >= all} onClick={() => turn(page + 1)}>
      Older
    </button>
  </div>
)

function KeyRow({
  known,
  ask,
}: {
  readonly known: Key
  readonly ask: (asking: Asking) => void
}): JSX.Element {
  const isOver = known.revokedAt !== null
  const [live] = useAnswer<Key>(isOver ? undefined : `/keys/${known.id}`, LIVE_MS)
  const key = live.state === 'ready' ? live.value : known
  return (
    <li class="key" data-over={isOver}>
      <div class="key-head">
        <h2 class="name">{known.name}</h2>
        <p class="note">{aboutKey(known)}</p>
      </div>
      {isOver ? null : <Budgets budgets={key.budgets} />}
      <div class="key-tools">
        <a
          class="quiet"
          href={linkTo('requests', undefined, { key: known.id })}
          aria-label={`Requests of ${known.name}`}
        >
          Requests
        </a>
        {!isOver && (
          <>
            <button
              type="button"
              class="quiet"
              aria-label={`Limit ${known.name}`}
              onClick={() => ask({ kind: 'limit', key: known })}
            >
              Limit
            </button>
            <button
              type="button"
              class="quiet"
              aria-label={`Revoke ${known.name}`}
              onClick={() => ask({ kind: 'revoke', key: known })}
            >
              Revoke
            </button>
          </>
        )}
      </div>
    </li>
  )
}

function aboutKey(key: Key): string {
  const rates = [
    key.rpm === null ? '' : `${count(key.rpm)} requests a minute`,
    key.tpm === null ? '' : `${count(key.tpm)} tokens a minute`,
  ]
  return [
    `${key.prefix}…`,
    ...(key.revokedAt === null ? [] : [`revoked ${ago(Date.parse(key.revokedAt), Date.now())}`]),
    ...(key.expiresAt === null ? [] : [`until ${dayOf(Date.parse(key.expiresAt))}`]),
    ...(key.models === null ? [] : [`only ${key.models.join(', ')}`]),
    ...(key.origins === null ? [] : [`for browsers on ${key.origins.join(', ')}`]),
    ...rates,
    ...(key.storeText ? ['keeps text'] : []),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

const Budgets = ({ budgets }: { readonly budgets: readonly Budget[] }): JSX.Element =>
  budgets.length === 0 ? (
    <p class="note budgets">No budget: it may spend without end.</p>
  ) : (
    <div class="budgets">
      {budgets.map((budget) => (
        <BudgetBar key={`${budget.window} ${budget.usd === undefined}`} budget={budget} />
      ))}
    </div>
  )

function BudgetBar({ budget }: { readonly budget: Budget }): JSX.Element {
  const { usd, tokens, window, spent = 0, reserved = 0, remaining, resetsAt = null } = budget
  const limit = usd ?? tokens ?? 0
  const write = (value: number): string => (usd === undefined ? plural(value, 'token') : money(value))
  const left = remaining ?? Math.max(0, limit - spent - reserved)
  return (
    <Meter
      label={`${write(limit)} ${window === 'total' ? 'in all' : `a ${window}`}`}
      spent={limit === 0 ? 0 : spent / limit}
      reserved={limit === 0 ? 0 : reserved / limit}
      says={`${write(spent)} spent, ${write(reserved)} reserved, ${write(left)} left`}
      note={resetsAt === null ? '' : `new ${until(Date.parse(resetsAt))}`}
    />
  )
}

const soon = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const until = (at: number): string => soon.format(at)

interface RevokeProps {
  readonly known: Key
  readonly close: () => void
  readonly done: () => void
}

function Revoke({ known, close, done }: RevokeProps): JSX.Element {
  const revoke = async (): Promise<string | undefined> => {
    const gone = await call(`/keys/${known.id}`, 'DELETE')
    if (!gone.ok) return gone.message
    done()
    close()
    return undefined
  }
  return (
    <FormDialog
      title={`Revoke ${known.name}?`}
      yes="Revoke"
      no="Keep it"
      isDangerous
      close={close}
      send={revoke}
    >
      <p>Whoever uses it is refused within ten seconds, for good. Its requests stay on record.</p>
    </FormDialog>
  )
}
