// Puts a configured model file among the static files of a deployment, or says what it needs instead.
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readConfig } from '../../shared/config.ts'
import { vendorFacts } from '../../workers/providers/registry.ts'
import { checkModel } from './model.ts'
import { Refusal } from './refusal.ts'

/** Cloudflare's limit for one static file. */
const MOST_PAGE_BYTES = 25 * 1024 * 1024

/** `folder` is that of the static files. Throws a Refusal where a deployment would not find the file. */
export function placeModel(root: string, folder: string): void {
  const models = join(folder, 'models')
  rmSync(models, { recursive: true, force: true })
  const config = readConfig(readFileSync(join(root, 'minnow.jsonc'), 'utf8'), 'minnow.jsonc', vendorFacts)
  if (!config.ok || config.value.micro === undefined) return // a mistake in it is told where it is read for use
  const path = checkModel(root, config.value.micro, 'minnow.jsonc')
  const { size } = statSync(path)
  if (/^binding\s*=\s*"MODELS"/m.test(readFileSync(join(root, 'wrangler.toml'), 'utf8'))) return
  if (size > MOST_PAGE_BYTES) {
    throw new Refusal(
      `${basename(path)} has ${(size / 1e6).toFixed(1)} MB, and a static file may have 26.2 MB: put it into an R2 bucket as "${config.value.micro.gguf}" and bind that as MODELS (see wrangler.toml).`,
    )
  }
  mkdirSync(models, { recursive: true })
  copyFileSync(path, join(models, basename(path)))
}
