// Laying out a source: all of its files as they must be, or none.
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lay } from '../../../../tools/data/outcomes.ts'
import { lines, type Source, utf8 } from '../../../../tools/data/source.ts'
import { fileReader } from './files.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'minnow-outcomes-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const made = lines([{ prompt: 'ü' }, { prompt: 'b' }])
const sum = createHash('sha256').update(made).digest('hex')

const source: Source = {
  name: 'theirs',
  repository: 'them/theirs',
  commit: 'c0ffee',
  sums: { 'set.jsonl': sum },
  make: async (read) => ({ 'set.jsonl': utf8(await read('results')) }),
}

it('writes the files and their licence, and says how many prompts and which bytes', async () => {
  const into = join(folder, 'theirs')
  const said = await lay(source, fileReader({ results: made, LICENSE: 'Apache' }), into)
  expect(said).toEqual([`${into}/set.jsonl: 2 prompts, 31 bytes, SHA-256 ${sum}`])
  expect(readFileSync(join(into, 'set.jsonl'), 'utf8')).toBe(made)
  expect(readFileSync(join(into, 'LICENSE'), 'utf8')).toBe('Apache')
  expect(readdirSync(into)).toHaveLength(2)
})

it('writes nothing where the outcomes are not the known ones, or one file too few or too many', async () => {
  const read = fileReader({ results: `${made} `, LICENSE: 'Apache' })
  await expect(lay(source, read, folder)).rejects.toThrow(`not ${sum}`)
  const whole = fileReader({ results: made, LICENSE: 'Apache' })
  const fewer = { ...source, sums: { ...source.sums, 'more.jsonl': sum } }
  await expect(lay(fewer, whole, folder)).rejects.toThrow('more.jsonl')
  await expect(lay({ ...source, sums: {} }, whole, folder)).rejects.toThrow('not known')
  expect(readdirSync(folder)).toEqual([])
})
