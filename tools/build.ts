// `npm run build`: checks the configuration, builds the Worker and the browser's files, and says where they lie.
import { join, relative, resolve } from 'node:path'
import { readFileSync, statSync } from 'node:fs'
import { readConfig } from '../shared/config.ts'
import { vendorFacts } from '../workers/providers/registry.ts'
import { ensureBuild } from './gateway/build.ts'
import { writePages } from './gateway/pages.ts'
import { Refusal } from './gateway/refusal.ts'

const root = resolve(import.meta.dirname, '..')

try {
  const config = readConfig(readFileSync(join(root, 'minnow.jsonc'), 'utf8'), 'minnow.jsonc', vendorFacts)
  if (!config.ok) throw new Refusal(config.message)
  const [build] = await Promise.all([ensureBuild(root), writePages(root)])
  for (const { name, file } of build.modules)
    console.log(`${name.padEnd(16)} ${Math.ceil(statSync(file).size / 1024)} KiB`)
  console.log(`Built ${relative(root, build.folder)} and dist/assets`)
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}
