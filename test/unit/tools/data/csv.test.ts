// Comma-separated values as people's programs write them.
import { describe, expect, it } from 'vitest'
import { readCsv } from '../../../../tools/data/csv.ts'

describe('comma-separated values', () => {
  const cases: readonly [string, string, Record<string, string>[]][] = [
    ['plain', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
    ['quoted over lines', 'a,b\n"x\ny, z",2\n', [{ a: 'x\ny, z', b: '2' }]],
    ['doubled quotes', 'a,b\n"a ""dished"" face",2', [{ a: 'a "dished" face', b: '2' }]],
    [
      'carriage returns',
      'a,b\r\n1,2\r\n3,4\r\n',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    [
      'empty fields',
      'a,b\n,\n"",x\n',
      [
        { a: '', b: '' },
        { a: '', b: 'x' },
      ],
    ],
  ]
  for (const [name, text, rows] of cases) it(name, () => expect(readCsv(text)).toEqual(rows))
  it('that do not end are refused', () => expect(() => readCsv('a\n"x')).toThrow('does not end'))
})
