// Evaluates micro through the real engine: node tools/eval/micro.ts [--tune] [--show] [model file]
// Prints right answers per skill and what each confidence bound covers and costs, and writes
// models/evaluation-engine.json. With --tune it asks roughened phrasings of the corpus instead of the held-out prompts,
// prints the curves that belong into workers/micro/confidence.ts and writes nothing, so that the held-out prompts stay
// held out. --show lists the wrong answers, the surest first.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ANSWER_BOUND, ESCALATE_BOUND, type AnswerKind } from '../../workers/micro/confidence.ts'
import { ask, openEngine, readBytes, readText } from './ask.ts'
import { calibrationError, fitCurve } from './fit.ts'
import { isRight, RULES, type Case, type Fact } from './grade.ts'
import { phrasingCases, type Author } from './phrasings.ts'
import { HONEST, missingReplies } from './replies.ts'
import { countSkills, coverageAt, type Graded } from './tables.ts'

const { values, positionals } = parseArgs({
  options: { tune: { type: 'boolean' }, show: { type: 'boolean' } },
  allowPositionals: true,
})
const modelPath = positionals[0] ?? 'models/micro.gguf'
const BOUNDS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]
const KINDS: readonly AnswerKind[] = ['prose', 'value', 'problem']
/** Of each author's phrasings, every second is asked: enough to fit two numbers a kind. */
const PHRASING_STEP = 2

const drifted = missingReplies(readText('tools/train/replies.py'))
if (drifted.length > 0) {
  throw new Error(
    `tools/eval/replies.ts no longer agrees with tools/train/replies.py: ${drifted.join(' | ')}`,
  )
}
const factList: readonly Fact[] = JSON.parse(readText('tools/train/corpus/facts.json'))
const facts = new Map(factList.map((fact) => [fact.id, fact]))

function heldOut(): Case[] {
  const lines = readText('tools/train/eval/prompts.jsonl').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line): Case => JSON.parse(line))
}

function phrasings(): Case[] {
  return ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].flatMap((name, index) => {
    const author: Author = JSON.parse(readText(`tools/train/corpus/author-${name}.json`))
    return phrasingCases(author, PHRASING_STEP, index + 1)
  })
}

async function gradeAll(cases: readonly Case[]): Promise<Graded[]> {
  const engine = openEngine(modelPath)
  const graded: Graded[] = []
  for (const item of cases) {
    const { text, judgement } = await ask(engine, item.prompt, 0)
    const isRefusal = text.trim() === HONEST
    graded.push({ ...item, reply: text, judgement, isRight: isRight(item, text, facts), isRefusal })
  }
  return graded
}

function printCurves(graded: readonly Graded[]): void {
  const checked = graded.filter(({ judgement, isRefusal }) => !isRefusal && judgement.surprise < Infinity)
  for (const kind of KINDS) {
    const samples = checked
      .filter(({ judgement }) => judgement.kind === kind)
      .map(({ judgement, isRight }) => ({ ...judgement, isRight }))
    const { base, slope } = fitCurve(samples)
    const error = (100 * calibrationError(samples)).toFixed(1)
    console.log(
      `${kind}: base ${base}, slope ${slope} from ${samples.length} answers; the present curve is off by ${error} points`,
    )
  }
}

function writeReport(graded: readonly Graded[]): void {
  const file = new Uint8Array(readBytes(modelPath))
  const report = {
    sha256: createHash('sha256').update(file).digest('hex'),
    bounds: { answer: ANSWER_BOUND, escalate: ESCALATE_BOUND },
    rules: RULES,
    skills: countSkills(graded, ANSWER_BOUND),
    coverage: BOUNDS.map((bound) => coverageAt(graded, bound)),
    records: graded.map(({ skill, prompt, reply, judgement, isRight, isRefusal }) => ({
      skill,
      prompt,
      reply,
      confidence: Math.round(judgement.confidence * 1e4) / 1e4,
      isRight,
      isRefusal,
    })),
  }
  const path = new URL('../../models/evaluation-engine.json', import.meta.url)
  writeFileSync(path, `${JSON.stringify(report, undefined, 1)}\n`)
}

const graded = await gradeAll(values.tune ? phrasings() : heldOut())
console.log(
  `${values.tune ? 'Roughened phrasings of the corpus' : 'Held-out prompts'}: ${graded.length}, answers given from confidence ${ANSWER_BOUND}`,
)
console.table(countSkills(graded, ANSWER_BOUND))
console.table(BOUNDS.map((bound) => coverageAt(graded, bound)))
if (values.show) {
  const wrong = graded.filter((item) => !item.isRight)
  for (const { judgement, skill, prompt, reply } of wrong.toSorted(
    (a, b) => b.judgement.confidence - a.judgement.confidence,
  )) {
    console.log(
      `${judgement.confidence.toFixed(3)} ${skill} ${JSON.stringify(prompt)} -> ${JSON.stringify(reply)}`,
    )
  }
}
if (values.tune) printCurves(graded)
else writeReport(graded)
