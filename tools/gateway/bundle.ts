// The two things esbuild makes: the Worker with the modules it embeds, and the browser's files.
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { build, type BuildOptions, type BuildResult, type Plugin } from 'esbuild'
import type { ModuleKind } from './capnp.ts'
import { writeReference } from './reference.ts'
import { Refusal } from './refusal.ts'
import { WIDGET, widgetOptions } from './widget-bundle.ts'

/** Files that a Worker imports as they are, by ending; wrangler.toml's `rules` say the same. */
export const EMBEDDED: Readonly<Record<string, ModuleKind>> = {
  '.bin': 'data',
  '.gguf': 'data',
  '.jsonc': 'text',
  '.jsonl': 'text',
  '.wasm': 'wasm',
}

export interface Embedded {
  /** The name under which the bundle imports it. */
  readonly name: string
  readonly kind: ModuleKind
  readonly source: string
}

export interface Bundled {
  /** Files that the bundle imports as they are. */
  readonly embedded: readonly Embedded[]
  /** Parts of the bundle that are loaded when they are first needed, by file name beside it. */
  readonly chunks: readonly string[]
}

/**
 * Bundles `entry` into `folder` as `<name>.js`. What the code imports with `import()` becomes a file of its own,
 * which costs no memory before somebody needs it; without whitespace and in ASCII the rest takes half as much.
 */
export async function bundleWorker(entry: string, folder: string, name: string): Promise<Bundled> {
  const found = new Map<string, Embedded>()
  const result = await run({
    entryPoints: [{ in: entry, out: name }],
    outdir: folder,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    mainFields: ['module', 'main'],
    external: ['cloudflare:*', 'node:*', 'workerd:*'],
    charset: 'ascii',
    minifyWhitespace: true, // identifiers stay as they are, so names do without keepNames, a call for every closure
    legalComments: 'none',
    metafile: true,
    plugins: [embedding(found)],
  })
  const files = Object.keys(result.metafile?.outputs ?? {}).map((file) => basename(file))
  return {
    embedded: [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    chunks: files.filter((file) => file !== `${name}.js`).sort(),
  }
}

function embedding(found: Map<string, Embedded>): Plugin {
  return {
    name: 'embedded files',
    setup(context) {
      context.onResolve({ filter: /\.(bin|gguf|jsonc|jsonl|wasm)$/ }, ({ path, resolveDir }) => {
        const source = path.startsWith('.') ? resolve(resolveDir, path) : path
        const name = basename(source)
        const kind = EMBEDDED[name.slice(name.lastIndexOf('.'))]
        const earlier = found.get(name)
        if (kind === undefined || !existsSync(source)) return { errors: [{ text: `cannot find ${path}` }] }
        if (earlier !== undefined && earlier.source !== source) {
          return {
            errors: [{ text: `two embedded files are called ${name}: ${earlier.source} and ${source}` }],
          }
        }
        found.set(name, { name, kind, source })
        return { path: `./${name}`, external: true }
      })
    },
  }
}

/** What the browser gets: each page's scripts bundled, everything else of its folder copied. */
export async function bundleBrowser(root: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await Promise.all([browserOptions(root, folder), ...widgetOptions(root, folder)].map(run))
  copyStatic(root, folder)
  await writeReference(root, folder)
}

/** One entry point a page: `workers/ui/<page>/<page>.ts` becomes `/<page>.js`. */
export function browserOptions(root: string, folder: string): BuildOptions {
  return {
    entryPoints: pages(root)
      .filter((page) => page !== WIDGET)
      .map((page) => ({ in: join(root, 'workers/ui', page, `${page}.ts`), out: page })),
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
  }
}

/** Pages, styles and pictures go as they are, but for styles that a script imported: those were bundled with it. */
export function copyStatic(root: string, folder: string): void {
  for (const page of pages(root)) {
    cpSync(join(root, 'workers/ui', page), folder, {
      recursive: true,
      filter: (source) => {
        const name = basename(source)
        const isBundled = name === 'styles' || (name === `${page}.css` && existsSync(join(folder, name)))
        return !isBundled && !/\.(tsx?|md)$/.test(name) && !name.startsWith('.')
      },
    })
  }
}

function pages(root: string): string[] {
  const folder = join(root, 'workers/ui')
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, `${name}.ts`)))
}

async function run(options: BuildOptions): Promise<BuildResult> {
  try {
    return await build({ ...options, logLevel: 'silent' })
  } catch (error) {
    throw new Refusal(`The code does not build: ${buildMessage(error)}`)
  }
}

function buildMessage(error: unknown): string {
  const [first] = errorsOf(error)
  if (first === undefined) return error instanceof Error ? error.message : String(error)
  const place =
    first.location === null ? '' : `${relative('.', first.location.file)}:${first.location.line}: `
  return `${place}${first.text}`
}

interface BuildError {
  readonly text: string
  readonly location: { readonly file: string; readonly line: number } | null
}

function errorsOf(error: unknown): readonly BuildError[] {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return []
  return error.errors as BuildError[]
}
