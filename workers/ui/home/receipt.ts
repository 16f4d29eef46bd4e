// What an answer shows about itself, in words a person reads. Pure.

export interface Receipt {
  readonly model: string | undefined
  /** The x-minnow-route header as it came. */
  readonly route: string | undefined
  readonly firstTokenMs: number | undefined
  readonly totalMs: number
  readonly promptTokens: number | undefined
  readonly completionTokens: number | undefined
  /** US dollars. */
  readonly cost: number | undefined
}

export interface Fact {
  readonly label: string
  readonly value: string
}

export function facts(receipt: Receipt): Fact[] {
  const { model, route, firstTokenMs, totalMs, promptTokens, completionTokens, cost } = receipt
  return [
    { label: 'Model', value: model ?? 'unknown' },
    ...(route === undefined ? [] : routeFacts(route)),
    ...(firstTokenMs === undefined ? [] : [{ label: 'First token', value: duration(firstTokenMs) }]),
    { label: 'Total', value: duration(totalMs) },
    ...(completionTokens === undefined
      ? []
      : [{ label: 'Tokens', value: tokens(promptTokens, completionTokens) }]),
    ...(cost === undefined ? [] : [{ label: 'Cost', value: dollars(cost) }]),
  ]
}

/** `mini; reason=short; score=0.12` becomes a route, its reason and its score. */
export function routeFacts(header: string): Fact[] {
  const [name = '', ...rest] = header.split(';').map((part) => part.trim())
  const detail = new Map(
    rest.map((part): [string, string] => {
      const at = part.indexOf('=')
      return at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
    }),
  )
  const reason = detail.get('reason')
  const score = detail.get('score')
  return [
    { label: 'Route', value: reason === undefined ? name : `${name} (${reason.replaceAll('-', ' ')})` },
    ...(score === undefined ? [] : [{ label: 'Score', value: score }]),
  ]
}

export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

function tokens(prompt: number | undefined, completion: number): string {
  return prompt === undefined ? `${completion} out` : `${prompt} in, ${completion} out`
}

/** Small costs keep their first two digits; nothing is rounded to a false zero. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0'
  const digits = amount >= 0.01 ? 2 : 1 - Math.floor(Math.log10(amount))
  return `$${amount.toFixed(Math.min(digits, 12))}`
}
