// Evaluates micro through the real engine: node tools/eval/micro.ts [--tune] [model file]
// Prints right answers per skill and what each confidence bound costs and saves, and writes models/evaluation-engine.json.
// With --tune it asks roughened phrasings of the corpus instead of the held-out prompts and writes nothing: bounds are
// chosen there, so that the held-out prompts stay held out.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CONFIDENCE_BOUND } from '../../workers/micro/confidence.ts'
import { ask, openEngine, readBytes, readText } from './ask.ts'
import { isRight, RULES, type Case, type Fact } from './grade.ts'
import { phrasingCases, type Author } from './phrasings.ts'
import { HONEST, missingReplies } from './replies.ts'

const { values, positionals } = parseArgs({
  options: { tune: { type: 'boolean' }, show: { type: 'boolean' } },
  allowPositionals: true,
})
const modelPath = positionals[0] ?? 'models/micro.gguf'
const BOUNDS = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]

const drifted = missingReplies(readText('tools/train/replies.py'))
if (drifted.length > 0)
  throw new Error(
    `tools/eval/replies.ts no longer agrees with tools/train/replies.py: ${drifted.join(' | ')}`,
  )

const factList: readonly Fact[] = JSON.parse(readText('tools/train/corpus/facts.json'))
const facts = new Map(factList.map((fact) => [fact.id, fact]))

function heldOut(): Case[] {
  const lines = readText('tools/train/eval/prompts.jsonl').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line): Case => JSON.parse(line))
}

function phrasings(): Case[] {
  return ['a', 'b', 'c', 'd'].flatMap((name, index) => {
    const author: Author = JSON.parse(readText(`tools/train/corpus/author-${name}.json`))
    return phrasingCases(author, 4, index + 1)
  })
}

interface Graded extends Case {
  readonly reply: string
  readonly confidence: number
  readonly isRight: boolean
  /** Whether the model itself said that it cannot answer. */
  readonly isRefusal: boolean
}

async function gradeAll(cases: readonly Case[]): Promise<Graded[]> {
  const engine = openEngine(modelPath)
  const graded: Graded[] = []
  for (const item of cases) {
    const { text, confidence } = await ask(engine, item.prompt, 0)
    graded.push({
      ...item,
      reply: text,
      confidence,
      isRight: isRight(item, text, facts),
      isRefusal: text.trim() === HONEST,
    })
  }
  return graded
}

const percent = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10)

/** Per skill and overall: right without the gate, and right, refused and wrong with it. */
function tabulate(graded: readonly Graded[], bound: number) {
  const skills = [...new Set(graded.map(({ skill }) => skill)), 'overall']
  return skills.map((skill) => {
    const items = graded.filter((item) => skill === 'overall' || item.skill === skill)
    const isGiven = (item: Graded) => item.confidence >= bound && !item.isRefusal
    const bare = items.filter((item) => item.isRight).length
    const right = items.filter((item) =>
      item.skill === 'other' ? !isGiven(item) : item.isRight && isGiven(item),
    ).length
    const refused = items.filter((item) => item.skill !== 'other' && !isGiven(item)).length
    return {
      skill,
      total: items.length,
      bareRight: bare,
      barePercent: percent(bare, items.length),
      right,
      percent: percent(right, items.length),
      refused,
      wrong: items.length - right - refused,
    }
  })
}

/** Coverage is the share of answerable requests that get an answer; error is the share of all given answers that are wrong. */
function coverageAt(graded: readonly Graded[], bound: number) {
  const given = graded.filter((item) => item.confidence >= bound && !item.isRefusal)
  const answerable = graded.filter((item) => item.skill !== 'other')
  const covered = given.filter((item) => item.skill !== 'other').length
  const wrong = given.filter((item) => !item.isRight).length
  const right = tabulate(graded, bound).at(-1)
  return {
    bound,
    coveragePercent: percent(covered, answerable.length),
    errorPercent: percent(wrong, given.length),
    overallPercent: right?.percent ?? 0,
  }
}

const graded = await gradeAll(values.tune ? phrasings() : heldOut())
const table = tabulate(graded, CONFIDENCE_BOUND)
const coverage = BOUNDS.map((bound) => coverageAt(graded, bound))
console.log(
  `${values.tune ? 'Roughened phrasings of the corpus' : 'Held-out prompts'}, ${graded.length}, bound ${CONFIDENCE_BOUND}`,
)
console.table(table)
console.table(coverage)
if (values.show) {
  for (const item of graded.filter((each) => !each.isRight).sort((a, b) => b.confidence - a.confidence)) {
    console.log(
      `${item.confidence.toFixed(3)} ${item.skill} ${JSON.stringify(item.prompt)} -> ${JSON.stringify(item.reply)}`,
    )
  }
}
if (!values.tune) {
  const sha256 = createHash('sha256')
    .update(new Uint8Array(readBytes(modelPath)))
    .digest('hex')
  const records = graded.map(({ skill, prompt, reply, confidence, isRight, isRefusal }) => ({
    skill,
    prompt,
    reply,
    confidence: Number(confidence.toFixed(4)),
    isRight,
    isRefusal,
  }))
  const report = { sha256, bound: CONFIDENCE_BOUND, rules: RULES, skills: table, coverage, records }
  writeFileSync(
    new URL('../../models/evaluation-engine.json', import.meta.url),
    `${JSON.stringify(report, undefined, 1)}\n`,
  )
}
