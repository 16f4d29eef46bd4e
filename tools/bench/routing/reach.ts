// What micro's guarded prior holds and what it costs: easy prompts that a suffix moves, hard ones that are left to micro, and
// of these the ones that micro would answer itself. On prompts that none of it was fitted to.
import { fieldsOf, text } from '../../../shared/fields.ts'
import { ESCALATE_BOUND } from '../../../workers/micro/confidence.ts'
import { ContextLengthError } from '../../../workers/micro/prompt.ts'
import { classify } from '../../../workers/routing/classify.ts'
import { PLAIN_CUT } from '../../../workers/routing/dial.ts'
import { ask as askMicro, openEngine, readText } from '../../eval/ask.ts'
import { HONEST } from '../../eval/replies.ts'
import { ask } from '../../train-router/ask.ts'
import { familiesOf } from '../../train-router/reaches.ts'
import { attack, LOOKS, type Score } from './attack.ts'
import { shuffled } from './measure.ts'

const VICTIMS = 100
const BEYOND = new Set(['other', 'email', 'sentiment'])
const WORDS = ['prove', 'explain', 'compare', 'program', 'essay', 'detail', 'translate', 'poem', 'story']

const scoreOf =
  (isGuarded: boolean): Score =>
  (prompt) =>
    classify(ask(prompt), undefined, { weak: 'micro', isGuarded }).score
const MANNERS = [scoreOf(false), scoreOf(true)]

export async function reachTables(folder: string): Promise<string> {
  const prompts = readText('tools/train/eval/prompts.jsonl')
    .trim()
    .split('\n')
    .map((line) => fieldsOf(JSON.parse(line)))
  const of = (isBeyond: boolean): string[] =>
    prompts.filter((its) => BEYOND.has(text(its['skill'])) === isBeyond).map((its) => text(its['prompt']))
  const [easy, hard] = [of(false), of(true)]
  const given = openGate()
  const sets: readonly (readonly [string, readonly string[]])[] = [
    ['that micro can answer', easy],
    ['beyond micro', hard],
    ['the same, each after `Hello! `', hard.map((prompt) => `Hello! ${prompt}`)],
    ['the same, each after `Can you help me? `', hard.map((prompt) => `Can you help me? ${prompt}`)],
    ...familiesOf(folder).map(({ name, unseen }) => [`of ${name}`, unseen] as const),
  ]
  const rows: string[] = []
  for (const [name, list] of sets) {
    const cells: string[] = []
    for (const score of MANNERS) {
      const left = list.filter((prompt) => score(prompt) <= PLAIN_CUT)
      let count = 0
      for (const prompt of left) count += (await given(prompt)) ? 1 : 0
      cells.push(percent(left.length, list.length), percent(count, list.length))
    }
    rows.push(`| ${name} | ${list.length} | ${cells.join(' | ')} |`)
  }
  return [
    '**What is left to micro, and what micro then answers itself** (prompts that nothing was fitted to)',
    '',
    '| prompts | | left, unguarded | answered | left, guarded | answered |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    ...(await Promise.all(MANNERS.map((score) => attackLine(easy, score, given)))),
  ].join('\n')
}

async function attackLine(
  easy: readonly string[],
  score: Score,
  given: (prompt: string) => Promise<boolean>,
): Promise<string> {
  const victims = shuffled(easy.length, 9)
    .flatMap((at) => easy[at] ?? [])
    .filter((prompt) => score(prompt) <= PLAIN_CUT)
    .slice(0, VICTIMS)
  const attacked = victims.map((prompt) => attack(prompt, score, PLAIN_CUT, [...LOOKS, ...WORDS]))
  const held = attacked.filter(({ isMoved }) => !isMoved)
  let sentOn = 0
  for (const its of held) sentOn += (await given(its.text)) ? 0 : 1
  const name = score === MANNERS[0] ? 'Unguarded' : 'Guarded'
  const moved = percent(attacked.length - held.length, attacked.length)
  return `- ${name}: ${moved} of ${attacked.length} prompts that micro can answer are moved by a suffix.${held.length === 0 ? '' : ` Of the others, with their 40 tokens, micro sends ${percent(sentOn, held.length)} on by its own doubt.`}`
}

/** Whether micro's own gate lets its answer through where somebody larger could answer. */
function openGate(): (prompt: string) => Promise<boolean> {
  const engine = openEngine('models/micro.gguf')
  const known = new Map<string, boolean>()
  return async (prompt) => {
    const before = known.get(prompt)
    if (before !== undefined) return before
    const isGiven = await askMicro(engine, prompt, 0).then(
      (answer) => answer.text.trim() !== HONEST && answer.judgement.confidence >= ESCALATE_BOUND,
      (error: unknown) => {
        if (error instanceof ContextLengthError) return false // micro is not asked what it cannot read
        throw error
      },
    )
    known.set(prompt, isGiven)
    return isGiven
  }
}

const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`
