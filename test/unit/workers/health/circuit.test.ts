// When a target is down and when it is tried again: the rules as a table, and what holds whatever happens.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import {
  type Circuit,
  hold,
  type Moment,
  soundCircuit,
  standingOf,
  unheld,
  weigh,
} from '../../../../workers/health/circuit.ts'
import {
  addEvidence,
  type Evidence,
  evidenceOf,
  noEvidence,
  type Result,
} from '../../../../workers/health/evidence.ts'

const NOW = 1_764_547_200_000
const PROBE_MS = 10_000
const momentAt = (now: number, chance = 0): Moment => ({ now, probeMs: PROBE_MS, chance })

const overloaded: Failure = { kind: 'overloaded', status: 503 }
const silent: Failure = { kind: 'timeout', phase: 'head', limitMs: 10_000 }
const limited: Failure = { kind: 'rate-limited', status: 429, retryAfterMs: 2_000 }
const rejected: Failure = { kind: 'rejected', status: 400, message: 'no' }

type Word = 'ok' | 'bad' | 'silent' | 'limited' | 'rejected' | 'cut' | 'end'
const resultOf = (word: Word, beganAt: number): Result => {
  switch (word) {
    case 'ok':
      return { kind: 'answered', beganAt, tookMs: 5, stream: true }
    case 'bad':
      return { kind: 'failed', beganAt, failure: overloaded }
    case 'silent':
      return { kind: 'failed', beganAt, failure: silent }
    case 'limited':
      return { kind: 'failed', beganAt, failure: limited }
    case 'rejected':
      return { kind: 'failed', beganAt, failure: rejected }
    case 'cut':
      return { kind: 'cut', failure: overloaded }
    case 'end':
      return { kind: 'finished' }
  }
}
const evidence = (word: Word, now: number, beganAt = now): Evidence =>
  evidenceOf(resultOf(word, beganAt), now) ?? noEvidence
const isClosed = ({ state }: Circuit): boolean => state === 'closed'
const claim = (now: number): Evidence => ({ ...noEvidence, probedAt: now })

/** Words in a row, 100 ms apart. */
function after(words: string, from: Circuit = soundCircuit, begin = NOW): Circuit {
  let now = begin
  return words.split(' ').reduce((circuit, word) => {
    const next = weigh(circuit, evidence(word as Word, now), momentAt(now))
    now += 100
    return next
  }, from)
}
const many = (count: number, word: Word): string => Array.from({ length: count }, () => word).join(' ')

describe('a circuit opens', () => {
  const opens = [
    'bad bad bad',
    'silent',
    'ok ok bad bad bad',
    'bad ok bad bad bad',
    'limited',
    'ok cut ok cut ok cut',
    'ok end ok cut ok cut ok cut',
    `${many(100, 'ok')} ${many(10, 'bad')}`,
    `${many(100, 'ok')} limited`,
    Array.from({ length: 8 }, () => 'ok bad bad').join(' '),
  ]
  for (const words of opens)
    it(`after ${words.length > 60 ? `${words.slice(0, 60)}...` : words}`, () =>
      expect(after(words).state).toBe('open'))
})

describe('a circuit stays closed', () => {
  const stays = [
    'ok',
    'bad bad',
    'bad bad ok bad bad',
    'bad bad rejected bad',
    'rejected rejected rejected rejected',
    'ok cut ok cut ok end ok cut',
    `${many(20, 'ok')} silent`,
    `${many(100, 'ok')} ${many(9, 'bad')}`,
    Array.from({ length: 40 }, () => 'ok ok bad').join(' '),
  ]
  for (const words of stays)
    it(`after ${words.length > 60 ? `${words.slice(0, 60)}...` : words}`, () =>
      expect(after(words).state).toBe('closed'))

  it('for failures of calls that began before it closed', () => {
    const closed = weigh(
      weigh(after('silent'), claim(NOW + 10_000), momentAt(NOW + 10_000)),
      evidence('ok', NOW + 10_100, NOW + 10_000),
      momentAt(NOW + 10_100),
    )
    const late = evidence('silent', NOW + 10_500, NOW + 9_000)
    expect(weigh(closed, late, momentAt(NOW + 10_500)).state).toBe('closed')
  })

  it('for failures that are long past', () => {
    const before = after(many(30, 'ok'))
    expect(after(many(3, 'bad'), before, NOW + 5_000).state).toBe('closed')
    expect(after(many(3, 'bad'), before, NOW + 60_000).state).toBe('open')
  })
})

describe('while it is open', () => {
  const open = after('bad bad bad')
  const openedAt = NOW + 200

  it('it is down until the interval is over, then due', () => {
    expect(open).toMatchObject({ state: 'open', since: openedAt, reason: 'overloaded', intervalMs: 10_000 })
    expect(standingOf(open, 'a', openedAt + 9_999)).toBe('down')
    expect(standingOf(open, 'a', openedAt + 10_000)).toBe('due')
  })

  it('the interval is a little shorter by chance', () => {
    const opened = weigh(soundCircuit, evidence('silent', NOW), momentAt(NOW, 1))
    expect(standingOf(opened, 'a', NOW + 9_000)).toBe('due')
    expect(standingOf(opened, 'a', NOW + 8_999)).toBe('down')
  })

  it('one try per interval, and the interval grows to twice its length', () => {
    let circuit: Circuit = open
    const gaps: number[] = []
    let now = openedAt
    let last = openedAt
    for (let tries = 0; tries < 5; tries += 1) {
      while (standingOf(circuit, 'a', now) !== 'due') now += 100
      gaps.push(now - last)
      last = now
      circuit = weigh(circuit, claim(now), momentAt(now))
      expect(standingOf(circuit, 'a', now)).toBe('down')
      circuit = weigh(circuit, evidence('bad', now, now), momentAt(now))
    }
    expect(gaps).toEqual([10_000, 15_000, 20_000, 20_000, 20_000])
  })

  it('a try that is never heard of again is given up after its interval', () => {
    const trying = weigh(open, claim(openedAt + 10_000), momentAt(openedAt + 10_000))
    expect(trying.state).toBe('half-open')
    expect(standingOf(trying, 'a', openedAt + 19_999)).toBe('down')
    expect(standingOf(trying, 'a', openedAt + 20_000)).toBe('due')
  })

  it('one answer closes it, by the try or by any call that began since', () => {
    const at = openedAt + 10_000
    const trying = weigh(open, claim(at), momentAt(at))
    expect(weigh(trying, evidence('ok', at + 50, at), momentAt(at + 50))).toMatchObject({
      state: 'closed',
      since: at + 50,
    })
    expect(weigh(open, evidence('ok', openedAt + 50, openedAt + 10), momentAt(openedAt + 50)).state).toBe(
      'closed',
    )
    expect(weigh(trying, evidence('rejected', at + 50, at), momentAt(at + 50)).state).toBe('closed')
  })

  it('an answer to a call from before it opened changes nothing', () => {
    const late = evidence('ok', openedAt + 50, NOW - 1_000)
    expect(weigh(open, late, momentAt(openedAt + 50))).toEqual(open)
  })

  it('a failure of another call changes nothing', () => {
    expect(weigh(open, evidence('bad', openedAt + 50), momentAt(openedAt + 50))).toEqual(open)
    const at = openedAt + 10_000
    const trying = weigh(open, claim(at), momentAt(at))
    expect(weigh(trying, evidence('silent', at + 50, at - 5_000), momentAt(at + 50))).toEqual(trying)
  })

  it('a try before its time is none', () =>
    expect(weigh(open, claim(openedAt + 500), momentAt(openedAt + 500))).toEqual(open))
})

describe('a target that asked to be left alone', () => {
  it('is tried once when it said, not before', () => {
    const aside = after('limited')
    expect(standingOf(aside, 'a', NOW + 1_999)).toBe('down')
    expect(standingOf(aside, 'a', NOW + 2_000)).toBe('due')
  })

  it('and asks again when it is tried, is left alone for the whole interval', () => {
    const at = NOW + 2_000
    const trying = weigh(after('limited'), claim(at), momentAt(at))
    const again = weigh(trying, evidence('limited', at + 10, at), momentAt(at + 10))
    expect(standingOf(again, 'a', at + 10 + 14_999)).toBe('down')
    expect(standingOf(again, 'a', at + 10 + 15_000)).toBe('due')
  })

  it('longer than the interval, is', () => {
    const open = after('bad bad bad')
    const long = evidenceOf(
      { kind: 'failed', beganAt: NOW + 300, failure: { ...limited, retryAfterMs: 50_000 } },
      NOW + 300,
    )
    const aside = weigh(open, long ?? noEvidence, momentAt(NOW + 300))
    expect(standingOf(aside, 'a', NOW + 50_299)).toBe('down')
    expect(standingOf(aside, 'a', NOW + 50_300)).toBe('due')
  })
})

describe('streams that die one after another', () => {
  it('open it again with the next that dies, until one finishes', () => {
    const open = after('ok cut ok cut ok cut')
    const at = NOW + 20_000
    const trying = weigh(open, claim(at), momentAt(at))
    const closed = after('ok', trying, at)
    expect(closed.state).toBe('closed')
    expect(after('cut', closed, at + 500).state).toBe('open')
    expect(after('end ok cut', closed, at + 500).state).toBe('closed')
  })
})

describe('the next try', () => {
  const open = hold(after('bad bad bad'), 'a', NOW + 200)
  const due = NOW + 200 + 10_000

  it('belongs to the isolate that asked first', () => {
    expect(standingOf(open, 'a', due)).toBe('due')
    expect(standingOf(open, 'b', due)).toBe('down')
    expect(hold(open, 'b', due)).toBe(open)
  })
  it('goes to another when its holder has no request for it', () => {
    const other = hold(open, 'b', due + 2_000)
    expect(standingOf(other, 'b', due + 2_000)).toBe('due')
    expect(standingOf(other, 'a', due + 2_000)).toBe('down')
  })
  it("is nobody else's while it is under way, and given anew when it was lost", () => {
    const trying = weigh(open, claim(due), momentAt(due))
    expect(hold(trying, 'b', due + 5_000)).toBe(trying)
    const anew = hold(trying, 'b', due + 12_000)
    expect(standingOf(anew, 'b', due + 12_000)).toBe('due')
  })
  it("is anybody's where nobody keeps the circuit", () => {
    expect(standingOf(unheld(open), 'b', due)).toBe('due')
    expect(unheld(soundCircuit)).toBe(soundCircuit)
  })
  it("of a sound target is nobody's", () => expect(hold(soundCircuit, 'a', NOW)).toBe(soundCircuit))
})

describe('whatever happens', () => {
  const word = fc.constantFrom<Word>('ok', 'bad', 'silent', 'limited', 'rejected', 'cut', 'end')
  const step = fc.record({
    words: fc.array(word, { maxLength: 4 }),
    waitMs: fc.constantFrom(1, 100, 900, 5_000, 10_000, 30_000),
    agoMs: fc.constantFrom(0, 50, 20_000),
    chance: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

  /** Plays steps; a request that finds the target due tries it. Returns the state, the time and the tries. */
  function play(steps: readonly Step[]): {
    circuit: Circuit
    now: number
    tries: { at: number; aside: boolean }[]
  } {
    let circuit: Circuit = soundCircuit
    let now = NOW
    const tries: { at: number; aside: boolean }[] = []
    for (const { words, waitMs, agoMs, chance } of steps) {
      const moment = momentAt(now, chance)
      if (standingOf(circuit, 'a', now) === 'due') {
        // Set aside on its own word, a target is first tried when it said, and that may be sooner.
        tries.push({ at: now, aside: circuit.state === 'open' && circuit.reason === 'rate-limited' })
        circuit = weigh(circuit, claim(now), moment)
      }
      const batch = words.map((one) => evidence(one, now, now - agoMs)).reduce(addEvidence, noEvidence)
      circuit = weigh(circuit, batch, moment)
      // A new outage, a new count; it may begin with the news that ended the one before.
      if (isClosed(circuit) || circuit.since === now) tries.length = 0
      expect(JSON.parse(JSON.stringify(circuit))).toEqual(circuit)
      now += waitMs
    }
    return { circuit, now, tries }
  }

  it('there is never more than one try per interval', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { tries } = play(steps)
        tries.forEach(({ at, aside }, index) => {
          const last = tries[index - 1]
          if (last !== undefined && !aside) expect(at - last.at).toBeGreaterThanOrEqual(PROBE_MS * 0.9)
        })
      }),
    )
  })

  it('a target that answers again is up again within two intervals of the first length and a request', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(100, 1_000, 4_000), (steps, everyMs) => {
        const played = play(steps.map((one) => ({ ...one, words: one.words.filter((w) => w !== 'limited') })))
        let { circuit, now } = played
        const recoveredAt = now
        while (standingOf(circuit, 'a', now) !== 'up') {
          if (standingOf(circuit, 'a', now) === 'due') {
            circuit = weigh(circuit, claim(now), momentAt(now))
            circuit = weigh(circuit, evidence('ok', now), momentAt(now))
          }
          now += everyMs
          expect(now - recoveredAt).toBeLessThanOrEqual(2 * PROBE_MS + 2 * everyMs)
        }
      }),
    )
  })
})
