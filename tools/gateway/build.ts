// Build products by the content of their sources: dist/builds/<hash>/ is written once, appears whole, never changes.
// So several gateways of one checkout share a build, and editing a file never touches a running one.
import { createHash, randomUUID } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { bundleBrowser, bundleWorker } from './bundle.ts'
import type { Module } from './capnp.ts'

export interface Build {
  readonly folder: string
  readonly modules: readonly Module[]
  readonly assets: { readonly folder: string; readonly worker: string }
  /** False where an earlier build served. */
  readonly fresh: boolean
}

/** Everything a build depends on, relative to the root. Folders count with all that is in them. */
const SOURCES: readonly string[] = [
  'workers',
  'shared',
  'models',
  'minnow.jsonc',
  'package-lock.json',
  'tools/openapi',
  'tools/gateway/reference.ts',
  'tools/gateway/bundle.ts',
  'tools/gateway/assets.ts',
]

/** A build that no gateway has used for this long may go. Running gateways say hourly that they use theirs. */
const UNUSED_MS = 6 * 3_600_000

export async function ensureBuild(root: string): Promise<Build> {
  for (;;) {
    const hash = hashSources(root)
    const folder = join(root, 'dist/builds', hash)
    if (existsSync(join(folder, 'build.json'))) return { ...readBuild(folder), fresh: false }
    const draft = `${folder}.${randomUUID()}`
    try {
      await writeBuild(root, draft)
      if (hashSources(root) !== hash) continue // somebody saved a file meanwhile
      publish(draft, folder)
      prune(root, folder)
      return { ...readBuild(folder), fresh: true }
    } finally {
      rmSync(draft, { recursive: true, force: true })
    }
  }
}

export function hashSources(root: string, sources: readonly string[] = SOURCES): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesUnder(join(root, source)))) {
    const content = readFileSync(file)
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 20)
}

function filesUnder(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .filter((name) => !name.startsWith('.') && name !== 'node_modules' && !name.endsWith('.md'))
    .flatMap((name) => filesUnder(join(path, name)))
}

async function writeBuild(root: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const [{ embedded, chunks }] = await Promise.all([
    bundleWorker(join(root, 'workers/index.ts'), folder, 'worker'),
    bundleWorker(join(root, 'tools/gateway/assets.ts'), folder, 'assets'),
    bundleBrowser(root, join(folder, 'assets')),
  ])
  for (const { name, source } of embedded)
    copyFileSync(source, join(folder, name), constants.COPYFILE_FICLONE)
  const modules = [
    ...['worker.js', ...chunks].map((name) => ({ name, kind: 'esModule' })),
    ...embedded.map(({ name, kind }) => ({ name, kind })),
  ]
  writeFileSync(join(folder, 'build.json'), JSON.stringify(modules))
}

function publish(draft: string, folder: string): void {
  try {
    renameSync(draft, folder)
  } catch (error) {
    if (!existsSync(join(folder, 'build.json'))) throw error // otherwise a neighbour was faster with the same content
  }
}

function readBuild(folder: string): Omit<Build, 'fresh'> {
  const modules = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as Omit<Module, 'file'>[]
  const now = new Date()
  utimesSync(folder, now, now)
  return {
    folder,
    modules: modules.map(({ name, kind }) => ({ name, kind, file: join(folder, name) })),
    assets: { folder: join(folder, 'assets'), worker: join(folder, 'assets.js') },
  }
}

function prune(root: string, keep: string): void {
  const all = join(root, 'dist/builds')
  for (const name of readdirSync(all)) {
    const folder = join(all, name)
    const stat = statSync(folder, { throwIfNoEntry: false })
    if (folder !== keep && stat !== undefined && stat.mtimeMs < Date.now() - UNUSED_MS) {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
