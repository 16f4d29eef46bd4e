// A cascade on MMLU-Pro: helpers answer first, and the strong model only where they do not agree. Every call is paid.
import { gainOf } from '../../../workers/routing/linear.ts'
import { fitLinear } from '../../../workers/routing/ridge.ts'
import { sketchFor } from '../../train-router/prior.ts'
import { foldsOf } from './routers.ts'
import type { Exam } from './sets.ts'

/** US dollars per million tokens, in and out, as hosts of open weights commonly ask; the lines of the exam give no tokens. */
const PRICES: Readonly<Record<string, readonly [number, number]>> = {
  'Meta-Llama-3_1-70B-Instruct': [0.4, 0.4],
  'Meta-Llama-3_1-8B-Instruct': [0.05, 0.05],
  'gemma-7b': [0.05, 0.05],
  'Phi-3-mini-4k-instruct': [0.05, 0.05],
  'mathstral-7B': [0.05, 0.05],
}
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
      const [input, output] = PRICES[model] ?? [0, 0]
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
  share: number,
): Point {
  const order = gains.map((_, at) => at).sort((a, b) => (gains[b] ?? 0) - (gains[a] ?? 0))
  const strong = new Set(order.slice(0, Math.round(share * order.length)))
  let [right, dollars, best] = [0, 0, 0]
  for (const [at, question] of questions.entries()) {
    for (const model of [WEAK, ...helpers]) dollars += question.dollars(model)
    if (strong.has(at)) dollars += question.dollars(STRONG)
    right += Number(question.answerOf(strong.has(at) ? STRONG : WEAK) === question.right)
    best += Number(question.answerOf(STRONG) === question.right)
  }
  return {
    name,
    accuracy: right / best,
    per1000: (1_000 * dollars) / questions.length,
    strongShare: strong.size / questions.length,
  }
}

export function cascadeTable(exam: Exam): string {
  const questions = questionsOf(exam)
  const setups: readonly (readonly [string, readonly string[]])[] = [
    ['8B alone looks', []],
    ['8B and Phi-3-mini', ['Phi-3-mini-4k-instruct']],
    ['8B and mathstral-7B', ['mathstral-7B']],
    ['8B, Phi-3-mini, mathstral-7B', ['Phi-3-mini-4k-instruct', 'mathstral-7B']],
    ['8B, gemma-7b, Phi-3-mini, mathstral-7B', ['gemma-7b', 'Phi-3-mini-4k-instruct', 'mathstral-7B']],
  ]
  const alone =
    (1_000 * questions.reduce((sum, question) => sum + question.dollars(STRONG), 0)) / questions.length
  const shares = Array.from({ length: 21 }, (_, at) => at / 20)
  const curves = setups.map(([name, helpers]) => {
    const gains = expectedGains(questions, helpers)
    return shares.map((share) => pointAt(name, questions, helpers, gains, share))
  })
  const enough = curves.flat().filter(({ accuracy }) => accuracy >= 0.98)
  const cheapest = enough.toSorted((a, b) => a.per1000 - b.per1000)[0]
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`
  return [
    `**Cascades on MMLU-Pro, Llama-3.1 8B -> 70B** (${questions.length} questions; the 70B alone: $${alone.toFixed(4)} per 1,000)`,
    '',
    "| asked first | strong calls | of the 70B's accuracy | $ per 1,000 | of the 70B's cost |",
    '|---|---:|---:|---:|---:|',
    ...curves.flatMap((points) =>
      points
        .filter((_, at) => at % 2 === 0)
        .map(
          ({ name, strongShare, accuracy, per1000 }) =>
            `| ${name} | ${percent(strongShare)} | ${percent(accuracy)} | ${per1000.toFixed(4)} | ${percent(per1000 / alone)} |`,
        ),
    ),
    '',
    cheapest === undefined
      ? 'None reaches 98 %.'
      : `Cheapest of all points with at least 98 %: ${cheapest.name}, ${percent(cheapest.strongShare)} strong calls, ${percent(cheapest.accuracy)} of the accuracy for ${percent(cheapest.per1000 / alone)} of the cost.`,
    '',
    `Prices assumed, dollars per million tokens: 70B ${PRICES[STRONG]?.[0]}, others ${PRICES[WEAK]?.[0]}; answers of ${ANSWER_TOKENS} tokens. The shots before each question are left out.`,
  ].join('\n')
}
