// Which responses came before which, and which have had their time. Pure.

/** What is known of a kept response without reading it. */
export interface Kept {
  readonly id: string
  /** The response it goes on from. */
  readonly parent: string | null
  /** The last item of the thread's conversation that it was told of; null outside of one. */
  readonly upto: number | null
  readonly status: string
  readonly createdAt: number
  /** Runs by itself, without a client that waits. */
  readonly background: boolean
}

/** OpenAI keeps responses for 30 days. https://developers.openai.com/api/docs/guides/conversation-state */
export const KEEP_MS = 30 * 24 * 60 * 60_000

/** Those that have had their time. One that a younger response goes on from is kept as long as that. */
export function expired(all: readonly Kept[], now: number): string[] {
  const alive = new Set<string>()
  const byId = new Map(all.map((kept) => [kept.id, kept]))
  for (const kept of all) {
    if (now - kept.createdAt >= KEEP_MS) continue
    for (let one: Kept | undefined = kept; one !== undefined && !alive.has(one.id);) {
      alive.add(one.id)
      one = one.parent === null ? undefined : byId.get(one.parent)
    }
  }
  return all.filter(({ id }) => !alive.has(id)).map(({ id }) => id)
}

/** When to look for expired ones again; undefined where nothing ever expires. */
export function nextExpiry(all: readonly Kept[], now: number): number | undefined {
  const due = all.map(({ createdAt }) => createdAt + KEEP_MS).filter((at) => at > now)
  return due.length === 0 ? undefined : Math.min(...due)
}
