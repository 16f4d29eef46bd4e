// One curve: every setting asked all the questions with a key of its own, its dollars checked, its answers judged.
import { checkBooks } from './books.ts'
import { type Question, STRONG, WEAK } from './questions.ts'
import { allStrong, type Setting } from './settings.ts'
import { type Key, send, type Sent, type Stage } from './stage.ts'
import type { Outcome } from './sums.ts'
import type { Row } from './table.ts'

/** Micro-dollars of the strong model's answer, by prompt. */
export type StrongCosts = ReadonlyMap<string, number>

export interface Curve {
  readonly rows: readonly Row[]
  readonly requests: number
  readonly receipts: number
}

/** Asks as told with a key of its own; the replies, once the books have been found to agree with them. */
export async function askAll(
  stage: Stage,
  { name, bodyFor }: Setting,
  questions: readonly Question[],
  project?: string,
): Promise<{ readonly sent: readonly Sent[]; readonly receipts: number; readonly key: Key }> {
  const key = await stage.makeKey(name, project)
  const client = stage.client(key)
  const startedAt = Date.now()
  const sent = await send(client, questions, bodyFor)
  const { receipts, micros } = await checkBooks(stage.admin, client, key, sent)
  stage.tell(`${name}: ${sent.length} questions, $${micros / 1e6}, ${Date.now() - startedAt} ms`)
  return { sent, receipts, key }
}

export async function strongCosts(stage: Stage, questions: readonly Question[]): Promise<StrongCosts> {
  const { sent } = await askAll(stage, allStrong, questions)
  return new Map(sent.map(({ question, micros }) => [question.prompt, micros]))
}

export async function runCurve(
  stage: Stage,
  questions: readonly Question[],
  settings: readonly Setting[],
): Promise<Curve> {
  const { sent } = await askAll(stage, allStrong, questions)
  const costs: StrongCosts = new Map(sent.map(({ question, micros }) => [question.prompt, micros]))
  const rows: Row[] = []
  let [requests, read] = [sent.length, 0]
  for (const setting of settings) {
    const asked = await askAll(stage, setting, questions)
    rows.push(rowOf(setting.name, asked.sent, costs))
    requests += asked.sent.length
    read += asked.receipts
  }
  return { rows: [...rows, rowOf(allStrong.name, sent, costs)], requests, receipts: read }
}

export function rowOf(name: string, sent: readonly Sent[], costs: StrongCosts): Row {
  const of = (judge: (question: Question, model: string, text: string) => boolean): Outcome[] =>
    sent.map(({ question, text, model, isStrong, micros }) => ({
      right: judge(question, model, text),
      weak: judge(question, WEAK, question.answers.get(WEAK)?.text ?? ''),
      strong: judge(question, STRONG, question.answers.get(STRONG)?.text ?? ''),
      isStrong,
      micros,
      strongMicros: costs.get(question.prompt) ?? 0,
    }))
  return {
    name,
    outcomes: of(({ isRight }, _, text) => isRight(text)),
    recorded: of(({ answers }, model) => answers.get(model)?.flag === true),
  }
}
