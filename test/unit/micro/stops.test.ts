import { describe, expect, it } from 'vitest'
import { makeStopFinder } from '../../../workers/micro/stops.ts'

/** Feeds pieces and gives what was shown, and whether a stop was met. */
function run(pieces: readonly string[], stops: readonly string[]) {
  const finder = makeStopFinder(stops)
  let shown = ''
  for (const piece of pieces) {
    const { text, isStopped } = finder.push(piece)
    shown += text
    if (isStopped) return { shown, isStopped }
  }
  return { shown: shown + finder.rest(), isStopped: false }
}

describe('a stop string', () => {
  const cases: [string, string[], string[], string, boolean][] = [
    ['inside a piece cuts there', ['ab STOP cd'], ['STOP'], 'ab ', true],
    ['that spans pieces is never shown', ['ab S', 'TO', 'P cd'], ['STOP'], 'ab ', true],
    ['that only seemed to begin is shown', ['ab ST', 'x'], ['STOP'], 'ab STx', false],
    ['that only seemed to begin is shown at the end', ['ab ST'], ['STOP'], 'ab ST', false],
    ['overlapping its own beginning is found', ['aaa', 'ab'], ['aab'], 'aa', true],
    ['met first wins', ['x END y STOP'], ['STOP', 'END'], 'x ', true],
    ['at the very beginning leaves nothing', ['\n', '\n'], ['\n\n'], '', true],
    ['absent changes nothing', ['a', 'b'], [], 'ab', false],
  ]
  for (const [name, pieces, stops, shown, isStopped] of cases) {
    it(name, () => expect(run(pieces, stops)).toEqual({ shown, isStopped }))
  }

  it('gives the same text however it is split', () => {
    const text = 'one two STTOP three STOP four'
    for (let size = 1; size < text.length; size++) {
      const pieces = text.match(new RegExp(`.{1,${size}}`, 'gu')) ?? []
      expect(run(pieces, ['STOP', 'TTT'])).toEqual({ shown: 'one two STTOP three ', isStopped: true })
    }
  })
})
