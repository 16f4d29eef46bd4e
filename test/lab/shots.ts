// Pictures of the screens that tests visit, kept where MINNOW_SHOTS names a folder: wide and narrow, light and dark.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'

const FOLDER = process.env['MINNOW_SHOTS'] ?? ''
const SIZES = { desktop: { width: 1_280, height: 800 }, phone: { width: 375, height: 700 } }

/** Nothing without MINNOW_SHOTS. The page is as before afterwards. */
export async function shoot(page: Page, name: string): Promise<void> {
  if (FOLDER === '' || page.isClosed()) return
  mkdirSync(resolve(FOLDER), { recursive: true })
  const before = page.viewportSize()
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(resolve(FOLDER), `${fileOf(name)}.${size}.${colorScheme}.png`) })
    }
  }
  await page.emulateMedia({ colorScheme: null })
  if (before !== null) await page.setViewportSize(before)
}

const fileOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 90)
