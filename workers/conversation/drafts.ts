// What is heard of turns that are still being answered, as their object's storage has it: so much of one is there at the
// next turn, marked as cut, should nobody be left to write down its end.
import { parse } from '../../shared/fields.ts'
import type { Seal } from '../../shared/seal.ts'
import type { Told } from './adding.ts'
import type { Leaving } from './spoken.ts'
import type { Sql } from './store.ts'
import type { StoredMessage } from './transcript.ts'

/** Who asked what, and where it belongs: all of a turn but its answer. */
export interface Begun extends Pick<Told, 'at' | 'place' | 'question' | 'model'> {
  readonly leaving: Leaving
}

/** Words of an answer, and how many characters of it came before them. */
export interface Heard {
  readonly from: number
  readonly text: string
  /** With the first words. */
  readonly begun?: Begun
}

export interface Draft {
  readonly turn: string
  readonly begun: Begun
  readonly text: string
}

export interface Drafts {
  hear(turn: string, heard: Heard): void
  /** What there is of every turn. */
  all(): readonly Draft[]
  remove(turn: string): void
  /** The storage was emptied, or what was written was taken back. */
  reset(): void
}

const TABLE =
  'CREATE TABLE IF NOT EXISTS drafts (turn TEXT NOT NULL, start INTEGER NOT NULL, text BLOB NOT NULL, PRIMARY KEY (turn, start)) WITHOUT ROWID'

export function openDrafts(sql: Sql, seal: Seal): Drafts {
  const look = (): boolean =>
    sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'drafts'").toArray().length > 0
  let isMade = look()

  /** Words with a gap before them are left out. */
  const draftOf = (turn: string, pieces: readonly Heard[]): Draft | undefined => {
    const begun = pieces[0]?.begun
    if (begun === undefined) return undefined
    let said = ''
    for (const piece of pieces) {
      if (piece.from > said.length) break
      said = said.slice(0, piece.from) + piece.text
    }
    return { turn, begun, text: said }
  }

  return {
    hear(turn, heard) {
      if (!isMade) sql.exec(TABLE)
      isMade = true
      sql.exec(
        'INSERT OR REPLACE INTO drafts (turn, start, text) VALUES (?, ?, ?)',
        turn,
        heard.from,
        seal.seal(JSON.stringify(heard), placeOf(turn, heard.from)),
      )
    },
    all() {
      if (!isMade) return []
      const pieces = new Map<string, Heard[]>()
      for (const row of sql.exec('SELECT turn, start, text FROM drafts ORDER BY turn, start').toArray()) {
        const [turn, sealed] = [String(row['turn']), row['text']]
        const opened = seal.open(
          sealed instanceof ArrayBuffer ? sealed : String(sealed),
          placeOf(turn, Number(row['start'])),
        )
        const heard = parse(opened) as Heard // written by `hear`
        pieces.set(turn, [...(pieces.get(turn) ?? []), heard])
      }
      return [...pieces].flatMap(([turn, heard]) => draftOf(turn, heard) ?? [])
    },
    remove(turn) {
      if (isMade) sql.exec('DELETE FROM drafts WHERE turn = ?', turn)
    },
    reset: () => void (isMade = look()),
  }
}

const placeOf = (turn: string, start: number): string => `drafts/${turn}/${start}`

/** A turn of which no more is known. */
export const cutTurn = (
  { turn, begun, text: content }: Draft,
  weigh: (message: StoredMessage) => number,
): Told => {
  const { at, place, question, model } = begun
  const message = { role: 'assistant', content }
  return { id: turn, at, place, question, answer: { message, tokens: weigh(message) }, cut: true, model }
}
