// Finds what a reply says of its usage while it passes, be it one JSON value or server-sent events, without keeping it:
// pictures are megabytes of base64. Pure.
import { fieldsOf, isFields, parse } from '../../fields.ts'
import type { Usage } from '../../usage.ts'
import { readUsage as readTokens } from '../openai-chat/usage.ts'
import { readUsage } from '../openai-responses/usage.ts'

export interface UsageWatch {
  take(bytes: Uint8Array): void
  /** The last that stood at the top of any object so far. */
  usage(): Usage | undefined
  /** The `error` that stood there; undefined for none. */
  error(): unknown
}

/** What is longer is no usage, and no key that is looked for. */
const VALUE_CHARS = 16 * 1024
const KEY_CHARS = 16
const KEYS = new Set(['"usage"', '"error"'])

const [QUOTE, BACKSLASH, COMMA, COLON, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [
  34, 92, 44, 58, 123, 125, 91, 93,
]

/** JSON begins with a brace, server-sent events with a colon or the name of a field; sounds and pictures with neither. */
const TEXT = new Set([...'{:deir \t\r\n'].map((letter) => letter.charCodeAt(0)))

export function watchUsage(): UsageWatch {
  const found = new Map<string, unknown>()
  let isText: boolean | undefined
  let depth = 0
  let inString = false
  let slashes = 0 // backslashes right before what is read next
  let kept = '' // at the top of an object: its key, then the value of one that is looked for
  let key: string | undefined

  const room = (): number => (key === undefined ? KEY_CHARS : VALUE_CHARS) - kept.length

  /** The text of a string, a part of it at a time. */
  const keep = (bytes: Uint8Array, from: number, to: number): void => {
    if (depth > 1 && key === undefined) return
    const end = Math.min(to, from + room())
    for (let at = from; at < end; at += 1) kept += String.fromCharCode(bytes[at] ?? 0)
  }

  const endValue = (): void => {
    const value = key === undefined ? undefined : parse(kept)
    if (key !== undefined && isFields(value)) found.set(key, value)
    key = undefined
    kept = ''
  }

  const takeSign = (sign: number): void => {
    if (sign === COLON && depth === 1 && key === undefined) {
      const name = kept.trim()
      if (KEYS.has(name)) key = name.slice(1, -1)
      kept = ''
      return
    }
    if (depth === 1 && (sign === COMMA || sign === CLOSE)) endValue()
    if (sign === OPEN || sign === OPEN_LIST) depth += 1
    if (sign === CLOSE || sign === CLOSE_LIST) depth -= 1
    if (sign === QUOTE) {
      inString = true
      slashes = 0
    }
    const isWanted = key !== undefined || (depth === 1 && sign === QUOTE)
    if (depth > 0 && isWanted && room() > 0) kept += String.fromCharCode(sign)
  }

  return {
    take(bytes) {
      isText ??= bytes[0] === undefined ? undefined : TEXT.has(bytes[0])
      if (isText !== true) return
      for (let at = 0; at < bytes.length; at += 1) {
        if (inString) {
          const quote = bytes.indexOf(QUOTE, at)
          const end = quote < 0 ? bytes.length : quote
          slashes = slashesBefore(bytes, at, end, slashes)
          keep(bytes, at, Math.min(end + 1, bytes.length))
          if (quote >= 0) {
            inString = slashes % 2 === 1
            slashes = 0
          }
          at = end
          continue
        }
        if (depth === 0) {
          const open = bytes.indexOf(OPEN, at)
          if (open < 0) return
          ;[at, depth, kept, key] = [open, 1, '', undefined]
          continue
        }
        takeSign(bytes[at] ?? 0)
      }
    },
    usage() {
      const usage = fieldsOf(found.get('usage'))
      return readUsage(usage) ?? readTokens(usage)
    },
    error: () => found.get('error'),
  }
}

/** How many backslashes stand in a row before `end`; those before `start` count on where nothing else is between. */
function slashesBefore(bytes: Uint8Array, start: number, end: number, before: number): number {
  let at = end
  while (at > start && bytes[at - 1] === BACKSLASH) at -= 1
  return at === start ? before + end - at : end - at
}
