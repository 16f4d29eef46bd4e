// The story of a question about length: how many tokens would this prompt cost? Nothing is generated or billed.
import { countPrompt, type Tokenizer } from '../shared/tokens.ts'
import type { ModelRequest } from '../shared/request.ts'
import type { CountAtVendor } from './providers/counting.ts'
import type { Planner } from './routing/planner.ts'
import type { Caller, Cx } from './service.ts'

export interface Counted {
  readonly tokens: number
  /** The vendor's own count, or ours with OpenAI's vocabulary. */
  readonly source: 'vendor' | 'estimate'
  /** `<vendor>/<model>` for which it was counted. */
  readonly model: string
}

export type Count = (asked: { caller: Caller; request: ModelRequest }, cx: Cx) => Promise<Counted>

export interface CountOrgans {
  readonly planner: Planner
  readonly countAtVendor: CountAtVendor
  readonly tokenizer: Tokenizer
}

/** Counts for the target that would be asked first. */
export const counting =
  ({ planner, countAtVendor, tokenizer }: CountOrgans): Count =>
  async ({ caller, request }, cx) => {
    const { targets } = await planner.plan(request, caller, cx, { anyLength: true, isDry: true })
    const [target] = targets
    const model = target === undefined ? '' : `${target.provider}/${target.model}`
    const theirs = target === undefined ? undefined : await countAtVendor(request, target, cx)
    if (theirs !== undefined) return { tokens: theirs, source: 'vendor', model }
    return {
      tokens: countPrompt(request.messages, request.tools, await tokenizer()),
      source: 'estimate',
      model,
    }
  }
