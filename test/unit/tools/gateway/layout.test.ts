import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { parseLayout, readLayout } from '../../../../tools/gateway/layout.ts'

it('a local gateway takes dates, flags, objects and crons from wrangler.toml', () => {
  const layout = readLayout(resolve(import.meta.dirname, '../../../..'))
  expect(layout.compatibilityDate).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  expect(layout.compatibilityFlags).toContain('enable_request_signal')
  expect(layout.crons).toHaveLength(1)
  expect(layout.objects).toMatchObject({ BUDGET: 'Budget', CONVERSATION: 'Conversation', MICRO: 'Micro' })
})

it('comments in the file count for nothing', () => {
  const toml = '# compatibility_date = "2020-01-01"\ncompatibility_date = "2026-11-01"\n# crons = ["x"]\n'
  expect(parseLayout(toml)).toEqual({
    compatibilityDate: '2026-11-01',
    compatibilityFlags: [],
    crons: [],
    objects: {},
  })
})
