// Which turns of a line are to be summed up, and what becomes of their summary: each span once, each from the summary
// before it. What was erased meanwhile stands in none.
import type { Fields } from '../../shared/fields.ts'
import { pathFrom, type PathTurn } from './path.ts'
import type { Due } from './recalled.ts'
import type { ThreadStore } from './store.ts'
import { openTexts, readAll } from './telling.ts'

/** Turns to be summed up: those up to and with the `depth`th before `start`. */
export interface Span extends Due {
  readonly previous: { readonly position: number; readonly text: string } | null
  /** JSON. */
  readonly items: string
  readonly edition: number
}

export type SpanName = Pick<Span, 'start' | 'depth' | 'edition' | 'last'>

export interface Written {
  readonly text: string
  readonly tokens: number
  readonly model: string
  readonly at: number
}

export interface Sums {
  span(due: Due): Span | undefined
  summarised(name: SpanName, written: Written): void
}

/** As much of what was left out is summed up at a time. */
const SPAN_TOKENS = 6_000

export function openSums(store: ThreadStore): Sums {
  return {
    span({ start, depth, last: place }) {
      const last = store.summary(place)
      const found: PathTurn[] = []
      for (const turn of pathFrom(store, start).turns()) {
        if (turn.depth <= (last?.depth ?? 0)) break
        if (turn.depth <= depth && turn.items.length > 0) found.push(turn)
      }
      const read = openTexts(store)
      const items: Fields[] = []
      let [tokens, upto] = [0, 0]
      for (const turn of found.toReversed()) {
        if (upto !== 0 && tokens >= SPAN_TOKENS) break
        items.push(
          ...readAll(
            read,
            turn.spoken.map(({ ref }) => ref),
          ),
        )
        tokens += turn.items.reduce((sum, item) => sum + item.tokens, 0)
        upto = turn.depth
      }
      if (upto === 0) return undefined
      const previous =
        last === undefined ? null : { position: last.position, text: store.summaryText(last.position) }
      const edition = store.edition()
      return { start, depth: upto, last: place, previous, items: JSON.stringify(items), edition }
    },

    summarised({ start, depth, edition, last }, { text, ...written }) {
      const line = start.kind === 'response' ? store.line(start.id) : undefined
      const isErased = start.kind === 'response' ? line === undefined : store.lastItem() === undefined
      if (isErased || edition !== store.edition()) return
      const { summary } = line?.sent ?? store.sent()
      if ((store.summary(summary)?.depth ?? 0) >= depth) return
      const position = store.addSummary({ depth, previous: last, ...written }, text)
      if (start.kind === 'conversation') store.putSent({ ...store.sent(), summary: position })
      else if (line !== undefined)
        store.putLine(start.id, { ...line, sent: { ...line.sent, summary: position } })
    },
  }
}
