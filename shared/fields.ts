// Reading values whose shape nobody has promised. Pure.

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object; an empty one where it is none. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {})

/** The value as a list; an empty one where it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The value as a text; an empty one where it is none. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The value as a whole number of things: nothing below zero, no fractions. */
export const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0

/** The JSON value of a text, undefined where it is none: the caller decides what that means where it stood. */
export function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined // said above
  }
}
