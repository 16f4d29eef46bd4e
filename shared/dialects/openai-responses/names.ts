// What this dialect calls the parameters that chat completions have other words for. Pure.
const NAMES: ReadonlyMap<string, string> = new Map([
  ['reasoning_effort', 'reasoning.effort'],
  ['response_format', 'text.format'],
  ['logprobs', 'top_logprobs'],
])

export const nameOf = (parameter: string): string => NAMES.get(parameter) ?? parameter
