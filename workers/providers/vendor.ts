// What a vendor is: a record. Its wire format is a dialect, its oddities are options of that dialect.
import type { Dialect } from '../../shared/dialect.ts'

export interface Vendor {
  readonly id: string
  readonly dialect: Dialect
  /** Up to and including the version, without a slash at the end; absent where everybody runs their own. */
  readonly baseUrl?: string
  /** The headers that carry a key. */
  readonly authorize: (key: string) => Readonly<Record<string, string>>
  /** The vendor's documentation of its wire. */
  readonly docs?: string
}

export const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })
