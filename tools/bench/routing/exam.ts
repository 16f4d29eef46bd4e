// A cascade on MMLU-Pro: helpers answer first, and the strong model only where they do not agree. Every call is paid.
import { gainOf } from '../../../workers/routing/linear.ts'
import { fitLinear } from '../../../workers/routing/ridge.ts'
import { sketchFor } from '../../train-router/prior.ts'
import { drawn } from './measure.ts'
import { crossed, foldsOf, ourLearner } from './routers.ts'
import type { Exam } from './sets.ts'

/**
 * US dollars per million tokens, in and out: the prices of one host for the 8B and for a 70B of this family
 * (shared/catalogue.jsonl). The helpers are taken to cost what the 8B does, which has their size.
 */
const SMALL = [0.05, 0.08] as const
const LARGE = [0.59, 0.79] as const
/** The answers reason step by step. Letters of a token: four. */
const ANSWER_TOKENS = 250
const LETTERS_PER_TOKEN = 4

const STRONG = 'Meta-Llama-3_1-70B-Instruct'
const WEAK = 'Meta-Llama-3_1-8B-Instruct'

interface Question {
  readonly prompt: string
  readonly dollars: (model: string) => number
  readonly answerOf: (model: string) => string
  readonly right: string
}

interface Point {
  readonly name: string
  /** Whom it asks the strong model for: by place. */
  readonly strong: ReadonlySet<number>
  /** Share of the strong model's own accuracy. */
  readonly accuracy: number
  readonly per1000: number
  readonly strongShare: number
}

function questionsOf({ models, questions }: Exam): Question[] {
  const places = new Map(models.map((model, at) => [model, at]))
  return questions.map(({ prompt, right, answers }) => ({
    prompt,
    right,
    answerOf: (model) => answers[places.get(model) ?? -1] ?? '?',
    dollars(model) {
      const [input, output] = model === STRONG ? LARGE : SMALL
      return (input * (prompt.length / LETTERS_PER_TOKEN) + output * ANSWER_TOKENS) / 1e6
    },
  }))
}

/** What remains to gain by the strong model once the cheap ones have answered, learned on the other folds. */
function expectedGains(questions: readonly Question[], helpers: readonly string[]): number[] {
  const folds = foldsOf(questions.length)
  const examples = questions.map((question) => {
    const { prompt, answerOf, right } = question
    const own = answerOf(WEAK)
    const answers = helpers.map(answerOf)
    const agree = answers.filter((answer) => answer === own && answer !== '?').length
    const looks = [
      own === '?' ? 1 : 0,
      ...answers.map((answer) => (answer === own && answer !== '?' ? 1 : 0)),
      helpers.length === 0 ? 0 : agree / helpers.length,
      helpers.length > 0 && agree === helpers.length ? 1 : 0,
      helpers.length > 1 && agree === 0 && new Set(answers).size === 1 ? 1 : 0,
    ]
    const sketch = sketchFor(prompt)
    return {
      grams: sketch.grams,
      traits: Float32Array.from([...sketch.traits, ...looks]),
      gain: Number(answerOf(STRONG) === right) - Number(own === right),
    }
  })
  const gains: number[] = []
  for (let fold = 0; fold < 5; fold += 1) {
    const model = fitLinear(examples.filter((_, at) => folds[at] !== fold))
    for (const [at, example] of examples.entries()) if (folds[at] === fold) gains[at] = gainOf(model, example)
  }
  return gains
}

function pointAt(
  name: string,
  questions: readonly Question[],
  helpers: readonly string[],
  gains: readonly number[],
  direct: ReadonlySet<number>,
  share: number,
): Point {
  const order = gains
    .map((_, at) => at)
    .filter((at) => !direct.has(at))
    .sort((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0))
  const strong = new Set([
    ...direct,
    ...order.slice(0, Math.max(0, Math.round(share * gains.length) - direct.size)),
  ])
  let [right, dollars, best] = [0, 0, 0]
  for (const [at, question] of questions.entries()) {
    if (!direct.has(at)) for (const model of [WEAK, ...helpers]) dollars += question.dollars(model)
    if (strong.has(at)) dollars += question.dollars(STRONG)
    right += Number(question.answerOf(strong.has(at) ? STRONG : WEAK) === question.right)
    best += Number(question.answerOf(STRONG) === question.right)
  }
  return {
    name,
    strong,
    accuracy: right / best,
    per1000: (1_000 * dollars) / questions.length,
    strongShare: strong.size / questions.length,
  }
}

/** What it reaches of the strong model's accuracy, from draws of as many questions, with replacement. */
function accuracyWithin({ strong }: Point, questions: readonly Question[]): readonly [number, number] {
  const rights = questions.map(({ answerOf, right }, at) => ({
    its: Number(answerOf(strong.has(at) ? STRONG : WEAK) === right),
    best: Number(answerOf(STRONG) === right),
  }))
  return drawn(rights.length, (places) => {
    let [its, best] = [0, 0]
    for (const at of places) {
      its += rights[at]?.its ?? 0
      best += rights[at]?.best ?? 0
    }
    return its / best
  })
}

/** Those whose gain the prompt alone promises, by folds: they are spared the cheap calls. */
function hardest(questions: readonly Question[], share: number, gains: readonly number[]): Set<number> {
  const order = gains.map((_, at) => at).sort((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0))
  return new Set(order.slice(0, Math.round(share * questions.length)))
}

const SETUPS: readonly (readonly [string, readonly string[]])[] = [
  ['8B', []],
  ['8B, Phi-3-mini', ['Phi-3-mini-4k-instruct']],
  ['8B, mathstral-7B', ['mathstral-7B']],
  ['8B, Phi-3-mini, mathstral-7B', ['Phi-3-mini-4k-instruct', 'mathstral-7B']],
]
const DIRECT = [0, 0.2, 0.4]
const SHARES = Array.from({ length: 41 }, (_, at) => at / 40)
const GOAL = 0.98

export function cascadeTable(exam: Exam): string {
  const questions = questionsOf(exam)
  const alone = (1_000 * questions.reduce((sum, its) => sum + its.dollars(STRONG), 0)) / questions.length
  const before = promptGains(questions)
  const points = SETUPS.flatMap(([name, helpers]) => {
    const gains = expectedGains(questions, helpers)
    return DIRECT.flatMap((part) => {
      const direct = hardest(questions, part, before)
      const label = part === 0 ? name : `${name}; ${100 * part} % not asked`
      return SHARES.filter((share) => share >= part).map((share) =>
        pointAt(label, questions, helpers, gains, direct, share),
      )
    })
  })
  const cheapest = (goal: number): Point | undefined =>
    points.filter(({ accuracy }) => accuracy >= goal).toSorted((a, b) => a.per1000 - b.per1000)[0]
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
  const beside = besideOf(questions)
  const line = (goal: string, found: Point | undefined): string => {
    if (found === undefined) return `| ${goal} | - | - | - | - | - | - |`
    const [low, high] = accuracyWithin(found, questions)
    return `| ${goal} | ${found.name} | ${percent(found.strongShare)} | ${percent(found.accuracy)} (${percent(low)} to ${percent(high)}) | ${found.per1000.toFixed(4)} | ${percent(found.per1000 / alone)} | ${percent(beside.tossedFor(found.accuracy) / alone)} |`
  }
  return [
    `**Cascades on MMLU-Pro, Llama-3.1 8B -> 70B** (${questions.length} questions; the 70B alone costs $${alone.toFixed(4)} per 1,000; the cheapest of ${points.length} points for each goal)`,
    '',
    "| of the 70B's accuracy, at least | asked first | strong calls | reached (95 %) | $ per 1,000 | of the 70B's cost | a coin's cost for as much |",
    '|---|---|---:|---:|---:|---:|---:|',
    ...[0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97].map((goal) => line(percent(goal), cheapest(goal))),
    line(`**${percent(GOAL)}**`, cheapest(GOAL)),
    line('99.0 %', cheapest(0.99)),
    '',
    `The 8B alone has ${percent(beside.weak)} of the 70B's accuracy for ${percent(beside.weakPer1000 / alone)} of its cost. An oracle that asks the 70B only where it alone is right would have ${percent(beside.oracle)} for ${percent(beside.oraclePer1000 / alone)}.`,
    '',
    `Dollars per million tokens, in and out: 70B ${LARGE.join(' and ')}, all others ${SMALL.join(' and ')}. The outcomes have no token counts: ${LETTERS_PER_TOKEN} letters a token and answers of ${ANSWER_TOKENS} tokens are assumed, the shots before each question are left out.`,
  ].join('\n')
}

/** What to compare with: the small model alone, a coin that sends each question to the one or the other, and an oracle. */
function besideOf(questions: readonly Question[]) {
  const sum = (of: (its: Question) => number): number => questions.reduce((all, its) => all + of(its), 0)
  const isRight = ({ answerOf, right }: Question, model: string): boolean => answerOf(model) === right
  const isGain = (its: Question): boolean => !isRight(its, WEAK) && isRight(its, STRONG)
  const best = sum((its) => Number(isRight(its, STRONG)))
  const per1000 = (of: (its: Question) => number): number => (1_000 * sum(of)) / questions.length
  const weak = sum((its) => Number(isRight(its, WEAK))) / best
  const [weakPer1000, strongPer1000] = [WEAK, STRONG].map((model) => per1000((its) => its.dollars(model)))
  return {
    weak,
    weakPer1000: weakPer1000 ?? 0,
    /** Dollars for 1,000 questions, with as many tosses for the strong model as this accuracy takes. */
    tossedFor(accuracy: number): number {
      const share = Math.min(1, Math.max(0, (accuracy - weak) / (1 - weak)))
      return (1 - share) * (weakPer1000 ?? 0) + share * (strongPer1000 ?? 0)
    },
    oracle: sum((its) => Number(isRight(its, WEAK) || isRight(its, STRONG))) / best,
    oraclePer1000: per1000((its) => its.dollars(isGain(its) ? STRONG : WEAK)),
  }
}

function promptGains(questions: readonly Question[]): number[] {
  const outcomes = questions.map(({ prompt, answerOf, right }) => ({
    prompt,
    weak: Number(answerOf(WEAK) === right),
    strong: Number(answerOf(STRONG) === right),
  }))
  return crossed(questions.length, 1, ourLearner(outcomes))
}
