// Writes the browser's files to dist/assets, where wrangler takes them from. Run by wrangler before dev and deploy.
import { join, resolve } from 'node:path'
import { bundleBrowser } from './bundle.ts'
import { Refusal } from './refusal.ts'

const root = resolve(import.meta.dirname, '../..')

try {
  await bundleBrowser(root, join(root, 'dist/assets'))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}
