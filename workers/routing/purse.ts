// Turns a cost of 1,000 requests into a share of strong calls, by what requests of each tier did cost. Pure.

export interface TierCosts {
  /** Micro-dollars of a request; absent where nobody has said what the tier costs. */
  readonly weakMicros?: number
  readonly strongMicros?: number
}

export interface Purse {
  /** The share of strong calls that keeps the mean at `capMicros` a request; `guess` is what a request should cost. */
  shareFor(capMicros: number, guess: TierCosts): number
  /** A request that was sent to this tier has cost this, whoever answered it in the end. */
  spend(isStrong: boolean, costMicros: number, capMicros: number): void
}

/** A mean forgets what is older than so many requests. */
const MEMORY = 100
/** A guess weighs as much as so many requests. */
const GUESS = 5
/** What was spent too little is made up for over so many requests, and never more than as many have to spare. */
const HORIZON = 50
/** What was spent too much is saved sooner: a cost is a promise, and money left over is none. */
const REPAY = 20

interface Mean {
  count: number
  sum: number
}

export function openPurse(): Purse {
  const [weak, strong]: [Mean, Mean] = [
    { count: 0, sum: 0 },
    { count: 0, sum: 0 },
  ]
  let spare = 0 // micro-dollars below the cap so far; negative where above it

  const meanOf = ({ count, sum }: Mean, guess: number | undefined): number | undefined => {
    if (guess === undefined) return count === 0 ? undefined : sum / count
    return (sum + GUESS * guess) / (count + GUESS)
  }

  return {
    shareFor(capMicros, { weakMicros, strongMicros }) {
      const low = meanOf(weak, weakMicros)
      const high = meanOf(strong, strongMicros)
      // A promise about money is not kept by asking somebody whose price is unknown.
      if (low === undefined || high === undefined) return 0
      const cap = capMicros + spare / (spare < 0 ? REPAY : HORIZON)
      if (high <= low) return cap >= high ? 1 : 0
      return Math.min(1, Math.max(0, (cap - low) / (high - low)))
    },
    spend(isStrong, costMicros, capMicros) {
      const mean = isStrong ? strong : weak
      const fade = 1 - 1 / MEMORY
      mean.count = mean.count * fade + 1
      mean.sum = mean.sum * fade + costMicros
      const most = HORIZON * capMicros
      spare = Math.min(most, Math.max(-most, spare + capMicros - costMicros))
    },
  }
}
