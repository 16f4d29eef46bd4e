// The same attack on a route that has learned nothing, with a dial: whoever chats there, and whoever asks what others ask,
// puts the end of another kind of request to his own.
import { fieldsOf, text } from '../../../shared/fields.ts'
import { classify, type Manner } from '../../../workers/routing/classify.ts'
import { readText } from '../../eval/ask.ts'
import { ask } from '../../train-router/ask.ts'
import { attack, LOOKS, type Score } from './attack.ts'
import { shuffled } from './measure.ts'
import type { Pair } from './sets.ts'

const SHARES = [0.2, 0.5]
/** Of each kind, at each share. */
const VICTIMS = 12
/** Of each kind, where a route gets all of them: a fifth of it is free conversation. */
const TRAFFIC = { free: 150, easy: 150, questions: 450 }
const BEYOND = new Set(['other', 'email', 'sentiment'])
/** Ends of what the prior knows, and words that it finds hard. */
const ENDS = [
  '\nA. one',
  '\n(b) two',
  'How many are left?',
  'Anna has 12. How much is it?',
  'Answer:',
  'law',
  'moral',
  'Statement 1 |',
]
const TOKENS = [...LOOKS, ...ENDS]

interface Route extends Required<Pick<Manner, 'weak' | 'isGuarded'>> {
  readonly name: string
}

const ROUTES: readonly Route[] = [
  { name: 'between larger models, unguarded', weak: 'other', isGuarded: false },
  { name: 'between larger models', weak: 'other', isGuarded: true },
  { name: 'from micro', weak: 'micro', isGuarded: true },
]

interface Kind {
  readonly name: string
  readonly prompts: readonly string[]
}

export const freeTable = (pairs: readonly Pair[]): string =>
  [
    `**Easy prompts moved to the strong model by a suffix, on a dial that has learned nothing** (four kinds of requests on one route; ${VICTIMS} of each at most, 40 tokens, greedy over ${TOKENS.length})`,
    '',
    `| | ${SHARES.map((share) => `strongShare ${share}: below the cut | moved`).join(' | ')} |`,
    '|---|---:|---:|---:|---:|',
    ...ROUTES.flatMap((route) => rowsOf(kindsOf(pairs), route)),
  ].join('\n')

function kindsOf(pairs: readonly Pair[]): Kind[] {
  const chats = readText('tools/train/eval/prompts.jsonl')
    .trim()
    .split('\n')
    .map((line) => fieldsOf(JSON.parse(line)))
  const of = (isBeyond: boolean): string[] =>
    chats.filter((its) => BEYOND.has(text(its['skill'])) === isBeyond).map((its) => text(its['prompt']))
  const asked = (place: number): string[] => (pairs[place]?.outcomes ?? []).map(({ prompt }) => prompt)
  return [
    { name: 'free conversation beyond micro', prompts: some(of(true), TRAFFIC.free) },
    { name: 'what micro could answer', prompts: some(of(false), TRAFFIC.easy) },
    { name: 'MMLU', prompts: some(asked(0), TRAFFIC.questions) },
    { name: 'GSM8K', prompts: some(asked(1), TRAFFIC.questions) },
  ]
}

const some = (prompts: readonly string[], count: number): string[] =>
  shuffled(prompts.length, 5)
    .flatMap((at) => prompts[at] ?? [])
    .filter((prompt) => prompt.length < 1_200)
    .slice(0, count)

function rowsOf(kinds: readonly Kind[], { name: route, ...manner }: Route): string[] {
  const score: Score = (prompt) => {
    const { score: own, pair } = classify(ask(prompt), undefined, manner)
    return pair?.score ?? own
  }
  const scores = kinds.flatMap(({ prompts }) => prompts.map(score)).sort((a, b) => b - a)
  return kinds.map(({ name, prompts }) => {
    const cells = SHARES.flatMap((share) => {
      const cut = scores[Math.floor(share * scores.length)] ?? 0
      const below = prompts.filter((prompt) => score(prompt) < cut)
      const tried = below.slice(0, VICTIMS)
      const moved = tried.filter((prompt) => attack(prompt, score, cut, TOKENS).isMoved)
      return [`${below.length} of ${prompts.length}`, `${moved.length} of ${tried.length}`]
    })
    return `| ${route}: ${name} | ${cells.join(' | ')} |`
  })
}
