// One model's answer in the playground, as it streams, and what it took.
import type { JSX, RefObject } from 'preact'
import { useEffect, useImperativeHandle, useRef, useState } from 'preact/hooks'
import { ask, type Ending } from '../home/ask.ts'
import { facts } from '../home/receipt.ts'

export interface Question {
  readonly key: string
  readonly model: string
  readonly question: string
}

export interface LaneHandle {
  /** Resolves when the answer has ended, one way or another. */
  ask(question: Question): Promise<void>
  stop(): void
}

type State =
  | { readonly kind: 'still' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly ending: Ending }

interface LaneProps {
  readonly handle: RefObject<LaneHandle | null>
  readonly name: string
}

export function Lane({ handle, name }: LaneProps): JSX.Element {
  const [said, setSaid] = useState('')
  const [state, setState] = useState<State>({ kind: 'still' })
  const running = useRef<AbortController>(null)

  useImperativeHandle(
    handle,
    () => ({
      async ask({ key, model, question }) {
        running.current?.abort()
        const mine = new AbortController()
        running.current = mine
        setSaid('')
        setState({ kind: 'running' })
        const messages = [{ role: 'user' as const, content: question }]
        const ending = await ask({ key, model, messages, signal: mine.signal }, (piece) => {
          if (running.current === mine) setSaid((before) => before + piece)
        })
        if (running.current === mine) setState({ kind: 'ended', ending })
      },
      stop: () => running.current?.abort(),
    }),
    [],
  )
  useEffect(() => () => running.current?.abort(), [])

  return (
    <section class="lane" aria-label={`Answer of ${name}`} aria-busy={state.kind === 'running'}>
      <h2 class="name">{name}</h2>
      {state.kind === 'still' && (
        <p class="note">Its answer appears here, with what it cost and how long it took.</p>
      )}
      {state.kind === 'running' && said === '' && <p class="note">Waiting for the first token</p>}
      {said !== '' && <p class="answer">{said}</p>}
      {state.kind === 'ended' && <Ended ending={state.ending} />}
    </section>
  )
}

function Ended({ ending }: { readonly ending: Ending }): JSX.Element {
  if (ending.kind === 'failed')
    return (
      <p class="trouble" role="alert">
        {ending.message}
      </p>
    )
  return (
    <>
      {ending.kind === 'stopped' && <p class="note">Stopped.</p>}
      <dl class="facts">
        {facts(ending.receipt).map(({ label, value }) => (
          <div key={label} data-fact={label.toLowerCase().replaceAll(' ', '-')}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
