// Whether what a route gets is of a kind that the prior was measured on: a running share of its requests. Pure.

export interface Grounds {
  /** Of the requests so far; before there are any the prior is trusted. */
  share(): number
  /** False where so few are on known ground that the prior has no say, not even about those. */
  isKnown(): boolean
  note(isKnown: boolean): void
}

/**
 * Found on the benchmarks that the prior is trained on, each left out in turn: in the middle of where it makes no
 * difference to any of them (docs/decisions/2026-11-29-ground.md, `npm run bench:routing -- held-out`).
 */
export const LEAST_KNOWN = 0.375

/** Requests that are remembered: as many as a dial compares. */
const WINDOW = 32
/** What is believed before anything was seen weighs as much as so many requests, most of them on known ground. */
const BELIEVED = { known: 2, all: 3 }

export function openGrounds(least = LEAST_KNOWN): Grounds {
  const known = new Uint8Array(WINDOW)
  let seen = 0
  let sum = 0
  const share = (): number => (sum + BELIEVED.known) / (Math.min(seen, WINDOW) + BELIEVED.all)
  return {
    share,
    isKnown: () => share() >= least,
    note(isKnown) {
      const place = seen % WINDOW
      sum += (isKnown ? 1 : 0) - (known[place] ?? 0)
      known[place] = isKnown ? 1 : 0
      seen += 1
    },
  }
}
