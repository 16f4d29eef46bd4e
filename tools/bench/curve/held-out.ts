// A checkout whose shipped prior has not seen a family of questions, so that a curve over them shows what a router does on
// prompts that nobody trained it on.
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { packPrior } from '../../train-router/pairs.ts'
import { fitPrior } from '../../train-router/prior.ts'
import { stem } from '../routing/ground.ts'
import type { Pair } from '../routing/sets.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

/** What a gateway is built from, and started with. */
const PARTS = [
  'workers',
  'shared',
  'models',
  'migrations',
  'tools/gateway',
  'wrangler.toml',
  'minnow.jsonc',
  'package.json',
  'package-lock.json',
]

export interface Checkout {
  readonly root: string
  remove(): void
}

/** Left out is the family, and every question elsewhere that is one of its own. */
export function checkoutWithout(family: Pair['family'], pairs: readonly Pair[]): Checkout {
  const own = pairs.filter((pair) => pair.family === family)
  const stems = new Set(own.flatMap(({ outcomes }) => outcomes.map(({ prompt }) => stem(prompt))))
  const others = pairs.filter((pair) => pair.family !== family)
  const prior = packPrior(fitPrior(others, (prompt) => !stems.has(stem(prompt))))
  const root = mkdtempSync(join(tmpdir(), 'minnow-held-out-'))
  for (const part of PARTS) cpSync(join(ROOT, part), join(root, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  writeFileSync(join(root, 'workers/routing/pairs.json'), JSON.stringify(prior))
  const remove = (): void => {
    process.off('exit', remove)
    rmSync(root, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return { root, remove }
}
