// Token classes are disjoint: they add up to what providers report.
import { describe, expect, it } from 'vitest'
import { completionTokens, noUsage, promptTokens, totalTokens } from '../../../shared/usage.ts'

describe('usage', () => {
  const usage = { input: 1, cacheRead: 20, cacheWrite: 300, output: 4_000, reasoning: 50_000 }

  it('counts cached tokens into the prompt', () => expect(promptTokens(usage)).toBe(321))
  it('counts reasoning into the completion', () => expect(completionTokens(usage)).toBe(54_000))
  it('counts every class once into the total', () => expect(totalTokens(usage)).toBe(54_321))
  it('is nothing to begin with', () => expect(totalTokens(noUsage)).toBe(0))
})
