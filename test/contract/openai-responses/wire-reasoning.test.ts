// The one knob for thinking, through the Responses API; and what has been thought, in `encrypted_content`.
import { describe, expect, it } from 'vitest'
import { OPENAI_EFFORTS } from '../../../shared/dialects/openai-responses/reasoning.ts'
import type { Reasoning, ReasoningEffort } from '../../../shared/request.ts'
import { asked, passedOn, wireFor } from './asking.ts'

const ENCRYPTED = 'reasoning.encrypted_content'

describe('how much to think', () => {
  const read: readonly [unknown, Reasoning | undefined][] = [
    [{ effort: 'none' }, { effort: 'none' }],
    [{ effort: 'minimal' }, { effort: 'minimal' }],
    [{ effort: 'low' }, { effort: 'low' }],
    [{ effort: 'medium' }, { effort: 'medium' }],
    [{ effort: 'high' }, { effort: 'high' }],
    [{ effort: 'xhigh' }, { effort: 'xhigh' }],
    [{ effort: 'max' }, { effort: 'xhigh' }],
    [{ effort: null, summary: 'auto' }, { visible: true }],
    [
      { effort: 'low', generate_summary: 'concise' },
      { effort: 'low', visible: true },
    ],
    [{}, undefined],
    [{ effort: 'utmost' }, undefined],
  ]
  for (const [reasoning, expected] of read) {
    it(`is read from ${JSON.stringify(reasoning)}`, () =>
      expect(asked({ reasoning }).reasoning).toEqual(expected))
  }

  const words: readonly [model: string, readonly [ReasoningEffort, string][]][] = [
    [
      'o4-mini',
      [
        ['none', 'low'],
        ['minimal', 'low'],
        ['medium', 'medium'],
        ['xhigh', 'high'],
      ],
    ],
    [
      'openai/gpt-oss-120b',
      [
        ['minimal', 'low'],
        ['xhigh', 'high'],
      ],
    ],
    [
      'gpt-5-mini',
      [
        ['none', 'minimal'],
        ['minimal', 'minimal'],
        ['xhigh', 'high'],
      ],
    ],
    [
      'gpt-5-pro-2025-10-06',
      [
        ['low', 'high'],
        ['xhigh', 'high'],
      ],
    ],
    [
      'gpt-5.1',
      [
        ['none', 'none'],
        ['minimal', 'low'],
        ['xhigh', 'high'],
      ],
    ],
    [
      'gpt-5.1-codex-max',
      [
        ['none', 'low'],
        ['xhigh', 'xhigh'],
      ],
    ],
    [
      'gpt-5.4',
      [
        ['none', 'none'],
        ['minimal', 'low'],
        ['xhigh', 'xhigh'],
      ],
    ],
    [
      'gpt-5.3-codex',
      [
        ['none', 'low'],
        ['xhigh', 'xhigh'],
      ],
    ],
    [
      'grok-4',
      [
        ['none', 'none'],
        ['minimal', 'minimal'],
        ['xhigh', 'xhigh'],
      ],
    ],
  ]
  for (const [model, efforts] of words) {
    for (const [effort, word] of efforts) {
      it(`${effort} is ${word} to ${model}`, () => {
        const { body, dropped } = wireFor({ reasoning: { effort } }, { model })
        expect(body['reasoning']).toEqual({ effort: word })
        expect(dropped).toEqual(effort === 'none' && word !== 'none' ? ['reasoning_effort'] : [])
      })
    }
  }

  const counted: readonly [number, string][] = [
    [0, 'none'],
    [1_024, 'low'],
    [8_192, 'medium'],
    [8_193, 'high'],
    [24_576, 'high'],
    [60_000, 'xhigh'],
  ]
  for (const [budgetTokens, effort] of counted) {
    it(`${budgetTokens} tokens are ${effort}`, () =>
      expect(wireFor({ reasoning: { budgetTokens } }, { model: 'gpt-5.4' }).body['reasoning']).toEqual({
        effort,
      }))
  }

  it('an effort wins over a number of tokens, and who wants to read along gets a summary', () => {
    const { body } = wireFor({ reasoning: { effort: 'low', budgetTokens: 60_000, visible: true } })
    expect(body['reasoning']).toEqual({ effort: 'low', summary: 'auto' })
  })

  it('is not told to a model that does not think', () => {
    const facts = { reasoning: false }
    expect(wireFor({ reasoning: { effort: 'high' } }, { facts })).toMatchObject({
      dropped: ['reasoning_effort'],
    })
    expect(wireFor({ reasoning: { effort: 'high' } }, { facts }).body).not.toHaveProperty('reasoning')
    expect(wireFor({ reasoning: { effort: 'none' } }, { facts }).dropped).toEqual([])
    const { body, dropped } = passedOn(
      { model: 'big', input: 'Hi', reasoning: { effort: 'low' }, include: [ENCRYPTED] },
      { facts },
    )
    expect(body).not.toHaveProperty('reasoning')
    expect(body['include']).toEqual([])
    expect(dropped).toEqual(['reasoning_effort'])
  })

  it('a client of this dialect keeps its own words, but for one that the model would refuse', () => {
    const question = (effort: string) => ({
      model: 'big',
      input: 'Hi',
      reasoning: { effort, summary: 'detailed', context: 'all_turns' },
    })
    expect(passedOn(question('max'), { model: 'gpt-5.6' }).body['reasoning']).toEqual(
      question('max').reasoning,
    )
    expect(passedOn(question('minimal'), { model: 'gpt-5.1' }).body['reasoning']).toEqual({
      effort: 'low',
      summary: 'detailed',
      context: 'all_turns',
    })
  })

  it('the table knows no word twice and no model without one', () => {
    for (const { efforts } of OPENAI_EFFORTS) {
      expect(efforts.length).toBeGreaterThan(0)
      expect(new Set(efforts).size).toBe(efforts.length)
    }
  })
})

describe('the state of the reasoning comes back encrypted', () => {
  it('from models that are known to think, or were asked to', () => {
    expect(wireFor({}, { facts: { reasoning: true } }).body['include']).toEqual([ENCRYPTED])
    expect(wireFor({ reasoning: { effort: 'low' } }).body['include']).toEqual([ENCRYPTED])
    expect(wireFor({}).body).not.toHaveProperty('include')
    expect(wireFor({}, { facts: { reasoning: true } }, { encrypts: false }).body).not.toHaveProperty(
      'include',
    )
  })

  it('beside what a client of this dialect wants included, and once', () => {
    const question = { model: 'big', input: 'Hi', include: ['file_search_call.results'] }
    const facts = { reasoning: true }
    expect(passedOn(question, { facts }).body['include']).toEqual(['file_search_call.results', ENCRYPTED])
    expect(passedOn({ ...question, include: [ENCRYPTED] }, { facts }).body['include']).toEqual([ENCRYPTED])
  })
})
