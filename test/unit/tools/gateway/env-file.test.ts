import { expect, it } from 'vitest'
import { writeEnvFile } from '../../../../tools/gateway/env-file.ts'
import { complaint } from '../../../../tools/gateway/wrangler.ts'

it('each value is quoted with a quote it does not contain, and its dollars are shielded', () => {
  expect(writeEnvFile({ A: 'plain', B: "it's", C: '\'"both"', D: 'a$b' })).toBe(
    "A='plain'\nB=`it's`\nC=`'\"both\"`\nD='a\\$b'\n",
  )
})

it('a value with every kind of quote is refused', () => {
  expect(() => writeEnvFile({ A: '\'"`' })).toThrow('$A contains')
})

it("wrangler's complaint is its error line, without colours", () => {
  const err =
    '\u001b[33m warning\u001b[0m\n\n\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m \u001b[1mNo such thing.\u001b[0m\n\n  More.\n'
  expect(complaint({ code: 1, out: 'noise', err })).toBe('No such thing.')
  expect(complaint({ code: 1, out: '', err: '' })).toBe('wrangler said nothing')
})
