// What is learned from a checked answer, from two tiers' answers, and from a judge that is asked twice.
import { describe, expect, it } from 'vitest'
import type { Heard } from '../../../../shared/check/verdict.ts'
import type { Tier, Trial } from '../../../../shared/plan.ts'
import { textOf } from '../../../../shared/request.ts'
import { formShows, type Qualities, trialShows } from '../../../../workers/learning/evidence.ts'
import { bothWays, judgeRequest, readVerdict, type Verdict } from '../../../../workers/learning/judge.ts'
import { requestFor } from '../../samples.ts'

const CHOICE = requestFor('Largest?\nA. Mars\nB. Venus\nC. Jupiter\nAnswer:')
const STORY = requestFor('Tell me a story.')
const JSON_ONLY = requestFor('Who?', { format: { type: 'json' } })
const heard = (text: string): Heard => ({ text, refusal: '', calls: [], finish: 'stop' })
const said = (text: string) => ({ text, toolCalls: [] })
const trial = (text: string, more: Partial<Trial> = {}): Trial => ({ target: 'small', text, ...more })

describe('a cascade', () => {
  const cases: readonly [string, Trial, Tier, string, Qualities | undefined][] = [
    ['that gave an answer nobody confirmed shows nothing', trial('C'), 'mini', 'C', undefined],
    [
      'that gave a confirmed answer shows it was good',
      trial('C', { agreed: true }),
      'mini',
      'C',
      { weak: 1 },
    ],
    [
      'whose larger model says the same shows both were good',
      trial('C', { doubt: 'disagreed' }),
      'frontier',
      'C.',
      { weak: 1, strong: 1 },
    ],
    [
      'whose larger model says something else shows the gain',
      trial('C', { doubt: 'disagreed' }),
      'frontier',
      'A',
      { weak: 0, strong: 1 },
    ],
    [
      'whose larger model says nothing that compares shows nothing',
      trial('C', { doubt: 'logprob' }),
      'frontier',
      'Well...',
      undefined,
    ],
    [
      'that rejected a form shows the gain',
      trial('hm', { doubt: 'no-answer' }),
      'frontier',
      'C',
      { weak: 0, strong: 1 },
    ],
    [
      'whose larger model fails as well shows no gain',
      trial('hm', { doubt: 'no-answer' }),
      'frontier',
      'Who can say?',
      { weak: 0, strong: 0 },
    ],
    [
      'that had to give what it doubted shows it was bad',
      trial('hm', { doubt: 'no-answer' }),
      'mini',
      'hm',
      { weak: 0 },
    ],
    [
      'that had to give what another only contradicted shows nothing',
      trial('C', { doubt: 'disagreed' }),
      'mini',
      'C',
      undefined,
    ],
  ]
  it.each(cases)('%s', (_, found, tier, given, shown) =>
    expect(trialShows(CHOICE, found, tier, said(given))).toEqual(shown),
  )
})

describe('two answers', () => {
  const cases: readonly [string, typeof CHOICE, string, string, Qualities | undefined][] = [
    ['that agree are both good', CHOICE, 'C', 'The answer is C', { weak: 1, strong: 1 }],
    ['that differ: the larger model is taken for right', CHOICE, 'A', 'C', { weak: 0, strong: 1 }],
    ['of which the small one has no answer', CHOICE, 'Who knows?', 'C', { weak: 0, strong: 1 }],
    ['of which the large one has no answer', CHOICE, 'C', 'Who knows?', { weak: 1, strong: 0 }],
    ['that both have none', CHOICE, 'Who knows?', 'I cannot say.', { weak: 0, strong: 0 }],
    ['of which one is no JSON', JSON_ONLY, 'Ada', '{"name":"Ada"}', { weak: 0, strong: 1 }],
    [
      'in free words need a judge',
      STORY,
      'Once upon a time there was.',
      'It was a dark and stormy night.',
      undefined,
    ],
    [
      'of which one is a refusal',
      STORY,
      "I'm sorry, but I can't help with that.",
      'It was a dark night.',
      { weak: 0, strong: 1 },
    ],
  ]
  it.each(cases)('%s', (_, request, weak, strong, shown) =>
    expect(formShows(request, heard(weak), heard(strong))).toEqual(shown),
  )
})

describe('a judge', () => {
  it.each<[string, Verdict | undefined]>([
    ['1', 'first'],
    ['2.', 'second'],
    ['**0**', 'equal'],
    ['1: it is correct', 'first'],
    ['Answer 1 is wrong because 7 is odd. So: 2', 'second'],
    ['Both are fine.', undefined],
    ['3', undefined],
    ['10', undefined],
    ['1.5', undefined],
    ['', undefined],
  ])('that says %j means %s', (reply, verdict) => expect(readVerdict(reply)).toBe(verdict))

  it.each<[Verdict | undefined, Verdict | undefined, Qualities | undefined]>([
    ['first', 'second', { weak: 1, strong: 0 }],
    ['second', 'first', { weak: 0, strong: 1 }],
    ['first', 'first', { weak: 1, strong: 1 }], // prefers a place
    ['second', 'second', { weak: 1, strong: 1 }],
    ['equal', 'first', { weak: 1, strong: 1 }],
    ['equal', 'equal', { weak: 1, strong: 1 }],
    ['first', undefined, undefined],
  ])('that says %s one way and %s the other means %j', (there, back, shown) =>
    expect(bothWays(there, back)).toEqual(shown),
  )

  it('is shown the question and both answers in the order it is asked, each within bounds', () => {
    const asked = judgeRequest('sage', requestFor('Why?'), 'one '.repeat(9_000), 'two')
    expect(asked).toMatchObject({ model: 'sage', stream: false, tools: [] })
    const text = asked.messages.map(textOf).join('\n')
    expect(text).toMatch(
      /<request>\nWhy\?\n<\/request>[^]*<answer number="1">\none [^]*<answer number="2">\ntwo/,
    )
    expect(text.length).toBeLessThan(10_000)
  })
})
