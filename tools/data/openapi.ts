// Extracts what OpenAI publishes about the bodies of three requests into test/lab/openapi/, for the lab to judge by:
// `node tools/data/openapi.ts [openapi.yaml [folder]]`. Without a file the types of the installed `openai` package are read,
// which OpenAI generates from the same description; with one, the OpenAPI description itself
// (https://github.com/openai/openai-openapi).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'test/lab/openapi')
/** Brings a compiler of its own, so it is no dependency of the project. */
const GENERATOR = 'ts-json-schema-generator@2.9.0'

type Fields = Readonly<Record<string, unknown>>
type Definitions = Record<string, unknown>

const requests = [
  { name: 'chat', type: 'ChatCompletionCreateParams', from: 'chat/completions', path: '/chat/completions' },
  { name: 'responses', type: 'ResponseCreateParams', from: 'responses/responses', path: '/responses' },
  { name: 'embeddings', type: 'EmbeddingCreateParams', from: 'embeddings', path: '/embeddings' },
] as const

interface Extract {
  readonly source: string
  readonly root: unknown
  readonly definitions: Definitions
}

/** From the types of the package, through a generator of JSON Schemas. */
function fromPackage(type: string, from: string): Extract {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/openai/package.json'), 'utf8')) as {
    version: string
  }
  const folder = mkdtempSync(join(ROOT, 'node_modules/.cache-openapi-'))
  try {
    const file = join(folder, 'type.ts')
    writeFileSync(
      file,
      `import type { ${type} as It } from 'openai/resources/${from}'\nexport type Root = It\n`,
    )
    const args = ['--yes', GENERATOR, '--path', file, '--type', 'Root', '--no-type-check', '--jsDoc', 'none']
    const text = execFileSync('npx', args, {
      encoding: 'utf8',
      cwd: folder,
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const { definitions } = JSON.parse(text) as { definitions: Definitions }
    return {
      source: `the types of the npm package openai ${version}, Apache-2.0`,
      root: definitions['Root'],
      definitions,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** From the description itself: the request's schema and everything it refers to. */
export function fromDescription(description: Fields, path: string): Extract {
  const at = (...keys: readonly string[]): unknown =>
    keys.reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), description)
  const body = at('paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema')
  const definitions: Definitions = {}
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip)
    if (!isFields(value)) return value
    if (value['nullable'] === true) {
      const { nullable: _, ...rest } = value // a word of OpenAPI 3.0 that lived on
      return { anyOf: [{ type: 'null' }, strip(rest)] }
    }
    const kept = Object.entries(value).filter(([key, inner]) => !isSaying(key, inner))
    return Object.fromEntries(
      kept.map(([key, inner]) => {
        // The branches of its unions overlap, so that exactly one of them is more than it can mean.
        if (key === 'oneOf') return ['anyOf', strip(inner)]
        if (key !== '$ref' || typeof inner !== 'string') return [key, strip(inner)]
        const name = inner.split('/').at(-1) ?? ''
        if (!(name in definitions)) {
          definitions[name] = {}
          definitions[name] = strip(at('components', 'schemas', name))
        }
        return [key, `#/definitions/${name}`]
      }),
    )
  }
  const version = String(at('info', 'version'))
  const root = strip(body)
  return { source: `OpenAI's OpenAPI description, version ${version}, MIT`, root, definitions }
}

/** Words for readers and for generators say nothing about what is valid. */
const isSaying = (key: string, inner: unknown): boolean =>
  key.startsWith('x-') ||
  (['description', 'title', 'example', 'default', 'deprecated'].includes(key) && !isFields(inner)) ||
  ['examples', 'discriminator'].includes(key)

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One definition a line, so that a new version reads well as a difference. */
function write(folder: string, name: string, path: string, { source, root, definitions }: Extract): void {
  const lines = Object.entries(definitions)
    .filter(([key]) => key !== 'Root')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  const comment = `The body of POST /v1${path}. From ${source}. Made by tools/data/openapi.ts.`
  const text = `{"$comment":${JSON.stringify(comment)},\n"allOf":[${JSON.stringify(root)}],\n"definitions":{\n${lines.join(',\n')}\n}}\n`
  writeFileSync(join(folder, `${name}.json`), text)
  console.log(`${join(folder, name)}.json: ${text.length} characters from ${source}`)
}

if (import.meta.main) {
  const [, , file, folder = FOLDER] = process.argv
  const description = file === undefined ? undefined : (parse(readFileSync(file, 'utf8')) as Fields)
  for (const { name, type, from, path } of requests)
    write(
      folder,
      name,
      path,
      description === undefined ? fromPackage(type, from) : fromDescription(description, path),
    )
}
