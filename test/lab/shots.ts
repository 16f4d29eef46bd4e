// Pictures of what browser tests see, for people to look at: each screen that has a name, once, in test-results/shots. Where
// MINNOW_SHOTS names a folder they go there, whole pages, wide and narrow, light and dark, and how each visit to a site ended;
// with `MINNOW_SHOTS=` there are none.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'

const NAMED = process.env['MINNOW_SHOTS']
const USUAL = process.env['VITEST'] === undefined ? '' : 'test-results/shots' // a bench keeps none
const FOLDER = resolve(import.meta.dirname, '../..', NAMED ?? USUAL)
/** Every size and whole pages take seconds a picture on a busy machine, so only who asks for pictures waits for them. */
const [isOff, isThorough] = [(NAMED ?? USUAL) === '', NAMED !== undefined]
/** What was taken in this process: a picture costs 0.1 to 0.3 s of processor time, and the same again says nothing new. */
const taken = new Set<string>()
/** A picture is no reason for a test to wait longer. */
const MOST_MS = 2_000
const MOST_LETTERS = 100
const SIZES = [
  { width: 1_280, height: 800 },
  { width: 375, height: 700 },
]

/** The page as it stands, as `<name>-<width>-<light or dark>.png`. */
export async function shoot(page: Page, name: string, isWhole = isThorough): Promise<void> {
  if (isOff || page.isClosed()) return
  mkdirSync(FOLDER, { recursive: true })
  const plain = name.replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '')
  const short = plain.length > MOST_LETTERS ? plain.slice(0, MOST_LETTERS - 24) + plain.slice(-24) : plain
  try {
    const scheme = await schemeOf(page)
    const path = join(FOLDER, `${short}-${page.viewportSize()?.width ?? 0}-${scheme}.png`)
    if (!isThorough && taken.has(path)) return
    taken.add(path)
    await page.screenshot({ path, fullPage: isWhole, animations: 'disabled', timeout: MOST_MS })
  } catch (error) {
    if (isThorough) throw error // else a page that is leaving or too busy is none of the test's business
  }
}

const schemeOf = (page: Page): Promise<'dark' | 'light'> =>
  page.evaluate(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))

/** Longer than colours take to change. */
const SETTLED_MS = 250

/** How a visit ended: only where pictures were asked for, since most end where another one went. */
export async function shootEnd(page: Page, name: string): Promise<void> {
  if (isThorough) await shootEverySize(page, `${name} end`)
}

/** Where pictures were asked for, what is seen wide and narrow, light and dark; else as it stands. The page is as before. */
export async function shootEverySize(page: Page, name: string): Promise<void> {
  if (!isThorough) return shoot(page, name)
  if (isOff || page.isClosed()) return
  const [before, scheme] = [page.viewportSize(), await schemeOf(page)]
  for (const size of SIZES) {
    await page.setViewportSize(size)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await shoot(page, name, false)
    }
  }
  await page.emulateMedia({ colorScheme: scheme })
  if (before !== null) await page.setViewportSize(before)
  await page.waitForTimeout(SETTLED_MS)
}
