// Looks that some answers have and others have not, as how sure a model was, which not every vendor says: where they are
// absent nothing is said for or against. Sketches from before there were such looks are short in the same way. Pure.
import type { Plain } from './linear.ts'

interface Seen {
  readonly traits: Float32Array
}

/** Each with as many traits as the longest; what one has not is the mean of those that have it. */
export function filled<One extends Seen>(all: readonly One[]): readonly One[] {
  const most = all.reduce((longest, { traits }) => Math.max(longest, traits.length), 0)
  if (all.every(({ traits }) => traits.length === most)) return all
  const sums = new Float64Array(most)
  const counts = new Float64Array(most)
  for (const { traits } of all)
    for (const [at, value] of traits.entries()) {
      sums[at] = (sums[at] ?? 0) + value
      counts[at] = (counts[at] ?? 0) + 1
    }
  const means = Float32Array.from(sums, (sum, at) => sum / Math.max(1, counts[at] ?? 0))
  return all.map((one) => withTraits(one, means))
}

/** The same for one that is to be judged: by the means of those that were learned from. */
export const filledFor = <One extends Seen>({ traits }: Pick<Plain, 'traits'>, one: One): One =>
  one.traits.length >= traits.length
    ? one
    : withTraits(
        one,
        Float32Array.from(traits, ({ mean }) => mean),
      )

function withTraits<One extends Seen>(one: One, means: Float32Array): One {
  const traits = means.slice()
  traits.set(one.traits)
  return { ...one, traits }
}
