// What a new question is told of what came before it, and what its object has to know again when it is kept.
import { summaryText } from '../../shared/context/summary.ts'
import type { Anchor, LeftOut } from '../../shared/context/chooser.ts'
import { type Fields, fieldsOf, parse } from '../../shared/fields.ts'
import type { Entry } from './entry.ts'
import { fit, type Limit, type Summed } from './fitting.ts'
import { type Path, pathFrom, type PathTurn, type Start } from './path.ts'
import type { ThreadStore } from './store.ts'
import { openTexts, readAll, tell } from './telling.ts'

export interface Asking {
  /** The id that the new response will have. */
  readonly id: string
  readonly previousId?: string
  readonly conversationId?: string
  /** What is known of the question's own items. */
  readonly own: readonly Entry[]
  readonly limit: Limit
}

/** What a response leaves beside itself: the object is told of it again when it is kept. */
export interface Place {
  readonly anchor: Anchor | null
  readonly summary: number | null
}

/** What of its line a question was sent with: for its receipt. */
export interface Context {
  readonly left: LeftOut
  readonly summary: boolean
  /** Tokens of all that is sent. */
  readonly tokens: number
}

/** Turns that are sent no more and stand in no summary yet: those up to and with the `depth`th before a question. */
export interface Due {
  readonly start: Start
  readonly depth: number
  /** The summary that they come behind. */
  readonly last: number | null
}

export interface Recall {
  /** What came before, as far as it is told: JSON. */
  readonly items: string
  readonly upto: number | null
  /** What of the question itself is told. */
  readonly own: readonly { readonly at: number; readonly lean: boolean }[]
  readonly place: Place
  readonly context: Context
  readonly due?: Due
}

export type Recalled =
  | { readonly ok: true; readonly value: Recall }
  | { readonly ok: false; readonly why: 'missing'; readonly id: string }
  | { readonly ok: false; readonly why: 'busy' }
  | { readonly ok: false; readonly why: 'long'; readonly tokens: number; readonly room: number }

export const NOWHERE: Place = { anchor: null, summary: null }

/** What is left to tell of a question from which nothing went before. */
export const NOTHING_BEFORE: Path = {
  depth: 0,
  tokens: 0,
  sent: { pins: [], summary: null, anchor: null },
  turns: function* () {},
}

type Reading = Pick<
  ThreadStore,
  'line' | 'find' | 'itemsDown' | 'lastItem' | 'sent' | 'text' | 'item' | 'summary' | 'summaryText'
>

export function recallFrom(store: Reading, start: Start, { own, limit }: Asking): Recalled {
  const path = pathFrom(store, start)
  let deepest: Summed | undefined
  const newest = (read: readonly PathTurn[], before: number): Summed | undefined => {
    deepest = newestSummary(store, path, read, Number.MAX_SAFE_INTEGER)
    return deepest === undefined || deepest.depth <= before
      ? deepest
      : newestSummary(store, path, read, before)
  }
  const fitted = fit(path, own, limit, newest)
  if (!fitted.ok) return { ok: false, why: 'long', tokens: fitted.tokens, room: fitted.room }
  const { pins, summary, told, own: ownTold, left, tokens, anchor, before } = fitted.fit
  const read = openTexts(store)
  const items: Fields[] = [
    ...readAll(read, pins),
    ...(summary === undefined ? [] : [summaryItem(store.summaryText(summary.position), summary.depth)]),
    ...tell(read, told),
  ]
  return {
    ok: true,
    value: {
      items: JSON.stringify(items),
      upto: start.kind === 'conversation' ? start.upto : null,
      own: ownTold,
      place: { anchor, summary: summary?.position ?? path.sent.summary },
      context: { left, summary: summary !== undefined, tokens },
      ...(before > (deepest?.depth ?? 0)
        ? { due: { start, depth: before, last: deepest?.position ?? null } }
        : {}),
    },
  }
}

/**
 * The newest summary of turns that are not sent. A summary is written while the next turns are spoken, and stands with
 * the turn that asked for it: so all that were read are looked at.
 */
function newestSummary(
  store: Pick<Reading, 'summary' | 'line'>,
  path: Path,
  read: readonly PathTurn[],
  before: number,
): Summed | undefined {
  const responses = new Set(read.flatMap(({ all }) => all.flatMap(({ ref }) => ref.response || [])))
  const places = new Set([path.sent.summary, ...[...responses].map((id) => store.line(id)?.sent.summary)])
  let best: Summed | undefined
  for (const place of places) {
    let found = store.summary(place ?? null)
    while (found !== undefined && found.depth > before) found = store.summary(found.previous)
    if (found !== undefined && found.depth > (best?.depth ?? 0)) best = found
  }
  return best
}

/** As a system message, which every dialect has. */
const summaryItem = (text: string, turns: number): Fields => ({
  type: 'message',
  role: 'system',
  status: 'completed',
  content: [{ type: 'input_text', text: summaryText(text, turns) }],
})

export const responseIn = (json: string): Fields => fieldsOf(parse(json))
