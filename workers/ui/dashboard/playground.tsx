// The playground: one question to a model, or to two side by side, as any client would ask it, with cost and timing.
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { listModels } from '../home/models.ts'
import { isLoopbackHost } from '../home/snippets.ts'
import { call } from './call.ts'
import { Lane, type LaneHandle } from './lane.tsx'
import { Trouble } from './notice.tsx'

const LOCAL_KEY = 'mk-local'
const KEY_MS = 3_600_000
const KEY_USD = 1
/** What can be asked before it is known what else there is. */
const FIRST = ['auto']

/** Held here only, and gone when the page is closed. */
const held = signal(isLoopbackHost(location.hostname) ? LOCAL_KEY : '')

interface Wrong {
  readonly message: string
  readonly retry: () => void
}

export function Playground(): JSX.Element {
  const key = held.value
  const [models, setModels] = useState<readonly string[]>()
  const [looks, setLooks] = useState(0)
  const [wrong, setWrong] = useState<Wrong>()
  const [chosen, setChosen] = useState<readonly [string, string]>(['auto', ''])
  const [busy, setBusy] = useState(0)
  const lanes = [useRef<LaneHandle>(null), useRef<LaneHandle>(null)] as const

  useEffect(() => {
    if (key === '') return undefined
    const looking = new AbortController()
    const look = async (): Promise<void> => {
      const found = await listModels(key, looking.signal)
      if (looking.signal.aborted) return
      if (found.ok) setModels(found.ids)
      else setWrong({ message: found.message, retry: () => setLooks((count) => count + 1) })
    }
    setWrong(undefined)
    void look()
    return () => looking.abort()
  }, [key, looks])

  const make = async (): Promise<void> => {
    const made = await call<{ readonly key: string }>('/keys', 'POST', {
      name: 'Playground',
      budgets: [{ usd: KEY_USD, window: 'total' }],
      expiresAt: Date.now() + KEY_MS,
    })
    if (made.ok) held.value = made.value.key
    else setWrong({ message: made.message, retry: () => void make() })
  }

  const ask = (event: SubmitEvent): void => {
    event.preventDefault()
    const form = event.currentTarget
    if (!(form instanceof HTMLFormElement) || busy > 0) return
    const prompt = new FormData(form).get('prompt')
    const question = typeof prompt === 'string' ? prompt.trim() : ''
    const asked = lanes.flatMap((lane, place) => {
      const model = chosen[place] ?? ''
      return lane.current === null || model === '' ? [] : [{ lane: lane.current, model }]
    })
    if (question === '' || asked.length === 0) return
    setBusy(asked.length)
    const askOne = async ({ lane, model }: (typeof asked)[number]): Promise<void> => {
      await lane.ask({ key, model, question })
      setBusy((count) => count - 1)
    }
    void Promise.all(asked.map(askOne))
  }
  const stop = (): void => lanes.forEach((lane) => lane.current?.stop())

  return (
    <>
      <form class="play" onSubmit={ask} onKeyDown={(event) => keyed(event, stop)}>
        {key === '' ? (
          <div class="nothing">
            <p>
              Requests need a key of a client. One for this page ends after an hour, and may spend one dollar.
            </p>
            <button type="button" class="main" onClick={() => void make()}>
              Make a key for the playground
            </button>
          </div>
        ) : (
          <>
            <label class="field">
              <span class="label">Question</span>
              <textarea name="prompt" rows={3} required />
            </label>
            <div class="play-tools">
              <Pick
                label="Model"
                models={models ?? FIRST}
                value={chosen[0]}
                choose={(model) => setChosen([model, chosen[1]])}
              />
              <Pick
                label="Beside it"
                models={models ?? FIRST}
                value={chosen[1]}
                choose={(model) => setChosen([chosen[0], model])}
                none="nobody"
              />
              {/* Two elements: one that became the other within its own click would ask again. */}
              {busy > 0 ? (
                <button key="stop" type="button" class="main" onClick={stop}>
                  Stop
                </button>
              ) : (
                <button key="ask" type="submit" class="main">
                  Ask
                </button>
              )}
            </div>
            <p class="note" role="status">
              {models !== undefined
                ? `${models.length} models and routes to choose from.`
                : wrong === undefined
                  ? 'Loading the models'
                  : 'Which models there are is not known.'}
            </p>
          </>
        )}
      </form>
      {wrong !== undefined && <Trouble {...wrong} />}
      <div class="lanes">
        <Lane handle={lanes[0]} name={chosen[0]} />
        {chosen[1] !== '' && <Lane handle={lanes[1]} name={chosen[1]} />}
      </div>
    </>
  )
}

/** Enter asks, Shift and Enter begins a line, Escape stops. */
function keyed(event: KeyboardEvent, stop: () => void): void {
  if (event.key === 'Escape') return stop()
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  if (!(event.target instanceof HTMLTextAreaElement)) return
  event.preventDefault()
  event.target.form?.requestSubmit()
}

interface PickProps {
  readonly label: string
  readonly models: readonly string[]
  readonly value: string
  readonly choose: (model: string) => void
  /** Where nothing may be chosen, what that is called. */
  readonly none?: string
}

const Pick = ({ label, models, value, choose, none }: PickProps): JSX.Element => (
  <label class="field">
    <span class="label">{label}</span>
    <span class="choice">
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {models.map((model) => (
          <option key={model} value={model}>
            {model}
          </option>
        ))}
      </select>
    </span>
  </label>
)
