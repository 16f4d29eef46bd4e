// Pictures of what browser tests see, for people to look at: kept where MINNOW_SHOTS names a folder.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'

const FOLDER = process.env['MINNOW_SHOTS'] ?? ''
const SIZES = [
  { width: 1_280, height: 800 },
  { width: 375, height: 700 },
]

/** The page as it stands, as `<name>-<width>-<light or dark>.png`; nothing where no folder is named. */
export async function shoot(page: Page, name: string, fullPage = true): Promise<void> {
  if (FOLDER === '' || page.isClosed()) return
  mkdirSync(resolve(FOLDER), { recursive: true })
  const scheme = await schemeOf(page)
  const plain = name.replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 60)
  const path = join(resolve(FOLDER), `${plain}-${page.viewportSize()?.width ?? 0}-${scheme}.png`)
  await page.screenshot({ path, fullPage, animations: 'disabled' })
}

const schemeOf = (page: Page): Promise<'dark' | 'light'> =>
  page.evaluate(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))

/** Longer than colours take to change. */
const SETTLED_MS = 250

/** What is seen of it wide and narrow, light and dark. The page is as before afterwards. */
export async function shootEverySize(page: Page, name: string): Promise<void> {
  if (FOLDER === '' || page.isClosed()) return
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
