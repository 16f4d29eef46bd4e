// The look at small models' answers: learned from labels, heard only where it does better than the question alone, and held
// to a share of escalated answers.
import { describe, expect, it } from 'vitest'
import type { Label } from '../../../../shared/label.ts'
import type { Plan } from '../../../../shared/plan.ts'
import { seededRandom } from '../../../../shared/random.ts'
import { lookOf } from '../../../../workers/routing/answer.ts'
import { openLearner } from '../../../../workers/routing/learner.ts'
import { openLooks } from '../../../../workers/routing/looks.ts'
import { openMind, readMind, type Taught } from '../../../../workers/routing/mind.ts'
import { sketchOf } from '../../../../workers/routing/sketch.ts'
import { callerWith, planOf, requestFor, target } from '../../samples.ts'

const question = (at: number): string =>
  `Ann has ${at + 3} pears and buys ${(at * 7) % 31} more. How many has she?`
const sumOf = (at: number): number => at + 3 + ((at * 7) % 31)
/** A small model whose sums are wrong every other time, which the questions do not show. */
const isWrong = (at: number): boolean => (at * 2_654_435_761) % 4_294_967_296 > 2_147_483_648
const answer = (at: number, wrong = isWrong(at)): string =>
  `${at + 3} + ${(at * 7) % 31} = ${sumOf(at) + (wrong ? 5 : 0)}. So it is ${sumOf(at) + (wrong ? 5 : 0)}.`

const labelOf = (at: number, over: Partial<Label> = {}): Label => ({
  sketch: sketchOf(requestFor(question(at))),
  weak: isWrong(at) ? 0 : 1,
  strong: 1,
  source: 'shadow',
  at,
  look: { sketch: lookOf(requestFor(question(at)), answer(at)), prior: 0.5 },
  ...over,
})

const taught = (
  count: number,
  over: (at: number) => Partial<Label> = () => ({}),
): ReturnType<typeof openMind> => {
  const mind = openMind()
  for (let at = 0; at < count; at += 1) mind.add(labelOf(at, over(at)))
  return mind
}

const told: Taught = readMind(taught(400).lesson())
const silent: Taught = readMind(taught(60).lesson())

const plan: Plan = planOf([], {
  route: 'auto',
  targets: [target('small', { tier: 'mini' }), target('large', { tier: 'frontier' })],
  cascade: { holdMs: 1, holdChars: 1, secondAnswer: false },
})

describe('what a route learns of answers', () => {
  it('tells right ones from wrong ones where the questions do not, and says so beside the learner of questions', () => {
    const { look, ...questions } = taught(400).standing()
    expect(questions.labels).toBe(400)
    expect(look).toMatchObject({ labels: 400, isOn: true, prior: 0.5 })
    expect(look?.learner).toBeGreaterThan(0.7)
    expect(look?.reason).toMatch(/^On: .*the question alone 0\.500/)
  })

  it('is off below its labels, and where the question alone orders as well, and says so', () => {
    expect(silent.look.standing).toMatchObject({
      isOn: false,
      reason: expect.stringMatching(/^Off: \d+ of 150/),
    })
    const wise = taught(400, (at) => ({
      look: { sketch: lookOf(requestFor(question(at)), answer(at)), prior: isWrong(at) ? 0.9 : 0.1 },
    }))
    expect(wise.standing().look).toMatchObject({ prior: expect.closeTo(0.75, 1) })
    const { isOn, learner = 0 } = wise.standing().look ?? {}
    expect(isOn).toBe(learner >= (wise.standing().look?.prior ?? 1))
    const idle = taught(400, (at) => ({
      look: { sketch: lookOf(requestFor(question(at)), 'Some pears.'), prior: isWrong(at) ? 0.9 : 0.1 },
    }))
    expect(idle.standing().look?.isOn).toBe(false)
  })

  it('goes on from its snapshot, from that of a lone learner, and from labels without an answer', () => {
    const mind = taught(200)
    const again = openMind(mind.snapshot())
    for (let at = 200; at < 300; at += 1) again.add(labelOf(at))
    expect(again.standing().look?.labels).toBe(300)
    const lone = openLearner()
    for (let at = 0; at < 200; at += 1) lone.add(labelOf(at))
    const grown = openMind(lone.snapshot())
    expect(grown.standing()).toMatchObject({ labels: 200, look: { labels: 0, isOn: false } })
    const { look: _, ...bare } = labelOf(200)
    grown.add(bare)
    expect(grown.standing()).toMatchObject({ labels: 201, look: { labels: 0 } })
    expect(readMind(new Uint8Array()).look.standing.isOn).toBe(false)
  })
})

describe('a look', () => {
  const open = (over: Partial<Plan> = {}, looks = openLooks(() => told.look)) => {
    let number = 0
    return (at: number) =>
      looks({
        request: requestFor(question(at)),
        plan: { ...plan, ...over },
        caller: callerWith(),
        id: `req_${(number += 1)}`,
      })
  }

  it('is none where nothing of use is known, and where no answer is checked', () => {
    const { cascade: _, ...unchecked } = plan
    const asked = { request: requestFor('Hi'), caller: callerWith(), id: 'r' }
    expect(openLooks(() => undefined)({ ...asked, plan })).toBeUndefined()
    expect(openLooks(() => silent.look)({ ...asked, plan })).toBeUndefined()
    expect(openLooks(() => told.look)({ ...asked, plan: unchecked })).toBeUndefined()
  })

  it('without a share doubts as many as have gained by it, the wrong ones, and nothing that another agreed with', () => {
    const ask = open()
    const strong = Array.from({ length: 550 }, (_, n) => {
      const seen = ask(400 + n)?.judge({ text: answer(400 + n), agreed: false })
      return seen?.isStrong === true
    })
    const share = strong.filter(Boolean).length / strong.length
    expect(share).toBeGreaterThan(0.35)
    expect(share).toBeLessThan(0.65)
    const just = strong.filter((isStrong, n) => isStrong === isWrong(400 + n)).length
    expect(just / strong.length).toBeGreaterThan(0.75)
    const looking = ask(401)
    expect(looking?.judge({ text: answer(401, true), agreed: true })).toEqual({ score: expect.any(Number) })
    expect(looking?.judge({ text: answer(401), doubt: 'cut', agreed: false })?.isStrong).toBeUndefined()
    expect(looking?.judge({ agreed: false })).toBeUndefined()
  })

  const random = seededRandom(7)
  for (const lookShare of [0, 0.1, 0.3, 0.5, 1])
    it(`with a share of ${lookShare} escalates that many, the wrong ones first`, () => {
      const ask = open({ lookShare })
      const strong = Array.from({ length: 550 }, (_, n) => {
        const looking = ask(400 + n)
        const seen = looking?.judge({ text: answer(400 + n), agreed: false })
        looking?.settle(seen?.isStrong === true ? 'frontier' : 'mini')
        return seen?.isStrong === true
      })
      const share = strong.filter(Boolean).length / strong.length
      expect(Math.abs(share - lookShare)).toBeLessThan(0.02)
      const right = strong.filter((isStrong, n) => isStrong && !isWrong(400 + n)).length
      if (lookShare > 0 && lookShare < 0.5) expect(right / strong.filter(Boolean).length).toBeLessThan(0.2)
    })

  it('holds its share also of answers that the checks doubt, of calls without a choice, and of escalations that fail', () => {
    const ask = open({ lookShare: 0.3 })
    let strong = 0
    for (let n = 0; n < 900; n += 1) {
      const looking = ask(n)
      const what = random()
      if (what < 0.1) {
        looking?.settle('frontier') // no small model could serve it
        strong += 1
        continue
      }
      const doubt = what < 0.6 ? { doubt: 'empty' } : { text: answer(n) }
      const isStrong = looking?.judge({ ...doubt, agreed: false })?.isStrong === true && random() < 0.9
      looking?.settle(isStrong ? 'frontier' : 'mini')
      if (isStrong) strong += 1
    }
    expect(Math.abs(strong / 900 - 0.3)).toBeLessThan(0.02)
  })
})
