// Fits what confidence.ts needs: a curve from surprise to the share of right answers, and the bounds that pay. Pure.

export interface Sample {
  readonly surprise: number
  readonly isRight: boolean
}

/** The curve 1 / (1 + e^-(base - slope * sqrt(surprise))) of greatest likelihood, by Newton's method. */
export function fitCurve(samples: readonly Sample[]): { readonly base: number; readonly slope: number } {
  let base = 2
  let slope = 2
  // A slight pull towards the start keeps a kind with few mistakes from running off to infinity.
  const pull = 0.01
  for (let round = 0; round < 50; round++) {
    let [gradientBase, gradientSlope] = [pull * (2 - base), pull * (2 - slope)]
    let [curveBase, curveBoth, curveSlope] = [pull, 0, pull]
    for (const { surprise, isRight } of samples) {
      const root = Math.sqrt(surprise)
      const share = 1 / (1 + Math.exp(slope * root - base))
      const miss = Number(isRight) - share
      gradientBase += miss
      gradientSlope -= miss * root
      const weight = share * (1 - share)
      curveBase += weight
      curveBoth -= weight * root
      curveSlope += weight * root * root
    }
    const determinant = curveBase * curveSlope - curveBoth * curveBoth
    base += (curveSlope * gradientBase - curveBoth * gradientSlope) / determinant
    slope += (curveBase * gradientSlope - curveBoth * gradientBase) / determinant
  }
  return { base: Math.round(base * 100) / 100, slope: Math.round(slope * 100) / 100 }
}

/** How far the curve's shares are from what happened, in the mean over ten equal groups. */
export function calibrationError(
  samples: readonly { readonly confidence: number; readonly isRight: boolean }[],
): number {
  const sorted = samples.toSorted((a, b) => a.confidence - b.confidence)
  const groups = Array.from({ length: 10 }, (_, index) =>
    sorted.slice(Math.floor((index * sorted.length) / 10), Math.floor(((index + 1) * sorted.length) / 10)),
  )
  const errors = groups.map((group) => {
    const expected = group.reduce((sum, { confidence }) => sum + confidence, 0)
    const right = group.filter(({ isRight }) => isRight).length
    return Math.abs(expected - right)
  })
  return errors.reduce((sum, error) => sum + error, 0) / Math.max(1, samples.length)
}
