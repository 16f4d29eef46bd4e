// What was said, as the page of one request shows it.
import { expect, it } from 'vitest'
import { turnsIn } from '../../../../workers/ui/dashboard/spoken.ts'

const said = (more: object = {}): object => ({
  prompt: [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'Hello' },
  ],
  prompt_clipped: false,
  answers: ['Hi.'],
  answers_clipped: false,
  ...more,
})

it('tells who said what, in order', () => {
  expect(turnsIn(said())).toEqual([
    { who: 'system', text: 'Be brief.' },
    { who: 'user', text: 'Hello' },
    { who: 'answer', text: 'Hi.' },
  ])
})

it('numbers several answers, and says what was too long to be kept, where it is missing', () => {
  const turns = turnsIn(said({ answers: ['a', ''], prompt_clipped: true, answers_clipped: true })) ?? []
  expect(turns.map(({ who }) => who)).toEqual([
    'not kept',
    'system',
    'user',
    'answer 1',
    'answer 2',
    'not kept',
  ])
  expect(turns[0]?.text).toContain('before this')
  expect(turns.at(-1)?.text).toContain('after this')
})

it.each([
  ['a text', 'plain'],
  ['what cannot be opened', { sealed: true, error: 'its key is gone' }],
  ['a list', []],
  ['no answers', { prompt: [] }],
])('leaves to be shown as it is: %s', (_, kept) => expect(turnsIn(kept)).toBeUndefined())
