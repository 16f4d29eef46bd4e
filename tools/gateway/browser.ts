// Writes the browser's files to dist/assets, and a configured model's, where wrangler takes them from. Run by wrangler before dev and deploy.
import { resolve } from 'node:path'
import { placeModel } from './model-page.ts'
import { writePages } from './pages.ts'
import { Refusal } from './refusal.ts'

const root = resolve(import.meta.dirname, '../..')

try {
  await writePages(root)
  placeModel(root, resolve(root, 'dist/assets'))
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}
