// What the widget's build makes: few bytes, no name left in the page, nothing of marked that is not wanted.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { widgetOptions } from '../../../../tools/gateway/widget-bundle.ts'
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

it('no code that writes HTML goes out', () => {
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8')
    expect(text).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|new Function/,
    )
  }
})
