// How much of a rate is left, as clients are told. Pure.

/** So many requests or tokens a minute; `resetMs` until all of it is there again. */
export interface RateLeft {
  readonly unit: 'requests' | 'tokens'
  readonly limit: number
  readonly remaining: number
  readonly resetMs: number
}

/** Of several rates of a unit the one of which the least is left. https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers */
export function rateHeaders(rates: readonly RateLeft[]): readonly (readonly [string, string])[] {
  return (['requests', 'tokens'] as const).flatMap((unit) => {
    const own = rates.filter((rate) => rate.unit === unit)
    const [first, ...rest] = own
    if (first === undefined) return []
    const { limit, remaining, resetMs } = rest.reduce((a, b) => (b.remaining < a.remaining ? b : a), first)
    return [
      [`x-ratelimit-limit-${unit}`, String(limit)],
      [`x-ratelimit-remaining-${unit}`, String(remaining)],
      [`x-ratelimit-reset-${unit}`, writeDuration(resetMs)],
    ]
  })
}

/** As Go writes a duration, which is what OpenAI sends: `12ms`, `1.5s`, `6m0s`, `23h47m36.648s`. */
export function writeDuration(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms))
  if (whole === 0) return '0s'
  if (whole < 1_000) return `${whole}ms`
  const minutes = Math.floor(whole / 60_000)
  const seconds = `${(whole % 60_000) / 1_000}s`
  if (minutes === 0) return seconds
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`
}
