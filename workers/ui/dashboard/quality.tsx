// The last re-benchmark as a chart of quality against cost, and one model's history on it as a trail.
import type { JSX } from 'preact'
import type { Measured } from './answers.ts'
import { dayOf, money, share } from './figures.ts'
import { linkTo } from './address.ts'
import { type Dot, scatterOf } from './scatter.ts'
import { numbers, plain, Sheet } from './sheet.tsx'

const COLUMNS = [
  plain('Measured'),
  numbers('Right'),
  numbers('Per 1,000 requests'),
  numbers('Per right answer'),
  numbers('First token p50'),
  numbers('Tokens a second'),
  plain('Found'),
]

interface QualityProps {
  readonly latest: readonly Measured[]
  /** Of the chosen model, newest first. */
  readonly history: readonly Measured[]
  readonly chosen: string | undefined
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP] = [640, 280, 48, 40, 96, 14]
const across = (x: number): number => LEFT + x * (WIDTH - LEFT - RIGHT)
const up = (y: number): number => HEIGHT - BOTTOM - y * (HEIGHT - BOTTOM - TOP)

export function Quality({ latest, history, chosen }: QualityProps): JSX.Element {
  const older = history.slice(1)
  const { dots, costTicks, qualityTicks } = scatterOf([...latest, ...older])
  const now = dots.slice(0, dots.length - countable(older))
  const trail = dots.slice(now.length)
  const head = now.find(({ name }) => name === chosen)
  return (
    <figure class="chart quality">
      <figcaption>
        <h3>Quality against cost</h3>
        <p class="note">Up and to the left is better. Choose a model to see where it came from.</p>
      </figcaption>
      <div class="scroll drawing" tabIndex={0} role="region" aria-label="Chart of quality against cost">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={inWords(now)}>
          {qualityTicks.map(({ y, quality }) => (
            <g key={quality} class="tick">
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={up(y)} y2={up(y)} />
              <text x={LEFT - 8} y={up(y) + 4} text-anchor="end">
                {share(quality)}
              </text>
            </g>
          ))}
          {costTicks.map(({ x, cost }) => (
            <text key={x} class="tick-name" x={across(x)} y={HEIGHT - BOTTOM + 18} text-anchor="middle">
              {cost === 0 ? 'free' : tick(cost)}
            </text>
          ))}
          <text class="tick-name" x={WIDTH - RIGHT} y={HEIGHT - 4} text-anchor="end">
            US dollars per 1,000 requests
          </text>
          {head !== undefined && trail.length > 0 && (
            <polyline
              class="trail"
              points={[head, ...trail].map(({ x, y }) => `${across(x)},${up(y)}`).join(' ')}
            />
          )}
          {trail.map(({ at, x, y }) => (
            <circle key={at} class="dot-old" cx={across(x)} cy={up(y)} r={3} />
          ))}
          {now.map((dot) => (
            // The links below do the same with the keyboard.
            <g key={dot.name} class="pick" onClick={() => location.assign(linkTo('models', dot.name))}>
              <circle
                class={dot.name === chosen ? 'dot dot-chosen' : 'dot'}
                cx={across(dot.x)}
                cy={up(dot.y)}
                r={6}
              />
              <text class="dot-name" x={across(dot.x) + 10} y={up(dot.y) + 4}>
                {dot.name}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </figure>
  )
}

const tick = (cost: number): string =>
  cost >= 1 ? `$${cost}` : `$${cost.toFixed(Math.max(2, Math.ceil(-Math.log10(cost))))}`

const countable = (results: readonly Measured[]): number => scatterOf(results).dots.length

const inWords = (dots: readonly Dot[]): string =>
  `Quality against cost: ${dots.map(({ name, quality, cost }) => `${name} ${share(quality)} for ${money(cost)} per 1,000 requests`).join('; ')}`

/** One model's results, newest first. */
export const History = ({ results }: { readonly results: readonly Measured[] }): JSX.Element => (
  <Sheet label="Results of this model" columns={COLUMNS}>
    {results.map((result) => (
      <tr key={result.at}>
        <th scope="row">{dayOf(Date.parse(result.at))}</th>
        <td class="number">
          {share(result.accuracy.share, 1)} <span class="faint">of {result.accuracy.total}</span>
        </td>
        <td class="number">{price(result.cost.per_1000_requests)}</td>
        <td class="number">{price(result.cost.per_correct_answer)}</td>
        <td class="number">
          {result.latency.first_ms.p50 === null ? '–' : `${Math.round(result.latency.first_ms.p50)} ms`}
        </td>
        <td class="number">{result.throughput.tokens_per_second?.toFixed(1) ?? '–'}</td>
        <td class={result.marked ? 'bad' : ''}>{foundIn(result)}</td>
      </tr>
    ))}
  </Sheet>
)

const price = (value: number | null): string => (value === null ? '–' : money(value))

function foundIn({ findings, marked }: Measured): string {
  if (findings.length === 0) return 'nothing unusual'
  const said = findings
    .map(({ what, kind }) => (kind === undefined ? words(what) : `${words(what)} (${words(kind)})`))
    .join(', ')
  return marked ? `worse: ${said}` : said
}

const words = (name: string): string => name.replaceAll('-', ' ')
