// Waiting for a condition instead of for a time.
import { setTimeout as wait } from 'node:timers/promises'

const LIMIT_MS = 60_000
/** The first look comes soon, later ones ever more seldom: looking costs what everybody else waits for. */
const FIRST_MS = 10
const GROWTH = 1.25
const LAST_MS = 100

/** True where a look tells the same for two seconds. */
export async function isResting(look: () => unknown): Promise<boolean> {
  const before = look()
  for (let turn = 0; turn < 8; turn += 1) {
    await wait(250)
    if (look() !== before) return false
  }
  return true
}

/** Resolves with the first value that is not undefined or false; fails after a minute, which only a broken thing needs, naming what never came. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + LIMIT_MS
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LAST_MS, pauseMs * GROWTH)) {
    const value = await look()
    if (value !== undefined && value !== false) return value
    if (Date.now() > end) throw new Error(`waited ${LIMIT_MS / 1000} s in vain for ${what}`)
    await wait(pauseMs)
  }
}
