// Writes the browser's files to dist/assets, where wrangler takes them from. Run by wrangler before dev and deploy.
import { join, resolve } from 'node:path'
import { bundleBrowser } from './bundle.ts'

const root = resolve(import.meta.dirname, '../..')
await bundleBrowser(root, join(root, 'dist/assets'))
