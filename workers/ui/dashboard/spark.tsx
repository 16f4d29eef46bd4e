// A row's course over time, as small as a word. What it says is in the row's own numbers, so nobody needs to read it.
import type { JSX } from 'preact'

const [WIDTH, HEIGHT] = [96, 20]

export function Spark({ values }: { readonly values: readonly number[] }): JSX.Element {
  const most = Math.max(1e-9, ...values)
  const step = WIDTH / Math.max(1, values.length)
  const bars = values.flatMap((value, place) => {
    if (value <= 0) return []
    const height = Math.max(1, (value / most) * HEIGHT)
    return [
      `M${(place * step).toFixed(1)} ${HEIGHT}v${(-height).toFixed(1)}h${Math.max(0.5, step * 0.75).toFixed(1)}v${height.toFixed(1)}z`,
    ]
  })
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path d={bars.join('')} />
    </svg>
  )
}
