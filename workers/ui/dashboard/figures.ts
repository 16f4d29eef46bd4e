// Numbers as a person reads them; those of one column line up. Pure.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = (value: number): string => whole.format(value)

/** For axes, where there is little room. */
export const short = (value: number): string => compact.format(value)

/** A sum of many requests. Small sums keep digits enough to be told from nothing. */
export function money(dollars: number): string {
  const size = Math.abs(dollars)
  const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 3 : 6
  const text = size.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${dollars < 0 ? '−' : ''}$${text}`
}

/** Sums of one column: all with the digits that the largest one needs. */
export function moneyLike(column: readonly number[]): (dollars: number) => string {
  const most = Math.max(0, ...column.map(Math.abs))
  const digits = most === 0 || most >= 1 ? 2 : most >= 0.01 ? 4 : 6
  const style = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return (dollars) => `${dollars < 0 ? '−' : ''}$${Math.abs(dollars).toLocaleString('en', style)}`
}

/** What one request cost, to the micro-dollar. */
export const exact = (dollars: number): string => (dollars === 0 ? '$0' : `$${dollars.toFixed(6)}`)

export const share = (value: number | null | undefined, digits = 0): string =>
  value === null || value === undefined ? '–' : `${(value * 100).toFixed(digits)} %`

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–'
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}

const DAY_MS = 86_400_000

/** How long ago, in its largest unit. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1_000))
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** Today's times as the clock says, older ones with their day. */
export const timeOf = (at: number, now: number): string =>
  now - at < DAY_MS / 2 ? clock.format(at) : moment.format(at)

export const momentOf = (at: number): string => full.format(at)

export const dayOf = (at: number): string => date.format(at)

/** One thing, or several. */
export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`
