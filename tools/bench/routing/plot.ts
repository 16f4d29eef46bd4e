// A line chart as SVG: labels across, APGR upwards. Pure.

export interface Line {
  readonly points: readonly (readonly [number, number])[]
  readonly colour: string
  readonly width: number
  readonly name?: string
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 360, 56, 44, 16]
const [LOW, HIGH] = [0.48, 0.7]

export function plot(lines: readonly Line[], marks: readonly (readonly [number, string])[]): string {
  const most = Math.max(...lines.flatMap(({ points }) => points.map(([x]) => x)))
  const across = (x: number): string => (LEFT + (x / most) * (WIDTH - LEFT - 16)).toFixed(1)
  const up = (y: number): string =>
    (HEIGHT - BOTTOM - ((y - LOW) / (HIGH - LOW)) * (HEIGHT - BOTTOM - TOP)).toFixed(1)
  const ticks = [0.5, 0.55, 0.6, 0.65, 0.7]
  const stops = Array.from({ length: 7 }, (_, at) => Math.round((most * at) / 6))
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...ticks.map((y) => `<text x="${LEFT - 8}" y="${up(y)}" text-anchor="end" dy="4">${y.toFixed(2)}</text>`),
    ...stops.map(
      (x) => `<text x="${across(x)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${x}</text>`,
    ),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">labels learned from</text>`,
    `<text x="14" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 ${HEIGHT / 2})">APGR on questions not seen</text>`,
    ...marks.map(
      ([y, name]) =>
        `<path d="M${LEFT} ${up(y)}H${WIDTH - 16}" stroke="#c0392b" stroke-dasharray="4 4" fill="none"/><text x="${WIDTH - 18}" y="${up(y)}" dy="-4" text-anchor="end" fill="#c0392b">${name}</text>`,
    ),
    ...lines.map(
      ({ points, colour, width }) =>
        `<polyline fill="none" stroke="${colour}" stroke-width="${width}" points="${points.map(([x, y]) => `${across(x)},${up(y)}`).join(' ')}"/>`,
    ),
    '</svg>',
  ].join('\n')}\n`
}
