// dist/assets, where wrangler takes the browser's files from: always whole, and without leftovers of files that went.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundleBrowser } from './bundle.ts'

export async function writePages(root: string): Promise<void> {
  const target = join(root, 'dist/assets')
  mkdirSync(target, { recursive: true })
  const draft = mkdtempSync(join(root, 'dist/assets-'))
  try {
    await bundleBrowser(root, draft)
    cpSync(draft, target, { recursive: true })
    const made = new Set(readdirSync(draft, { recursive: true }).map(String))
    for (const name of readdirSync(target, { recursive: true }).map(String)) {
      if (!made.has(name)) rmSync(join(target, name), { recursive: true, force: true })
    }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
