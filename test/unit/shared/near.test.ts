// Which known name was meant.
import { describe, expect, it } from 'vitest'
import { nearName } from '../../../shared/near.ts'

const KNOWN = ['strongShare', 'sort', 'edit', 'cache', 'cascade', 'require_parameters']

describe('a name', () => {
  const cases: readonly [string, string | undefined][] = [
    ['strongshare', 'strongShare'],
    ['strong-share', 'strongShare'],
    ['requireParameter', 'require_parameters'],
    ['cascades', 'cascade'],
    ['cahce', 'cache'],
    ['eidt', undefined],
    ['short', 'sort'],
    ['tools', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ]
  for (const [written, meant] of cases)
    it(`'${written.slice(0, 20)}' is near ${meant ?? 'none'}`, () =>
      expect(nearName(written, KNOWN)).toBe(meant))
})
