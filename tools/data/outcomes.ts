// `node tools/data/outcomes.ts [folder]`: fetches recorded outcomes of real models, which the routing benchmark and the
// router's training read, into data/outcomes. They are public (Apache-2.0) and not part of this repository.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MMLU_PRO } from './mmlu-pro.ts'
import { fromFolder, overNetwork } from './repository.ts'
import { ROUTELLM } from './routellm.ts'
import { type Read, type Source, utf8 } from './source.ts'
import { ZEROEVAL } from './zeroeval.ts'

const SOURCES = [ROUTELLM, MMLU_PRO, ZEROEVAL]

const HELP = `node tools/data/outcomes.ts [folder] [--only=name,name] [--from=folder]

Fetches recorded outcomes of real models (Apache-2.0) into data/outcomes, or the folder given, whole:
${SOURCES.map(({ name, repository, commit }) => `  ${name.padEnd(9)} https://github.com/${repository} at ${commit}`).join('\n')}

About 185 MB come over the network and 21 MB stay. A run that broke off goes on where it was; what is there
already and whole is not fetched again. Behind a proxy set NODE_USE_ENV_PROXY=1.

  --only   some of the sources
  --from   no network: a folder with checkouts of these repositories at these commits, named
           ${SOURCES.map(({ repository }) => repository.split('/')[1]).join(', ')}

The benchmarks find data/outcomes by themselves; MINNOW_DATA=<folder> names another.`

const sumOf = (content: string): string => createHash('sha256').update(content).digest('hex')

const isWhole = (source: Source, folder: string): boolean =>
  existsSync(join(folder, 'LICENSE')) &&
  Object.entries(source.sums).every(
    ([name, sum]) =>
      existsSync(join(folder, name)) && sumOf(readFileSync(join(folder, name), 'utf8')) === sum,
  )

/** Writes what is made of a source, or nothing where it is not what it must be. Returns a line a file, for people. */
export async function lay(source: Source, read: Read, folder: string): Promise<string[]> {
  const files = await source.make(read)
  const wrong = Object.keys({ ...source.sums, ...files }).filter(
    (name) => sumOf(files[name] ?? '') !== source.sums[name],
  )
  if (wrong.length > 0)
    throw new Error(
      `${source.repository} at ${source.commit} gave other outcomes than it should; nothing was written. ${wrong.map((name) => `${name}: SHA-256 ${sumOf(files[name] ?? '')}, not ${source.sums[name] ?? 'known'}`).join('; ')}`,
    )
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'LICENSE'), utf8(await read('LICENSE')))
  return Object.entries(files).map(([name, content]) => {
    writeFileSync(join(folder, `${name}.part`), content)
    renameSync(join(folder, `${name}.part`), join(folder, name))
    const rows = name.endsWith('.jsonl') ? `${content.split('\n').length - 1} prompts, ` : ''
    return `${join(folder, name)}: ${rows}${Buffer.byteLength(content)} bytes, SHA-256 ${sumOf(content)}`
  })
}

async function run(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    options: { only: { type: 'string' }, from: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  if (flags.help === true) return console.log(HELP)
  const into = resolve(positionals[0] ?? join(import.meta.dirname, '../../data/outcomes'))
  const only = flags.only?.split(',')
  const strange = only?.find((name) => !SOURCES.some((source) => source.name === name))
  if (strange !== undefined) throw new Error(`There is no source '${strange}'. See --help.`)
  const kept = join(into, '.fetched')
  for (const source of SOURCES.filter(({ name }) => only === undefined || only.includes(name))) {
    const folder = join(into, source.name)
    if (isWhole(source, folder)) {
      console.log(`${folder}: already here`)
      continue
    }
    const read =
      flags.from === undefined
        ? overNetwork({ ...source, kept })
        : fromFolder(resolve(flags.from), source.repository)
    for (const line of await lay(source, read, folder)) console.log(line)
    rmSync(join(kept, source.repository), { recursive: true, force: true })
  }
  if (SOURCES.every((source) => isWhole(source, join(into, source.name))))
    rmSync(kept, { recursive: true, force: true })
}

if (import.meta.main) {
  try {
    await run()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
