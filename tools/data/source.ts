// Where recorded outcomes come from: public repositories at one commit each, and what is made of their files.

/** One file of the repository; rejects with a sentence where it cannot be had. */
export type Read = (path: string) => Promise<Uint8Array>

export interface Source {
  /** The folder of its outcomes, beside those of the other sources. */
  readonly name: string
  /** Owner and name at GitHub, and the commit that the benchmarks' figures were measured at. */
  readonly repository: string
  readonly commit: string
  /** SHA-256 of every file that is made of it: the commit does not change, so neither may they. */
  readonly sums: Readonly<Record<string, string>>
  /** The files by name. */
  readonly make: (read: Read) => Promise<Readonly<Record<string, string>>>
}

export const lines = (rows: readonly unknown[]): string =>
  `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`

export const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

/** The whole array in a file; refuses anything else. */
export function arrayIn(bytes: Uint8Array, path: string): readonly unknown[] {
  const value: unknown = JSON.parse(utf8(bytes))
  if (!Array.isArray(value)) throw new Error(`${path} is not a list: has the file changed?`)
  return value
}
