import { describe, expect, it } from 'vitest'
import {
  HONEST_SENTENCE,
  isHonestSentence,
  judge,
  needsWholeText,
} from '../../../workers/micro/confidence.ts'

const sure = [-0.001, -0.002, -0.001]
const confidence = (question: string, text: string, logprobs: readonly number[] = sure) =>
  judge({ question, text, logprobs }).confidence

describe('a confidence', () => {
  it('lies between 0 and 1 and falls with doubt', () => {
    const falling = [[-0.0001], sure, [-0.1, -0.2], [-0.5, -1, -1], [-5, -6]].map((logprobs) =>
      confidence('hi', 'Hello there', logprobs),
    )
    expect(falling).toEqual(falling.toSorted((a, b) => b - a))
    for (const each of falling) {
      expect(each).toBeGreaterThanOrEqual(0)
      expect(each).toBeLessThanOrEqual(1)
    }
  })

  it('of no tokens at all is 0', () => expect(confidence('hi', '', [])).toBe(0))
})

describe('an extraction', () => {
  it('that stands in the text is trusted by its probabilities', () => {
    expect(confidence('When? See you on March 3, 2027.', 'March 3, 2027')).toBeGreaterThan(0.8)
    expect(confidence('Call +1 415 555 0132 now', ' +1 415 555 0132\n')).toBeGreaterThan(0.8)
  })
  const invented: [string, string][] = [
    ['When? See you on March 3, 2027.', 'March 4, 2027'],
    ['Call +1 415 555 0132', '+1 415 555 0133'],
    ['pay $45.20 by friday', '$45.2O 1'],
    ['pay $45.20 by friday', '$45.2'],
    ['Call 555-0147 now', '55-0147'],
    ['how much is it', '120 euros'],
    ['the date please', '3rd of May'],
  ]
  for (const [question, answer] of invented) {
    it(`that does not is not: ${answer}`, () => expect(confidence(question, answer)).toBe(0))
  }
  it('is not seen in a sentence with a number', () => {
    expect(
      confidence('which port', 'Minnow listens on port 8787 by default, at http://127.0.0.1:8787.'),
    ).toBeGreaterThan(0.8)
    expect(confidence('what do i need', 'You need Node 20 or newer and npm, nothing else.')).toBeGreaterThan(
      0.8,
    )
  })
})

describe('a worked problem', () => {
  it('that repeats the two numbers is trusted by its probabilities', () => {
    expect(confidence('37+48?', '37 + 48: 7+8=15, 3+4+1=8, so 37 + 48 = 85.')).toBeGreaterThan(0.8)
    expect(confidence('take 5 from 20', '20 - 5: 10-5=5, 2-1-0=1, so 20 - 5 = 15.')).toBeGreaterThan(0.8)
    expect(confidence('007 plus 1', '7 + 1: 7+1=8, so 7 + 1 = 8.')).toBeGreaterThan(0.8)
    expect(confidence('5+5', '5 + 5: 5+5=10, so 5 + 5 = 10.')).toBeGreaterThan(0.8)
  })
  const unfaithful: [string, string][] = [
    ['37+48?', '37 + 49: 7+9=16, 3+4+1=8, so 37 + 49 = 86.'],
    ['37+48?', '37 + 37: 7+7=14, 3+3+1=7, so 37 + 37 = 74.'],
    ['37+48?', '37 + 48: 7+8=15, 3+4+1=8, so 37 + 84 = 85.'],
    ['37+48?', '37 + 48: 7+8=15, 3+4+1=8, so 37 - 48 = 85.'],
    ['37+48?', '37 + 48: 7+8=15, 3+4+1=8, so 48 + 37 = 85.'],
    ['add five and 6', '5 + 6: 5+6=11, so 5 + 6 = 11.'],
  ]
  for (const [question, answer] of unfaithful) {
    it(`that does not is not: ${answer}`, () => expect(confidence(question, answer)).toBe(0))
  }
})

describe('the whole text', () => {
  it('is needed for extractions and problems only', () => {
    expect(needsWholeText('27 + 48: 7+8')).toBe(true)
    expect(needsWholeText('+1 415')).toBe(true)
    expect(needsWholeText('March 3, 2027')).toBe(true)
    expect(needsWholeText('Run npm start in the project folder.')).toBe(false)
  })
})

describe('the honest sentence', () => {
  it('is known from its beginning', () => {
    expect(isHonestSentence(HONEST_SENTENCE)).toBe(true)
    expect(isHonestSentence('That needs a larger model')).toBe(true)
    expect(isHonestSentence('That needs')).toBe(false)
    expect(isHonestSentence('That needs a larger disk than I have.')).toBe(false)
  })
})
