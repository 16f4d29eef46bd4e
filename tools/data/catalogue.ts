// `npm run catalogue`: writes shared/catalogue.jsonl from the packages that keep such data, as npm has them now.
// They are unpacked into a temporary folder and read; the gateway depends on none of them.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fieldsOf, isFields, listOf, text } from '../../shared/fields.ts'
import { chatLines, furtherLines, type Line } from './listings.ts'

const FILE = resolve(import.meta.dirname, '../../shared/catalogue.jsonl')

const CHAT = '@earendil-works/pi-ai'
const FURTHER = '@pydantic/genai-prices'

/** The providers of the second source that are asked for, by its own names. */
const PROVIDERS = ['aws', 'azure', 'cloudflare', 'cohere', 'google', 'mistral', 'openai', 'perplexity']

interface Source {
  readonly package: string
  readonly version: string
  /** When npm got it. */
  readonly date: string
  readonly licence: string
  readonly folder: string
}

const npm = (...words: string[]): unknown =>
  JSON.parse(
    execFileSync('npm', [...words, '--json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )

function unpack(name: string, version: string, into: string): Source {
  const about = fieldsOf(npm('view', `${name}@${version}`, 'version', 'license', 'time'))
  const found = text(about['version'])
  const [packed] = listOf(npm('pack', `${name}@${found}`, '--pack-destination', into))
  const folder = mkdtempSync(join(into, 'package-'))
  execFileSync('tar', ['-xzf', join(into, text(fieldsOf(packed)['filename'])), '-C', folder])
  return {
    package: name,
    version: found,
    date: text(fieldsOf(about['time'])[found]),
    licence: text(about['license']),
    folder: join(folder, 'package'),
  }
}

const load = async (source: Source, path: string): Promise<Record<string, unknown>> =>
  fieldsOf(await import(pathToFileURL(join(source.folder, path)).href))

/** The lines of the file, by vendor and name; what the first source has goes before what the second says of it. */
export function linesOf(models: unknown, providers: readonly unknown[]): Line[] {
  const byName = new Map<string, Line>()
  for (const line of [...furtherLines(providers), ...chatLines(fieldsOf(models))]) {
    byName.set(`${line[0]}/${line[1]}`, line)
  }
  return [...byName.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
}

/** The text of the file. `date` is from when its prices hold. */
export function writeCatalogue(
  sources: readonly Omit<Source, 'folder'>[],
  lines: readonly Line[],
  date: string,
): string {
  const head = {
    about:
      'Models, their prices in US dollars per million tokens, and what they can do. Written by npm run catalogue.',
    date,
    sources: sources.map(({ package: name, version, date, licence }) => ({
      package: name,
      version,
      date,
      licence,
    })),
    notice:
      'Facts from these packages, both under the MIT licence: by Mario Zechner; Copyright (c) Pydantic Services Inc. 2025 to present.',
    price: ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong', 'tiers, classes, request'],
    vendors: [...new Set(lines.map(([vendor]) => vendor))],
  }
  return `${[head, ...lines].map((line) => JSON.stringify(line)).join('\n')}\n`
}

/** The same prices keep their date: a refresh that finds nothing new changes no byte. */
function dateFor(lines: readonly Line[], now: string): string {
  if (!existsSync(FILE)) return now
  const [head = '', ...before] = readFileSync(FILE, 'utf8').trimEnd().split('\n')
  const isSame = before.join('\n') === lines.map((line) => JSON.stringify(line)).join('\n')
  const date: unknown = JSON.parse(head)
  return isSame && isFields(date) ? text(date['date']) : now
}

if (import.meta.main) {
  const into = mkdtempSync(join(tmpdir(), 'catalogue-'))
  try {
    const [chat, further] = [unpack(CHAT, process.argv[2] ?? 'latest', into), unpack(FURTHER, 'latest', into)]
    const { MODELS } = await load(chat, 'dist/models.generated.js')
    const { findProvider } = await load(further, 'dist/index.js')
    if (typeof findProvider !== 'function')
      throw new Error(`${FURTHER} ${further.version} has no findProvider`)
    const lines = linesOf(
      MODELS,
      PROVIDERS.map((providerId): unknown => findProvider({ providerId })),
    )
    if (lines.length < 150)
      throw new Error(`${lines.length} models only: have the packages changed their shape?`)
    const file = writeCatalogue([chat, further], lines, dateFor(lines, new Date().toISOString()))
    writeFileSync(FILE, file)
    console.log(`shared/catalogue.jsonl: ${lines.length} models, ${Buffer.byteLength(file)} bytes`)
  } finally {
    rmSync(into, { recursive: true })
  }
}
