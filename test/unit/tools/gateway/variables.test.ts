import { describe, expect, it } from 'vitest'
import { gatherVariables, readDevVars } from '../../../../tools/gateway/variables.ts'

describe('.dev.vars', () => {
  it('reads names and values as dotenv does', () => {
    const text = [
      '# keys',
      '',
      'PLAIN=abc',
      'export EXPORTED = spaced ',
      'QUOTED="two words # kept"',
      "SINGLE='$not ${filled}'",
      'LINES="a\\nb"',
      'COMMENTED=value # why',
      'HASH=abc#def',
      'EMPTY=',
      'not a line',
      'WINDOWS=yes\r',
    ].join('\n')
    expect(readDevVars(text)).toEqual({
      PLAIN: 'abc',
      EXPORTED: 'spaced',
      QUOTED: 'two words # kept',
      SINGLE: '$not ${filled}',
      LINES: 'a\nb',
      COMMENTED: 'value',
      HASH: 'abc#def',
      EMPTY: '',
      WINDOWS: 'yes',
    })
  })
})

describe('the variables of a configuration', () => {
  it('come from the environment first, then from .dev.vars', () => {
    expect(
      gatherVariables(['A', 'B'], { A: 'environment' }, { A: 'file', B: 'file' }, 'minnow.jsonc'),
    ).toEqual({
      A: 'environment',
      B: 'file',
    })
  })

  it('are refused together when several are missing; an empty one counts as missing', () => {
    expect(() => gatherVariables(['A', 'B', 'C'], { A: '', C: 'x' }, {}, 'minnow.jsonc')).toThrow(
      'minnow.jsonc names $A, $B, but those variables are not set; export them or put them into .dev.vars',
    )
    expect(() => gatherVariables(['A'], {}, {}, 'my.jsonc')).toThrow(
      'my.jsonc names $A, but that variable is not set',
    )
  })

  it('may not take the name of a binding', () => {
    expect(() => gatherVariables(['DB'], { DB: 'x' }, {}, 'minnow.jsonc')).toThrow(
      'names $DB, which the gateway uses itself',
    )
  })
})
