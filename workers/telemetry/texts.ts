// What was said, as it leaves the isolate for an outbox and D1: sealed there and then, each text for its own row. Who has
// no key to seal with keeps nothing.
import { SealError, type Seals } from '../../shared/seal.ts'

export interface Texts {
  /** Undefined where nothing can be sealed. */
  close(text: string, rowId: string): string | undefined
  /** What was closed, or plain text that an earlier version kept; why not, where it cannot be opened. */
  open(kept: string, rowId: string): unknown
  /** Closes again what another key closed, some at a time; says how many. With one key alone there is nothing to do. */
  renew(database: D1Database): Promise<number>
}

/** `sealed:<name of the key>:<envelope in base64>`, so that D1 itself finds what is to be closed again. */
const PREFIX = 'sealed:'
const ROW = 'text'
/** A bound for one run of the cron. */
const MOST_RENEWED = 200
/** A call takes so many arguments. */
const CHUNK_BYTES = 8_192

export function openTexts(seals: Seals, warn: (message: string) => void): Texts {
  const [newest, ...older] = seals.names
  if (newest === undefined)
    warn('DATA_KEYS is missing or wrong: nothing of what is said is kept, storeText or not')

  const close = (text: string, rowId: string): string =>
    `${PREFIX}${newest}:${inBase64(new Uint8Array(seals.at('words', rowId).seal(text, ROW)))}`

  const open = (kept: string, rowId: string): string => {
    if (!kept.startsWith(PREFIX)) return kept
    return seals.at('words', rowId).open(outOfBase64(kept.slice(kept.lastIndexOf(':') + 1)), ROW)
  }

  return {
    close: (text, rowId) => (newest === undefined ? undefined : close(text, rowId)),
    open(kept, rowId) {
      try {
        return JSON.parse(open(kept, rowId))
      } catch (error) {
        if (error instanceof SealError) return { sealed: true, error: error.message }
        throw error
      }
    },
    async renew(database) {
      if (newest === undefined || older.length === 0) return 0
      const { results } = await database
        .prepare('SELECT row_id, text FROM texts WHERE substr(text, 1, ?1) <> ?2 LIMIT ?3')
        .bind(PREFIX.length + newest.length + 1, `${PREFIX}${newest}:`, MOST_RENEWED)
        .all<{ row_id: string; text: string }>()
      const update = database.prepare('UPDATE texts SET text = ?2 WHERE row_id = ?1 AND text = ?3')
      const renewed = results.flatMap(({ row_id, text }) => {
        try {
          return [update.bind(row_id, close(open(text, row_id), row_id), text)]
        } catch {
          return [] // its key is gone: whoever reads it is told
        }
      })
      if (renewed.length > 0) await database.batch(renewed)
      return renewed.length
    },
  }
}

function inBase64(bytes: Uint8Array): string {
  let letters = ''
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    letters += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES))
  return btoa(letters)
}

const outOfBase64 = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer
