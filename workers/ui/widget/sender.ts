// Messages on their way: one at a time, in order, in one tab, again until they have got through, and their answers heard to
// the end. What is on its way is kept by the browser first, so a reload or a lost line loses nothing.
import { change, type Conversation, due, isBusy, isOpen, type Turn, unwant } from './conversation.ts'
import { decide } from './decide.ts'
import { type Gateway, Refused } from './gateway.ts'
import type { Store } from './store.ts'

export type Notice = 'offline' | 'online' | 'resuming' | 'away' | 'busy' | undefined

export interface Sending {
  readonly store: Store
  readonly space: string
  readonly model: string
  readonly gatewayOf: (id: string) => Gateway
  /** Something of the conversation is new, and kept. */
  readonly changed: (id: string) => void
  /** More of an answer is there. */
  readonly heard: (id: string, key: string, answer: string) => void
  readonly notice: (id: string, notice: Notice) => void
  /** What the gateway said, for whoever looks after the page. */
  readonly failed: (refused: Refused) => void
}

export interface Sender {
  /** Sends what is due; call it after every change. */
  attend(id: string): void
  /** Ends the answer that is being heard, here and at the gateway. */
  stop(id: string): void
  /** Another tab has changed the conversation. */
  look(id: string): void
}

const KEEP_EVERY_MS = 300

/** An answer on its way. */
interface Hearing {
  readonly key: string
  readonly controller: AbortController
  /** Keeps what was heard since it was kept last. */
  keep?: () => void
}

export function openSender({
  store,
  space,
  model,
  gatewayOf,
  changed,
  heard,
  notice,
  failed,
}: Sending): Sender {
  const attended = new Set<string>()
  const hearing = new Map<string, Hearing>() // one of a conversation at most

  const update = (id: string, key: string, more: Partial<Turn>): void => {
    const now = store.read(id)
    if (now?.turns.some((turn) => turn.key === key) === true)
      store.update(id, (one) => change(one, key, more))
    changed(id)
  }

  /** Hears one answer as far as it comes. Throws what ended it early. */
  const hear = async (id: string, turn: Turn, mine: Hearing): Promise<void> => {
    let { answer, mark } = turn
    let keptAt = Date.now()
    const keep = (more: Partial<Turn> = {}): void => {
      keptAt = Date.now()
      update(id, turn.key, { answer, ...(mark === undefined ? {} : { mark }), ...more })
    }
    const flush = (): void => keep()
    mine.keep = flush
    addEventListener('pagehide', flush)
    try {
      await gatewayOf(id).ask(
        { body: bodyOf(turn, model), key: turn.key, mark, signal: mine.controller.signal },
        {
          head: ({ requestId, turn: name, route }) =>
            keep({
              ...(requestId === undefined ? {} : { requestId }),
              ...(name === undefined ? {} : { turn: name }),
              ...(route === undefined ? {} : { route }),
            }),
          text(piece, at) {
            answer += piece
            if (at !== '') mark = at
            if (piece === '') return
            heard(id, turn.key, answer)
            if (Date.now() - keptAt > KEEP_EVERY_MS) keep({ state: 'writing' })
          },
        },
      )
      keep({ state: 'whole' })
    } catch (error) {
      if (!isStopped(id, turn.key)) keep()
      throw error
    } finally {
      removeEventListener('pagehide', flush)
    }
  }

  const isStopped = (id: string, key: string): boolean => {
    const turn = store.read(id)?.turns.find((one) => one.key === key)
    return turn === undefined || !isOpen(turn)
  }

  const deliver = async (id: string, key: string): Promise<void> => {
    let tries = 0
    let lastMark: string | undefined
    for (;;) {
      await online(() => notice(id, 'offline'))
      const turn = store.read(id)?.turns.find((one) => one.key === key)
      if (turn === undefined || isStopped(id, key)) return notice(id, undefined)
      const mine: Hearing = { key, controller: new AbortController() }
      const { signal } = mine.controller
      hearing.set(id, mine)
      try {
        await hear(id, turn, mine)
        return notice(id, undefined)
      } catch (error) {
        if (signal.aborted || isStopped(id, key)) return notice(id, undefined)
        const refused = error instanceof Refused ? error : new Refused(500, 'broken', String(error))
        const mark = store.read(id)?.turns.find((one) => one.key === key)?.mark
        tries = mark === lastMark ? tries + 1 : 1
        lastMark = mark
        const decision = decide(refused, tries, mark !== undefined)
        if (decision.what === 'give-up') {
          const { trouble } = decision
          update(id, key, { state: 'failed', trouble })
          failed(refused)
          return notice(id, undefined)
        }
        if (decision.what === 'anew') {
          store.update(id, (one) => withoutMark(one, key))
          continue
        }
        if (navigator.onLine) notice(id, decision.say)
        await pause(decision.afterMs, signal)
      } finally {
        hearing.delete(id)
      }
    }
  }

  /** Tells the gateway something of a conversation, for as long as it cannot be reached. */
  const tell = async (id: string, say: (gateway: Gateway, name: string) => Promise<void>): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      await online(() => undefined)
      const name = store.read(id)?.name // without one nothing was ever sent
      const refused = name === undefined ? undefined : await refusal(say(gatewayOf(id), name))
      const decision = refused && decide(refused, tries, false)
      if (decision?.what !== 'again') return
      await pause(decision.afterMs)
    }
  }

  /** Nobody waits for this any more: the gateway would hear it to its end, and let the next question wait. */
  const cancel = async (id: string, key: string): Promise<void> => {
    await tell(id, (gateway) => gateway.cancel(key))
    if (store.read(id) !== undefined)
      store.update(id, (one) => ({ ...one, unwanted: (one.unwanted ?? []).filter((other) => other !== key) }))
    changed(id)
  }

  const pump = async (id: string): Promise<void> => {
    for (let now = store.read(id); now !== undefined && isBusy(now); now = store.read(id)) {
      const [key] = now.unwanted ?? []
      if (key !== undefined) await cancel(id, key)
      else if (now.isErased !== true) await deliver(id, due(now)?.key ?? '')
      else {
        await tell(id, (gateway, name) => gateway.erase(name))
        store.remove(id)
        changed(id)
      }
    }
  }

  const look = (id: string): void => {
    const mine = hearing.get(id)
    if (mine !== undefined && isStopped(id, mine.key)) mine.controller.abort()
  }

  const attend = (id: string): void => {
    look(id)
    const now = store.read(id)
    if (attended.has(id) || now === undefined || !isBusy(now)) return
    attended.add(id)
    void alone(`minnow:${space}:${id}`, () => pump(id)).finally(() => {
      attended.delete(id)
      attend(id) // what came while the last was on its way
    })
  }

  return {
    attend,
    stop(id) {
      const turn = due(store.read(id) ?? { id, at: 0, turns: [] })
      if (turn === undefined) return
      hearing.get(id)?.keep?.()
      store.update(id, (one) => unwant(change(one, turn.key, { state: 'stopped' }), turn.key))
      changed(id)
      attend(id)
    },
    look,
  }
}

const refusal = (work: Promise<void>): Promise<Refused | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof Refused ? error : new Refused(500, '', '')),
  )

/** One tab at a time; where the browser cannot say so, the gateway still runs nothing twice. */
async function alone(name: string, work: () => Promise<void>): Promise<void> {
  await ('locks' in navigator ? navigator.locks.request(name, work) : work())
}

const withoutMark = (conversation: Conversation, key: string): Conversation => ({
  ...conversation,
  turns: conversation.turns.map((turn) => {
    if (turn.key !== key) return turn
    const { mark: _, ...rest } = turn
    return { ...rest, answer: '', state: 'waiting' }
  }),
})

function bodyOf({ question, pictures = [], edits, regenerates }: Turn, model: string): unknown {
  const content =
    pictures.length === 0
      ? question
      : [
          ...(question === '' ? [] : [{ type: 'text', text: question }]),
          ...pictures.map((url) => ({ type: 'image_url', image_url: { url } })),
        ]
  const wish =
    regenerates !== undefined
      ? { regenerate: regenerates }
      : edits !== undefined
        ? { edit: edits }
        : undefined
  return {
    model,
    messages: regenerates === undefined ? [{ role: 'user', content }] : [],
    stream: true,
    ...(wish === undefined ? {} : { minnow: wish }),
  }
}

async function online(waiting: () => void): Promise<void> {
  if (navigator.onLine) return
  waiting()
  await new Promise<void>((resolve) => addEventListener('online', () => resolve(), { once: true }))
}

/** Shorter where the line comes back meanwhile, or somebody does who looks at the page, or nobody waits any more. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController()
    const end = (): void => {
      over.abort()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(end, ms)
    addEventListener('online', end, over)
    signal?.addEventListener('abort', end, over)
    document.addEventListener('visibilitychange', end, over)
  })
}
