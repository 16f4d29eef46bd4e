// How the generations of models differ in what they may be asked: thinking, sampling, forced tools, formats. Pure.
// Sources: https://platform.claude.com/docs/en/build-with-claude/thinking, /effort, /structured-outputs,
// /mid-conversation-system-messages, https://platform.claude.com/docs/en/api/errors and each model's migration guide
// (https://platform.claude.com/docs/en/models/opus-5-5/migration-guide and its neighbours); read November 2026.

export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export interface Generation {
  /** Takes `thinking: {type: 'enabled', budget_tokens}`. */
  readonly budget: boolean
  /** Takes `thinking: {type: 'adaptive'}`. */
  readonly adaptive: boolean
  /** The `type` that turns thinking off; absent where nothing does. */
  readonly off?: 'disabled' | 'between_tools'
  /** What `output_config.effort` may say. */
  readonly efforts: readonly Effort[]
  /** `one`: temperature or top_p, not both. `none`: a 400 for anything but the default. */
  readonly sampling: 'both' | 'one' | 'none'
  /** Takes `tool_choice` of type `any` and `tool`. */
  readonly forcedTools: boolean
  /** Takes `output_config.format` and strict tools. */
  readonly formats: boolean
  /** Takes `role: 'system'` among the messages; absent where nothing is known, as for other makers' models. */
  readonly systemInPlace?: boolean
}

const ALL: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max']

const third: Generation = {
  budget: false,
  adaptive: false,
  off: 'disabled',
  efforts: [],
  sampling: 'both',
  forcedTools: true,
  formats: false,
  systemInPlace: false,
}
const fourth: Generation = { ...third, budget: true, sampling: 'one' }
const fourFive: Generation = { ...fourth, formats: true }
const fourSix: Generation = { ...fourFive, adaptive: true, efforts: ['low', 'medium', 'high', 'max'] }
const fourSeven: Generation = { ...fourSix, budget: false, efforts: ALL, sampling: 'none' }
const fifth: Generation = { ...fourSeven, systemInPlace: true }
const { off: _, ...always } = fifth // thinking that nothing turns off
const latest: Generation = { ...always, forcedTools: false }

/** Servers of other makers' models that speak this dialect follow its older form. */
const others: Generation = {
  budget: true,
  adaptive: false,
  off: 'disabled',
  efforts: [],
  sampling: 'both',
  forcedTools: true,
  formats: false,
}

// In this order: a newer name contains an older one. A name may carry a vendor's prefix, a date or a version behind.
const GENERATIONS: readonly (readonly [RegExp, Generation])[] = [
  [/claude-sonnet-5-5(?!\d)/, { ...latest, off: 'between_tools' }],
  [/claude-(?:opus-5-5|fable-5-[12]|mythos-5-[12])(?!\d)/, latest],
  [/claude-(?:fable|mythos)-5(?!\d)/, always],
  [/claude-mythos-preview/, { ...always, efforts: fourSix.efforts, systemInPlace: false }],
  [/claude-(?:haiku-5-5|opus-5)(?!\d)/, fifth],
  [/claude-sonnet-5(?!\d)/, fourSeven],
  [/claude-opus-4-8(?!\d)/, fifth],
  [/claude-opus-4-7(?!\d)/, fourSeven],
  [/claude-(?:opus|sonnet)-4-6(?!\d)/, fourSix],
  [/claude-(?:opus|sonnet|haiku)-4-5(?!\d)/, fourFive],
  [/claude-(?:opus|sonnet)-4(?!\d)/, fourth],
  [/claude-3-7/, { ...third, budget: true }],
  [/claude-(?:instant|v?[23](?!\d))/, third],
  [/claude-/, latest], // one that came later: what its elders refuse it probably refuses too
]

/** What is known of a model by its name; `claude-opus-4.5` is another way to write `claude-opus-4-5`. */
export function generationOf(model: string): Generation {
  const name = model.toLowerCase().replaceAll('.', '-')
  return GENERATIONS.find(([pattern]) => pattern.test(name))?.[1] ?? others
}
