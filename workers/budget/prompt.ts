// What a prompt counts at each target, at most: exactly where the target's vocabulary is known, a bound elsewhere.
import type { Target } from '../../shared/plan.ts'
import { boundGauge, exactGauge, measure, type Measured } from '../../shared/prompt.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Tokenizer } from '../../shared/tokens.ts'

export interface PromptAt {
  readonly target: Target
  readonly tokens: number
  /** It was not counted but bounded: the true count is likely to be much lower. */
  readonly isBound: boolean
}

/** For whoever is refused because of it. */
export const ABOUT_BOUNDS =
  'The prompt is reserved with an upper bound, because how this model counts tokens, or all that it will read, is not known beforehand.'

/**
 * The most that a picture becomes where nobody says: 16,384 in the Qwen models (12,845,056 pixels, 28 x 28 each),
 * fewer in all others whose limits are known. https://github.com/QwenLM/Qwen2.5-VL#image-resolution-for-performance-boost
 */
const PICTURE_TOKENS = 16_384
/** What the longest-reading models that are widely served take in; no prompt is longer than its model's window. */
const WIDEST_WINDOW = 1_048_576
/** What gpt-4o-transcribe reads: https://platform.openai.com/docs/models/gpt-4o-transcribe */
const DEFAULT_FILE_TOKENS = 16_000

/** The text is walked once for all targets with a known vocabulary, and once for all others. */
export async function promptsAt(
  request: ModelRequest,
  targets: readonly Target[],
  tokenizer: Tokenizer,
): Promise<readonly PromptAt[]> {
  const known = targets.some(isKnown) ? measure(request, exactGauge(await tokenizer())) : undefined
  const others = targets.every(isKnown) ? undefined : measure(request, boundGauge)
  return targets.flatMap((target): PromptAt[] => {
    const measured = isKnown(target) ? known : others
    if (measured === undefined) return []
    return [{ target, ...atTarget(measured, request, target) }]
  })
}

const isKnown = ({ counting }: Target): boolean => counting?.tokenizer === 'o200k'

function atTarget(measured: Measured, request: ModelRequest, target: Target): Omit<PromptAt, 'target'> {
  const { contextWindow, counting } = target
  const { tokens, pictures, files } = measured
  const media = pictures * (counting?.picture ?? PICTURE_TOKENS) + files * (counting?.file ?? 0)
  const sum = tokens + media + passedOn(request, target)
  const isOpen = measured.isOpen || (files > 0 && counting?.file === undefined)
  if (isOpen) return { tokens: contextWindow ?? Math.max(WIDEST_WINDOW, sum), isBound: true }
  if (isKnown(target)) return { tokens: sum, isBound: media > 0 }
  // The inputs of an embedding and of what is passed on have a window each; a conversation has one.
  const isOne = request.embedding === undefined && request.proxied === undefined
  return { tokens: isOne ? Math.min(sum, contextWindow ?? sum) : sum, isBound: true }
}

/** A sound or a picture that is passed on counts as all that the model can read. */
const passedOn = ({ proxied }: ModelRequest, { contextWindow }: Target): number =>
  (proxied?.files ?? 0) === 0 ? 0 : (contextWindow ?? DEFAULT_FILE_TOKENS)
