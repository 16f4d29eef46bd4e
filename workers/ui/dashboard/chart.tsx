// One figure over time, drawn by uPlot, and the same as a table for whoever does not see it.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { type Colour, colour, isDark } from './colours.ts'

export interface Curve {
  readonly name: string
  readonly colour: Colour
  readonly values: readonly (number | null)[]
  /** Bars from the bottom; a line unless said. */
  readonly bars?: true
  readonly dashed?: true
  /** Between this line and the next one, this colour. */
  readonly wash?: Colour
}

interface ChartProps {
  readonly title: string
  /** One sentence of what it shows. */
  readonly says: string
  readonly startsMs: readonly number[]
  readonly step: 'hour' | 'day'
  readonly curves: readonly Curve[]
  readonly write: (value: number) => string
  /** The most that can be, where that is known. */
  readonly most?: number
}

const HEIGHT = 168
const FONT = '11px system-ui, sans-serif'

export function Chart(props: ChartProps): JSX.Element {
  const { title, says, startsMs, step, curves, write } = props
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const dark = isDark.value
  const shape = JSON.stringify([step, curves.map(({ name, bars, dashed }) => [name, bars, dashed]), dark])

  useEffect(() => {
    const place = box.current
    if (place === null) return undefined
    const made = new uPlot(optionsOf(props, place.clientWidth), dataOf(props), place)
    plot.current = made
    const resized = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: HEIGHT }))
    resized.observe(place)
    return () => {
      resized.disconnect()
      made.destroy()
      plot.current = null
    }
    // oxlint-disable-next-line -- drawn anew when its shape changes; new figures are put in below
  }, [shape])

  useEffect(() => plot.current?.setData(dataOf(props)))

  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <p class="note">{says}</p>
      </figcaption>
      <div ref={box} class="plot" aria-hidden="true" />
      <details class="numbers">
        <summary>
          As a table<span class="hidden">: {title}</span>
        </summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={`${title}, as a table`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{step === 'hour' ? 'Hour' : 'Day'}</th>
                {curves.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {startsMs.map((at, row) => (
                <tr key={at}>
                  <th scope="row">{nameOf(at, step)}</th>
                  {curves.map(({ name, values }) => (
                    <td key={name} class="number">
                      {written(values[row], write)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

const written = (value: number | null | undefined, write: (value: number) => string): string =>
  value === null || value === undefined ? '–' : write(value)

const hours = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
/** Days are counted in UTC. */
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

export const nameOf = (at: number, step: 'hour' | 'day'): string =>
  (step === 'hour' ? hours : days).format(at)

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** Midnight is called by its day. */
function shortNameOf(at: number, step: 'hour' | 'day'): string {
  const time = clock.format(at)
  return step === 'day' || time === '00:00' ? days.format(at) : time
}

const dataOf = ({ startsMs, curves }: ChartProps): uPlot.AlignedData => [
  startsMs.map((at) => at / 1_000),
  ...curves.map(({ values }) => [...values]),
]

function optionsOf({ step, curves, write, most }: ChartProps, width: number): uPlot.Options {
  const ink = colour('faint')
  const pad = (step === 'hour' ? 3_600 : 86_400) / 2
  const grid = { stroke: colour('line'), width: 1 }
  const bars = uPlot.paths.bars?.({ size: [0.7, 24], radius: 0.2 })
  return {
    width,
    height: HEIGHT,
    ...(step === 'day'
      ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC') }
      : {}),
    cursor: { y: false, sync: { key: 'overview' }, points: { size: 6 }, drag: { x: false, y: false } },
    legend: { live: true, markers: { width: 2, dash: (_plot, place) => dashOf(curves[place - 1]) } },
    padding: [8, 20, 0, 0], // the last day's name is written around its line
    scales: {
      x: { range: (_plot, low, high) => [low - pad, high + pad] },
      y: { range: (_plot, _low, high) => [0, most ?? niceTop(high)] },
    },
    axes: [
      {
        stroke: ink,
        font: FONT,
        grid: { show: false },
        ticks: { show: false },
        size: 24,
        space: 56,
        values: (_plot, splits) => splits.map((at) => shortNameOf(at * 1_000, step)),
      },
      {
        stroke: ink,
        font: FONT,
        grid,
        ticks: { show: false },
        size: 56,
        space: 36,
        values: (_plot, splits) => splits.map(write),
      },
    ],
    series: [
      {
        label: '',
        value: (_plot, at) => (at === null ? '' : nameOf(at * 1_000, step)),
      },
      ...curves.map((curve): uPlot.Series => ({
        label: curve.name,
        stroke: colour(curve.colour),
        width: curve.bars === true ? 0 : 1.75,
        points: { show: curve.bars !== true && curve.values.filter((value) => value !== null).length < 2 },
        value: (_plot, value: number | null) => (value === null ? '' : write(value)),
        ...(curve.dashed === true ? { dash: [5, 4] } : {}),
        ...(curve.bars === true
          ? { fill: colour(curve.colour), ...(bars === undefined ? {} : { paths: bars }) }
          : {}),
      })),
    ],
    bands: curves.flatMap(({ wash }, place) =>
      wash === undefined ? [] : [{ series: [place + 1, place + 2] as [number, number], fill: colour(wash) }],
    ),
  }
}

const dashOf = (curve: Curve | undefined): string => (curve?.dashed === true ? 'dashed' : 'solid')

/** A little room above the highest value; a scale of its own where there is none. */
const niceTop = (high: number | null): number => (high === null || high <= 0 ? 1 : high * 1.08)
