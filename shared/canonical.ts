// JSON that is the same for the same value, whatever the order of its fields. Pure.
import { isFields } from './fields.ts'

/** JSON with the fields of every object in order. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
