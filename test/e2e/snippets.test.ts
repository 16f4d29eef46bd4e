// Every command and snippet of README and docs, run as a reader would run it: shell lines against a running gateway, code
// with the official clients, configuration by the schema that reads it, bodies and replies by the document of the API.
import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { transform } from 'esbuild'
import { parse as parseJsonc, type ParseError } from 'jsonc-parser'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readConfig } from '../../shared/config.ts'
import { vendorFacts } from '../../workers/providers/registry.ts'
import { parse as parseYaml } from 'yaml'
import { QUIET } from '../../tools/gateway/wrangler.ts'
import { openJudge } from '../lab/reference.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { anchorsIn, type Command, commandsIn, linksIn, type Snippet, snippetsIn } from '../lab/snippets.ts'

vi.setConfig({ testTimeout: 900_000 }) // wrangler alone takes seconds a command, and half a minute on a busy machine

const ROOT = resolve(import.meta.dirname, '../..')
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8')
const SNIPPETS = PAGES.flatMap((page) => snippetsIn(page, textOf(page)))
const SAID = 'http://127.0.0.1:8787'

/** What every page takes for granted: a small model, a large one and one to fall back on, all played by the lab. */
const configured = (lab: string, origin: string) => ({
  providers: {
    openai: { baseUrl: lab, apiKey: '$OPENAI_API_KEY' },
    anthropic: { baseUrl: `${origin}/v1`, apiKey: '$ANTHROPIC_API_KEY' },
    ollama: { baseUrl: lab },
    mine: { dialect: 'openai-chat', baseUrl: lab },
  },
  models: {
    big: { provider: 'openai', model: 'gpt-4.1' },
    spare: { provider: 'ollama', model: 'llama3.1:8b', price: { input: 0, output: 0 } },
    small: { provider: 'ollama', model: 'llama3.2:1b', price: { input: 0, output: 0 } },
  },
  routes: {
    auto: { mini: ['micro'], frontier: ['big', 'spare'] },
    solid: { order: ['big', 'spare'] },
  },
})

let scene: Scene
let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-snippets-'))
  scene = await openScene(configured, {
    env: { OPENAI_API_KEY: 'sk-lab-0123456789abcdefghij', ANTHROPIC_API_KEY: 'sk-lab-0123456789abcdefghij' },
  })
})
afterAll(async () => {
  await scene?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Not waiting for it in place: the lab answers from this process. */
const run = (
  command: string,
  args: readonly string[],
  options: object = {},
): Promise<{ status: number; out: string; err: string }> =>
  new Promise((done) => {
    execFile(
      command,
      args,
      { encoding: 'utf8', timeout: 280_000, maxBuffer: 1e8, ...options },
      (error, out, err) =>
        done({
          status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
          out: String(out),
          err: String(err),
        }),
    )
  })

const here = (text: string): string => text.replaceAll(SAID, scene.gateway.url)
const ran = SNIPPETS.filter(({ excuse }) => excuse === undefined)
const named = ({ page, line }: Snippet): string => `${page}:${line}`
const of = (...languages: readonly string[]): Snippet[] =>
  ran.filter(({ language }) => languages.includes(language))

describe('what is excused', () => {
  const excused = SNIPPETS.filter(({ excuse }) => excuse !== undefined)
  for (const snippet of excused) {
    it(`${named(snippet)}: ${snippet.excuse}`, () => expect(snippet.excuse?.length).toBeGreaterThan(20))
  }

  // Each of them needs what no test has: an account at Cloudflare. One more has to be put down here, too.
  it('is known', () =>
    expect(
      excused.map(({ page, text }) => `${page}: ${text.split('\n')[0]?.replace(/\s+#.*$/, '')}`),
    ).toEqual([
      'README.md: npx wrangler login',
      'docs/deploy.md: npx wrangler login',
      'docs/deploy.md: export OPENAI_API_KEY=sk-...',
      'docs/operate.md: npx wrangler tail minnow',
      'docs/operate.md: git pull',
      'docs/operate.md: npx wrangler rollback',
      'docs/operate.md: npx wrangler d1 time-travel info minnow',
    ]))

  it('every language has somebody who runs it', () => {
    const known = new Set(['sh', 'ts', 'js', 'json', 'jsonc', 'html', 'css', 'toml', 'yaml', 'http'])
    expect(ran.filter(({ language }) => !known.has(language)).map(named)).toEqual([])
  })
})

const SCRIPTS: Readonly<Record<string, string>> = (
  JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
).scripts

/** Commands that take minutes, and how they are run here: the same script, less of it. */
const SHORT: readonly (readonly [command: string, flags: readonly string[], says: RegExp])[] = [
  ['npm run bench', ['--quick', '--only=bare'], /\| bare Worker/],
  // On a machine without recorded outcomes it says where they come from.
  ['npm run bench:routing', ['speed'], /microseconds|No outcomes here/],
  ['npm run faults', ['--only=S08', '--no-peer'], /S08/],
  ['npm run chaos', ['--requests', '200', '--at', '16', '--no-kill'], /200/],
]

/** Commands that a test of their own runs, from a fresh clone; here only that it is there. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^git clone <this repository> minnow && cd minnow$/, 'test/e2e/start.test.ts'],
  [/^(?:npm start|npx minnow start|npm run dev)\b/, 'test/e2e/start.test.ts'],
  [/^(?:npm run deploy -- --dry-run|npx minnow deploy --dry-run)$/, 'test/e2e/deploy.test.ts'],
  [/^npx minnow\b/, 'test/e2e/command.test.ts'],
  [/^npm (?:test|run check)$/, 'tools/test.mjs'],
]

const plain = ({ text }: Command): string => text.replace(/\s+#.*$/, '').trim()

const isShort = (text: string): boolean => SHORT.some(([command]) => command === text)

function elsewhere(command: Command): string | undefined {
  const text = plain(command)
  return isShort(text) ? 'test/e2e/snippets.test.ts' : ELSEWHERE.find(([pattern]) => pattern.test(text))?.[1]
}

/** A folder that looks like the project; what commands write into it is written nowhere else. */
function sandbox(name: string): string {
  const place = join(folder, name)
  mkdirSync(place, { recursive: true })
  for (const entry of readdirSync(ROOT)) {
    if (entry === '.git' || entry === 'dist' || entry === '.wrangler') continue
    if (entry === 'wrangler.toml' || entry === 'migrations')
      cpSync(join(ROOT, entry), join(place, entry), { recursive: true })
    else symlinkSync(join(ROOT, entry), join(place, entry))
  }
  return place
}

/**
 * What needs Cloudflare's D1 is run against one on this machine, which begins with what the gateway's has; `empty` is
 * another one without tables.
 */
function local(commands: readonly (Command & { readonly store: string })[]): string[] {
  let before = 'first'
  return commands.flatMap(({ line, text, store }) => {
    const said = [`echo "== line ${line}"`, here(text.replaceAll('--remote', '--local'))]
    const isOther = store !== before
    if (isOther) said.unshift('rm -rf .wrangler/state')
    else if (text.startsWith('npx wrangler d1') && before === 'first') {
      said.unshift(
        `test -e .wrangler/state || node ${join(ROOT, 'test/lab/copy-d1.ts')} "$MINNOW_STATE" .wrangler/state`,
      )
    }
    before = store
    return said
  })
}

describe('shell', () => {
  const pages = [...new Set(of('sh').map(({ page }) => page))]
  for (const page of pages) {
    const commands = of('sh')
      .filter((snippet) => snippet.page === page)
      .flatMap((snippet) =>
        commandsIn(snippet).map((command) => ({ ...command, store: snippet.options['store'] ?? 'first' })),
      )
    const own = commands.filter((command) => elsewhere(command) === undefined)
    it(`${page}: ${own.length} commands, and ${commands.length - own.length} that tests of their own run`, async () => {
      for (const command of commands) {
        const proof = elsewhere(command)
        if (proof !== undefined) expect(existsSync(join(ROOT, proof)), `${page}:${command.line}`).toBe(true)
      }
      const script = [
        'set -euo pipefail',
        'curl() { command curl --fail-with-body -sS "$@"; }',
        'npx() { "$@"; }', // what npx would find, without npm before every command
        ...local(own),
      ].join('\n')
      const place = sandbox(page.replaceAll(/\W/g, '-'))
      const { status, out, err } = await run('bash', ['-c', script], {
        cwd: place,
        env: {
          PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
          HOME: process.env['HOME'] ?? '',
          MINNOW_STATE: scene.gateway.state,
          ADMIN_KEY: 'mk-admin-local',
          ...QUIET,
        },
      })
      expect(status, `${out.slice(-3_000)}\n${err.slice(-3_000)}`).toBe(0)
      // A backup that lost something on its way would be no backup.
      if (page === 'docs/operate.md') expect(out.slice(out.lastIndexOf('== line'))).toContain('price.add')
    })
  }
})

describe('what takes minutes, in short', () => {
  const written = new Set(of('sh').flatMap((snippet) => commandsIn(snippet).map(plain)))
  for (const [command, flags, says] of SHORT) {
    it(`${command} ${flags.join(' ')}`, async () => {
      expect(written).toContain(command)
      // As npm runs it, without a second of npm itself.
      const script = SCRIPTS[command.replace('npm run ', '')]
      const { status, out, err } = await run('bash', ['-c', [script, ...flags].join(' ')], { cwd: ROOT })
      expect(`${out}\n${err}`).toMatch(says)
      const isWithout = /No outcomes here/.test(err)
      expect(status, `${out.slice(-3_000)}\n${err.slice(-3_000)}`).toBe(isWithout ? 1 : 0)
    })
  }
})

describe('code', () => {
  const place = join(ROOT, 'dist/snippets')
  const fileOf = (snippet: Snippet): string =>
    join(
      place,
      `${snippet.page.replaceAll(/\W/g, '-')}-${snippet.line}.${snippet.language === 'js' ? 'mjs' : 'mts'}`,
    )

  beforeAll(() => {
    rmSync(place, { recursive: true, force: true })
    mkdirSync(place, { recursive: true })
    for (const snippet of of('ts', 'js')) writeFileSync(fileOf(snippet), here(snippet.text))
  })

  it('has the types that the official clients say', async () => {
    const options = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      skipLibCheck: true,
      types: ['node'],
      lib: ['es2024', 'dom', 'dom.iterable'],
    }
    writeFileSync(
      join(place, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, include: ['*.mts'] }),
    )
    const { status, out } = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', place])
    expect(status, out).toBe(0)
  })

  for (const snippet of of('ts', 'js')) {
    it(`${named(snippet)} runs and says something`, async () => {
      const { status, out, err } = await run(process.execPath, [fileOf(snippet)])
      expect(status, err).toBe(0)
      expect(out.trim()).not.toBe('')
    })
  }
})

const SECTIONS = new Set(
  Object.keys((JSON.parse(textOf('shared/config.schema.json')) as { properties: object }).properties),
)

/** A fragment `"name": ...` at its place in the configuration of all pages. */
function placed(text: string, path: string): string {
  const base: Record<string, unknown> = structuredClone(
    configured('http://127.0.0.1:1/v1', 'http://127.0.0.1:1'),
  )
  const body = text.trim().startsWith('{') ? text : `{${text}}`
  let at = base
  for (const name of path === 'top' ? [] : path.split('.')) {
    at[name] ??= {}
    at = at[name] as Record<string, unknown>
  }
  const errors: ParseError[] = []
  Object.assign(at, parseJsonc(body, errors, { allowTrailingComma: true }))
  expect(errors).toEqual([])
  return JSON.stringify(base)
}

describe('configuration, bodies and replies', () => {
  const judge = openJudge()
  for (const snippet of of('json', 'jsonc')) {
    const { options, text } = snippet
    it(named(snippet), () => {
      const component = options['reply'] ?? options['body']
      if (component !== undefined) return expect(judge(component, parseJsonc(text))).toEqual([])
      const whole = options['part']
      if (whole !== undefined) {
        const part = Object.entries(parseJsonc(`{${text}}`) as Record<string, unknown>)
        return expect(part.flatMap(([name, value]) => judge(`${whole}/properties/${name}`, value))).toEqual(
          [],
        )
      }
      if (options['as'] === 'catalogue')
        return expect(textOf('shared/catalogue.jsonl').split('\n')).toContain(text.trim())
      const config = options['in'] === undefined ? text : placed(text, options['in'])
      const keys = Object.keys(parseJsonc(config, [], { allowTrailingComma: true }) as object)
      const advice =
        'no configuration: after the language say in=<its place>, or which reply=, body= or part= of one it is'
      expect(
        keys.filter((key) => key !== '$schema' && !SECTIONS.has(key)),
        advice,
      ).toEqual([])
      expect(readConfig(config, named(snippet), vendorFacts)).toMatchObject({ ok: true })
    })
  }
})

describe('pages', () => {
  for (const snippet of of('html')) {
    it(`${named(snippet)}: what it loads is there`, async () => {
      const sources = [
        ...snippet.text.matchAll(
          /\b(?:src|href)="(?:https:\/\/[A-Za-z.-]+|http:\/\/127\.0\.0\.1:8787)?(\/[^"#]*)/g,
        ),
      ]
      for (const [, path = ''] of sources)
        expect((await fetch(`${scene.gateway.url}${path}`)).status, path).toBe(200)
      for (const [, script = ''] of snippet.text.matchAll(
        /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g,
      ))
        await transform(script, { loader: 'js' })
    })
  }
  for (const snippet of of('css')) {
    it(`${named(snippet)} is understood`, async () => {
      const { warnings } = await transform(snippet.text, { loader: 'css' })
      expect(warnings.map(({ text }) => text)).toEqual([])
    })
  }
  for (const snippet of of('toml')) {
    it(`${named(snippet)}: wrangler.toml has every line of it`, () => {
      const lines = textOf('wrangler.toml')
        .split('\n')
        .map((line) => line.replace(/^# /, '').trim())
      for (const line of snippet.text.split('\n').filter(Boolean)) expect(lines).toContain(line.trim())
    })
  }
})

describe('other tools', () => {
  for (const snippet of of('yaml')) {
    it(`${named(snippet)}: rules of alerts go by figures that there are`, async () => {
      const rules = JSON.stringify(parseYaml(snippet.text))
      const known = await (await scene.admin.send('/admin/metrics')).text
      const names = [...rules.matchAll(/\bminnow_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ''))
      expect(names.length).toBeGreaterThan(0)
      for (const name of names) expect(known).toContain(`# TYPE ${name} `)
    })
  }
  for (const snippet of of('http')) {
    it(`${named(snippet)} is answered`, async () => {
      const [head = '', ...body] = here(snippet.text).split('\n\n')
      const [line = '', ...headers] = head.split('\n')
      const [method = '', path = ''] = line.split(' ')
      const sent = Object.fromEntries(headers.map((header) => header.split(/:\s+/, 2) as [string, string]))
      const response = await fetch(`${scene.gateway.url}${path}`, {
        method,
        headers: { ...sent, 'content-type': 'application/json', authorization: 'Bearer mk-local' },
        ...(body.length === 0 ? {} : { body: body.join('\n\n') }),
      })
      expect(response.status, await response.text()).toBeLessThan(300)
    })
  }
})

describe('links', () => {
  it('docs/README.md has every document', () => {
    const linked = new Set(linksIn(textOf('docs/README.md')).map(({ to }) => `docs/${to.split('#')[0]}`))
    expect(
      PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !linked.has(page)),
    ).toEqual([])
  })

  for (const page of PAGES) {
    it(`of ${page} lead somewhere`, () => {
      const lost = linksIn(textOf(page)).filter(({ to }) => {
        const [path = '', anchor] = to.split('#')
        const file = path === '' ? page : join(dirname(page), path)
        if (!existsSync(join(ROOT, file))) return true
        return anchor !== undefined && file.endsWith('.md') && !anchorsIn(textOf(file)).has(anchor)
      })
      expect(lost).toEqual([])
    })
  }
})
