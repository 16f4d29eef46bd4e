// Every edge case on the list has a test that is named after it, and every such name is on the list.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WIRE_ROWS } from '../wire-rows.ts'

const ROOT = join(import.meta.dirname, '..')

interface Named {
  readonly file: string
  readonly row: number
}

/** "row 31:", "rows 37, 38:", "rows 37 and 38:", "row 6, row 9:" at the beginning of a text. */
const NAMES = /['"`](rows? \d[^:'"`]*):/g

const named: readonly Named[] = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.endsWith('rows.test.ts'))
  .flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(NAMES)].flatMap(([, rows = '']) =>
      [...rows.matchAll(/\d+/g)].map(([row]) => ({ file, row: Number(row) })),
    ),
  )

const filesOf = (row: number): readonly string[] => [
  ...new Set(named.filter((name) => name.row === row).map(({ file }) => file)),
]

describe('the edge cases of the wire', () => {
  test.each(WIRE_ROWS)('case $row has a test: $about', ({ row, gateway }) => {
    const files = filesOf(row)
    expect(files).not.toEqual([])
    if (gateway) expect(files.some((file) => file.startsWith('integration/'))).toBe(true)
  })

  test('names of tests cite no case that is not on the list', () => {
    const listed = new Set(WIRE_ROWS.map(({ row }) => row))
    expect(named.filter(({ row }) => !listed.has(row))).toEqual([])
  })

  test('are listed once, in order', () => {
    const rows = WIRE_ROWS.map(({ row }) => row)
    expect(rows).toEqual([...new Set(rows)].toSorted((one, two) => one - two))
  })
})
