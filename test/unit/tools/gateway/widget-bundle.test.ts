// What the widget's build makes: few bytes, no name left in the page, nothing of marked that is not wanted.
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { widgetOptions } from '../../../../tools/gateway/widget-bundle.ts'
import { blocksOf } from '../../../../workers/ui/widget/markdown.ts'
import { PAYLOADS } from '../../../lab/payloads.ts'
import { LANGUAGES } from '../../../../workers/ui/widget/language.ts'

const root = resolve(import.meta.dirname, '../../../..')
const MOST_BYTES = 30_000
const MOST_CLOSED_BYTES = 3_000

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-widget-'))
  await Promise.all(widgetOptions(root, folder).map((options) => build(options)))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bytes = (name: string): number => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length

it('a visitor loads at most 30 kB, gzipped, whatever the language, and a page 3 kB before that', () => {
  const words = LANGUAGES.map((language) => bytes(`widget-words-${language}.js`))
  expect(bytes('widget.js')).toBeLessThan(MOST_CLOSED_BYTES)
  expect(bytes('widget.js') + bytes('widget-chat.js') + Math.max(...words)).toBeLessThan(MOST_BYTES)
})

it('the script is one that any page can load, wrapped in a function', () => {
  const text = readFileSync(join(folder, 'widget.js'), 'utf8').trim()
  expect(text).toMatch(/^(?:"use strict";)?\(\(\)=>\{[\s\S]*\}\)\(\);$/)
})

it('the lexer without what it is never asked for reads as the whole one does', async () => {
  const [, modules = {}] = widgetOptions(root, folder)
  const source = join(root, 'workers/ui/widget/markdown.ts')
  const made = mkdtempSync(join(tmpdir(), 'minnow-lexer-'))
  try {
    await build({ ...modules, outdir: made, entryPoints: [{ in: source, out: 'markdown' }] })
    const file = join(made, 'markdown.mjs')
    renameSync(join(made, 'markdown.js'), file)
    const built = (await import(file)) as { blocksOf: typeof blocksOf }
    const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
    const texts = [...PAYLOADS, ...docs.map((name) => readFileSync(join(root, 'docs', name), 'utf8')), ODD]
    expect(texts.length).toBeGreaterThan(120)
    for (const text of texts) expect(built.blocksOf(text, 'Copy')).toEqual(blocksOf(text, 'Copy'))
    expect(JSON.stringify(built.blocksOf('~~a~~ www.b.c\nd', 'Copy'))).toMatch(/"del".*"https?:.*"br"/)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
})

/** Where the rules of the lexer differ: what is inside of words, lists, headings without room, links, lines. */
const ODD =
  'a*b*c snake_case_word __b__ *"q"*\n#no heading\n# heading #\n\nTitle\n===\n\n1) one\n* two\n  - three\n\n\ttabbed\n\n' +
  '> quote\nlazy\n\n~~~js\ncode\n~~~\n\n[a](<b c> "t") [r] ![i](x)\n\n[r]: https://r.example "r"\n\n- [x] done\n\n|a|b|\n|:-|-:|\n|1|2|\n\n' +
  'mail a@b.co http://x.y/z_(1). <https://u.v> line\nnext  \nlast\\\nend'

it('no code that writes HTML goes out', () => {
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    expect(text).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function/,
    )
  }
})
