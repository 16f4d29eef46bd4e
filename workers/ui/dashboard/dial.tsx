// A route's dial: its curve, where it stands, and a hand to try another setting with. Nothing is changed by it.
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { Learned, WhatIf } from './answers.ts'
import { sayingOf, settingAt } from './setting.ts'
import { money, share } from './figures.ts'

interface DialProps {
  readonly route: string
  readonly past: WhatIf
  readonly curve: Learned['curve']
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP] = [560, 200, 64, 28, 48, 12]
const across = (x: number): number => LEFT + x * (WIDTH - LEFT - RIGHT)
const up = (y: number): number => HEIGHT - BOTTOM - y * (HEIGHT - BOTTOM - TOP)
const STEPS = 20

export function Dial({ route, past, curve }: DialProps): JSX.Element {
  const now = past.scored_share ?? 0
  const [hand, setHand] = useState(now)
  const settings = Array.from({ length: STEPS + 1 }, (_, step) => settingAt(step / STEPS, past, curve))
  const most = Math.max(1e-6, ...settings.map(({ per1k = 0 }) => per1k))
  const lowest = Math.min(0.9, ...settings.map(({ quality = 1 }) => quality))
  const line = (height: (setting: (typeof settings)[number]) => number | undefined): string =>
    settings
      .flatMap((setting) => {
        const y = height(setting)
        return y === undefined ? [] : [`${across(setting.share).toFixed(1)},${up(y).toFixed(1)}`]
      })
      .join(' ')
  const here = settingAt(hand, past, curve)
  const costs = line(({ per1k }) => (per1k === undefined ? undefined : per1k / most))
  const qualities = line(({ quality }) =>
    quality === undefined ? undefined : (quality - lowest) / (1 - lowest),
  )
  return (
    <div class="dial">
      <div class="scroll drawing" tabIndex={0} role="region" aria-label={`Curve of ${route}`}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
          {[0, 0.5, 1].map((part) => (
            <g key={part} class="tick">
              <line x1={LEFT} x2={WIDTH - RIGHT} y1={up(part)} y2={up(part)} />
              {costs !== '' && (
                <text x={LEFT - 8} y={up(part) + 4} text-anchor="end">
                  {money(most * part)}
                </text>
              )}
              {qualities !== '' && (
                <text x={WIDTH - RIGHT + 8} y={up(part) + 4}>
                  {share(lowest + part * (1 - lowest))}
                </text>
              )}
            </g>
          ))}
          {[0, 0.25, 0.5, 0.75, 1].map((part) => (
            <text key={part} class="tick-name" x={across(part)} y={HEIGHT - 8} text-anchor="middle">
              {share(part)}
            </text>
          ))}
          {past.scored_share !== null && (
            <line class="stands" x1={across(now)} x2={across(now)} y1={TOP} y2={HEIGHT - BOTTOM} />
          )}
          <polyline class="curve-quality" points={qualities} />
          <polyline class="curve-cost" points={costs} />
          <line class="hand" x1={across(hand)} x2={across(hand)} y1={TOP} y2={HEIGHT - BOTTOM} />
          {here.per1k !== undefined && (
            <circle class="dot" cx={across(hand)} cy={up(here.per1k / most)} r={5} />
          )}
        </svg>
      </div>
      <p class="keys-of-lines note">
        <span class="line-cost">Cost of 1,000 requests</span>
        {qualities !== '' && <span class="line-quality">Quality, of the frontier’s</span>}
        {past.scored_share !== null && <span class="line-stands">It was {share(now)}</span>}
      </p>
      <label class="field">
        <span class="label">Share of strong calls</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={hand}
          aria-label={`Share of strong calls of ${route}`}
          aria-valuetext={share(hand)}
          onInput={(event) => setHand(Number(event.currentTarget.value))}
        />
      </label>
      <p class="saying" role="status">
        {sayingOf(here, past)}
      </p>
    </div>
  )
}
