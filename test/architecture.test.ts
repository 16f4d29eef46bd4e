// The drawing of the house as a test: which way imports run, where names may stand, how large a file gets.
import { describe, expect, it } from 'vitest'
import { knownVendors } from '../workers/providers/registry.ts'
import { objection } from './architecture/arrows.ts'
import { find, importsOf, type Offence, readSources, type Source, sourceOf } from './architecture/source.ts'

const shared = readSources('shared', /\.ts$/)
const workers = readSources('workers', /\.(?:tsx?|c|h|sh)$/)
const house = [...shared, ...workers]
const typed = house.filter(({ path }) => /\.tsx?$/.test(path))
const tools = readSources('tools', /\.(?:ts|mjs|py)$/)
const everything = [...house, ...tools, ...readSources('test', /\.ts$/)]

const nobody = (offences: readonly Offence[]): void =>
  expect(offences.map(({ path, line, what }) => `${path}:${line} ${what}`)).toEqual([])

const wrongArrows = (source: Source): Offence[] =>
  importsOf(source).flatMap(({ line, to }) => {
    const what = objection(source.path, to)
    return what === undefined ? [] : [{ path: source.path, line, what: `imports ${to}: ${what}` }]
  })

describe('arrows', () => {
  it('run downwards: index -> app -> {admin, edge}, pipeline -> organs -> service -> shared', () => {
    nobody(typed.flatMap(wrongArrows))
  })

  const wrong: readonly [string, string][] = [
    ['workers/budget/admit.ts', "import { a } from '../routing/choose.ts'"],
    ['workers/budget/admit.ts', "import type { a } from '../routing/choose.ts'"],
    ['workers/budget/admit.ts', "export { a } from '../routing/choose.ts'"],
    ['workers/budget/admit.ts', "const a = await import('../pipeline.ts')"],
    ['workers/budget/admit.ts', "import {\n  a,\n  type b,\n} from '../edge/receive.ts'"],
    ['workers/budget/admit.ts', "import '../index.ts'"],
    ['workers/budget/admit.ts', "import { Hono } from 'hono'"],
    ['workers/budget/admit.ts', "import { readFile } from 'node:fs'"],
    ['workers/service.ts', "import { a } from './budget/lease.ts'"],
    ['workers/pipeline.ts', "import { a } from './app.ts'"],
    ['workers/edge/receive.ts', "import { a } from '../admin/keys.ts'"],
    ['workers/attic/box.ts', "import { a } from '../../shared/sse.ts'"],
    ['workers/ui/widget/chat.ts', "import { a } from '../../service.ts'"],
    ['workers/ui/widget/chat.ts', "import { a } from 'zod'"],
    ['workers/ui/dashboard/keys.tsx', "import { a } from '../../admin/keys.ts'"],
    ['workers/admin/keys.ts', "import { h } from 'preact'"],
    ['workers/edge/deliver.ts', "import { a } from '../ui/home/page.ts'"],
    ['shared/dialects/openai-chat/events.ts', "import type { a } from '../../../workers/service.ts'"],
    ['shared/sse.ts', "import { readFile } from 'node:fs'"],
    ['shared/sse.ts', "import { DurableObject } from 'cloudflare:workers'"],
  ]
  for (const [path, text] of wrong) {
    it(`would be found wrong: ${path}: ${text.replaceAll(/\s+/g, ' ')}`, () =>
      expect(wrongArrows(sourceOf(path, text))).toHaveLength(1))
  }

  const right: readonly [string, string][] = [
    ['workers/index.ts', "import { a } from './budget/admit.ts'"],
    ['workers/admin/keys.ts', "import { a } from '../budget/ledger.ts'"],
    ['workers/edge/deliver.ts', "import { a } from '../pipeline.ts'"],
    ['workers/micro/kernel/x.ts', "import { a } from '../bytes.ts'"],
    [
      'workers/providers/vendors/openai.ts',
      "import { a } from '../../../shared/dialects/openai-chat/index.ts'",
    ],
    ['shared/config.ts', "import { z } from 'zod'"],
    ['workers/ui/home/page.ts', "import { a } from '../../../shared/sse.ts'"],
    ['workers/ui/dashboard/keys.tsx', "import { signal } from '@preact/signals'"],
    [
      'workers/budget/admit.ts',
      "// import { a } from '../routing/choose.ts'\nconst text = `import x from '../app.ts'`",
    ],
  ]
  for (const [path, text] of right) {
    it(`would be found right: ${path}: ${text.replaceAll(/\s+/g, ' ')}`, () =>
      expect(wrongArrows(sourceOf(path, text))).toEqual([]))
  }
})

describe('a vendor', () => {
  // Some vendors bear the name of the wire format they invented, and a format may be named anywhere.
  const dialects = new Set(['anthropic', 'gemini', 'bedrock', 'workers-ai'])
  // Those we know, and those that are likely to come.
  const names = new Set([
    ...knownVendors.filter((id) => !dialects.has(id)),
    'openai',
    'google',
    'mistral',
    'groq',
    'deepseek',
    'xai',
    'azure',
  ])
  const literal = new RegExp(`(['"\`])(?:${[...names].join('|')})\\1`, 'g')
  const host =
    /https:\/\/(?!(?:micro|platform\.openai\.com\/docs|cookbook\.openai\.com)\b)[a-z0-9.-]*(?:openai|anthropic|googleapis|mistral|groq|deepseek|x)\.(?:com|ai)/g
  const mayName = (path: string): boolean =>
    path.startsWith('workers/providers/') ||
    path.startsWith('workers/ui/') ||
    path.startsWith('shared/dialects/')

  it('is named by the registry and its own file only', () => {
    const others = typed.filter(({ path }) => !mayName(path))
    nobody(
      others.flatMap((source) => [
        ...find(source, source.code, literal, 'names a vendor'),
        ...find(source, source.code, host, 'names a vendor'),
      ]),
    )
  })

  it('is not named by another vendor, nor by what all vendors share', () => {
    const ids = knownVendors.filter((id) => !dialects.has(id)).join('|')
    const inside = workers.filter(
      ({ path }) => path.startsWith('workers/providers/') && !path.endsWith('/registry.ts'),
    )
    nobody(
      inside.flatMap((source) =>
        find(
          source,
          source.code,
          new RegExp(`(['"\`])(?:\\./)?(?:${ids})(?:\\.ts)?\\1`, 'g'),
          'names a vendor',
        ).filter(() => !knownVendors.some((id) => source.path === `workers/providers/vendors/${id}.ts`)),
      ),
    )
  })
})

describe('bindings', () => {
  it('are read in index.ts only', () => {
    const others = typed.filter(({ path }) => path.startsWith('workers/') && path !== 'workers/index.ts')
    nobody(
      others.flatMap((source) =>
        find(
          source,
          source.bare,
          /\benv(?:\?\.|\.|\[)|\benv,?\s*\}\s*=|\(env,|import\.meta\.env/g,
          'reads env',
        ),
      ),
    )
  })
})

describe('a file', () => {
  const lines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const sizes = typed.map(({ text }) => lines(text)).sort((a, b) => a - b)

  it('has at most 400 lines', () => {
    nobody(
      [...house, ...tools]
        .filter(({ text }) => lines(text) > 400)
        .map(({ path, text }) => ({ path, line: 400, what: `has ${lines(text)} lines` })),
    )
  })

  it('has under 90 lines in the median, under 250 in nine of ten', () => {
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(90)
    expect(sizes[Math.floor(sizes.length * 0.9)]).toBeLessThan(250)
  })

  it('opens with what it is for', () => {
    const opening = /^(?:#!.*\n)?(?:\/\/ \S|\/\*+\s+\S|# \S)/
    nobody(
      house
        .filter(({ text }) => !opening.test(text))
        .map(({ path }) => ({ path, line: 1, what: 'has no header comment' })),
    )
  })

  it('is named after a noun, not a heap', () => {
    const heap = /(?:^|[/.-])(?:utils?|helpers?|common|types?|misc|stuff)(?:[/.-]|$)/
    nobody(
      everything
        .filter(({ path }) => heap.test(path))
        .map(({ path }) => ({ path, line: 1, what: 'is a heap' })),
    )
  })

  it('is in kebab case, one or two words', () => {
    const name = /^[a-z0-9]+(?:-[a-z0-9]+)?(?:\.d)?\.[a-z]+$/
    nobody(
      typed
        .filter(({ path }) => !name.test(path.split('/').at(-1) ?? ''))
        .map(({ path }) => ({ path, line: 1, what: 'is not named so' })),
    )
  })
})

describe('the code', () => {
  it('is finished', () => {
    const unfinished =
      /\b(?:TODO|FIXME|XXX|HACK|WIP)\b|\b(?:[Nn]ot (?:yet )?implemented|[Pp]laceholder (?:code|for now)|[Ss]tub(?:bed)?|[Ff]or now)\b/g
    nobody(house.flatMap((source) => find(source, source.text, unfinished, 'is unfinished')))
  })

  it('has no any, no enum, no non-null assertion and no silenced compiler', () => {
    nobody(
      typed.flatMap((source) => [
        ...find(source, source.bare, /(?<=[:<|&,]\s*|\bas\s+)any\b(?!\s*[:(])/g, 'uses any'),
        ...find(source, source.bare, /\benum\s+\w+\s*\{/g, 'uses enum'),
        ...find(source, source.bare, /[\w)\]]!(?=[.;,)\]\s[])(?!\s*=)/g, 'asserts that nothing is null'),
        ...find(source, source.text, /@ts-(?:ignore|nocheck|expect-error)/g, 'silences the compiler'),
      ]),
    )
  })

  it('has no class but errors, Durable Objects and custom elements', () => {
    nobody(
      typed.flatMap((source) =>
        find(
          source,
          source.bare,
          /\bclass\s+\w+(?!\s+extends\s+(?:Error|DurableObject|HTMLElement)\b)(?![\w ])[^{]*/g,
          'is a class',
        ),
      ),
    )
  })

  it('says nothing of another module in a barrel', () => {
    nobody(
      typed
        .filter(({ path }) => path !== 'workers/index.ts')
        .flatMap((source) =>
          find(
            source,
            source.bare,
            /\bexport\s+(?:\*|(?:type\s+)?\{[^}]*\})\s+from\b/g,
            'exports what is not its own',
          ),
        ),
    )
  })
})

describe('what the test itself reads', () => {
  it('is the whole house', () => {
    expect(typed.length).toBeGreaterThan(80)
    expect(typed.flatMap(importsOf).length).toBeGreaterThan(200)
  })

  it('tells code from comments, texts, regular expressions and divisions', () => {
    const { code, bare } = sourceOf(
      'a.ts',
      "const a = b / 2 // x\nconst c = /'\\/[/]/g.test('// y') / `z${1}`",
    )
    expect(code).toBe("const a = b / 2     \nconst c = /'\\/[/]/g.test('// y') / `z${1}`")
    expect(bare.replaceAll(/\s+/g, ' ')).toBe("const a = b / 2 const c = / /.test(' ') / ` `")
  })
})
