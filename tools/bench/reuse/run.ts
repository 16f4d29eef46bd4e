// How well a question is known in other words: of pairs that ask the same the share that is found, of pairs that nearly do
// the share that is taken for it by mistake. `--list` shows the mistakes, `--missed` what was not found.
import { cosine, pack, vectorOf } from '../../../workers/cache/vector.ts'
import { isComparable, phraseOf } from '../../../workers/cache/phrase.ts'
import { THRESHOLD } from '../../../workers/cache/threshold.ts'
import { type Pair, pairsOf } from './groups.ts'
import { MADE_WITH } from './made-with.ts'
import { UNSEEN } from './unseen.ts'

/** How near two questions are; 0 where a number, a name or another fact keeps them apart. */
export function nearness(left: string, right: string): number {
  const [one, two] = [phraseOf(left), phraseOf(right)]
  if (!isComparable(one) || JSON.stringify(one.facts) !== JSON.stringify(two.facts)) return 0
  return cosine(pack(vectorOf(one.words)), pack(vectorOf(two.words)))
}

export interface Rates {
  readonly same: number
  readonly hits: number
  readonly near: number
  readonly falseHits: number
}

export function ratesOf(pairs: readonly Pair[], threshold: number): Rates {
  const taken = pairs.map((pair) => ({ ...pair, isTaken: nearness(pair.left, pair.right) >= threshold }))
  const same = taken.filter(({ isSame }) => isSame)
  const near = taken.filter(({ isSame }) => !isSame)
  return {
    same: same.length,
    hits: same.filter(({ isTaken }) => isTaken).length,
    near: near.length,
    falseHits: near.filter(({ isTaken }) => isTaken).length,
  }
}

const percent = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} % (${part} of ${of})`

if (import.meta.main) {
  console.log('| pairs | threshold | hit rate | false-hit rate |\n|---|---|---|---|')
  for (const [name, groups] of [
    ['made with', MADE_WITH],
    ['unseen', UNSEEN],
  ] as const) {
    const pairs = pairsOf(groups)
    for (const threshold of [0.7, 0.8, 0.9, 0.95, THRESHOLD, 0.99]) {
      const { same, hits, near, falseHits } = ratesOf(pairs, threshold)
      const mark = threshold === THRESHOLD ? ' (as shipped)' : ''
      console.log(`| ${name} | ${threshold}${mark} | ${percent(hits, same)} | ${percent(falseHits, near)} |`)
    }
    for (const { left, right, isSame } of pairs) {
      const isTaken = nearness(left, right) >= THRESHOLD
      if (process.argv.includes('--list') && isTaken && !isSame) console.log(`  taken: ${left} | ${right}`)
      if (process.argv.includes('--missed') && !isTaken && isSame) console.log(`  missed: ${left} | ${right}`)
    }
  }
}
