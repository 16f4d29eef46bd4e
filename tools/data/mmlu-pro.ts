// MMLU-Pro: what 29 models answered to its questions, a letter each, from the archives of TIGER-AI-Lab/MMLU-Pro.
import { type Fields, fieldsOf, isFields, listOf, text } from '../../shared/fields.ts'
import { arrayIn, lines, type Read, type Source } from './source.ts'
import { readZip } from './zip.ts'

/** In the order of the letters of `pred`. */
const MODELS = [
  'DeepSeek-Coder-V2',
  'Llama-2-13b-hf',
  'Llama-2-70b-hf',
  'Llama-2-7b-hf',
  'Meta-Llama-3-70B',
  'Meta-Llama-3-8B',
  'Meta-Llama-3_1-70B-Instruct',
  'Meta-Llama-3_1-70B',
  'Meta-Llama-3_1-8B-Instruct',
  'Meta-Llama-3_1-8B',
  'Mistral-7B-Instruct-v0.1',
  'Mistral-7B-Instruct-v0.2',
  'Mistral-7B-v0.1',
  'Mistral-7B-v0.2-hf',
  'Mixtral-8x7B-Instruct-v0.1',
  'Mixtral-8x7B-v0.1',
  'Phi-3-mini-4k-instruct',
  'Qwen1.5-110B',
  'Qwen1.5-72B-Chat',
  'Qwen1.5-7B-Chat',
  'Yi-34B',
  'Yi-6B',
  'Yi-6b-Chat',
  'c4ai-command-r-v01',
  'gemini-1.5-flash-002',
  'gemini-1.5-pro-002',
  'gemma-7b',
  'jamba-1.5-large',
  'mathstral-7B',
]

const NO_ANSWER = '?'
const NO_ROW = '-'

interface Question {
  readonly id: string
  readonly category: string
  readonly question: string
  readonly options: readonly unknown[]
  readonly answer: string
}

/** What one model answered. */
interface Sheet {
  readonly model: string
  readonly answers: ReadonlyMap<string, string>
  /** Of its answers, by the right one that its own file names. */
  readonly right: number
}

/** The questions are as the first model's file has them that has them: some files differ in a letter here and there. */
export async function makeExam(
  read: Read,
  models: readonly string[] = MODELS,
): Promise<Readonly<Record<string, string>>> {
  const questions = new Map<string, Question>()
  const sheets: Sheet[] = []
  for (const model of models) {
    const path = `eval_results/model_outputs_${model}_5shots.zip`
    sheets.push(sheetOf(model, rowsIn(await read(path), path), questions))
  }
  const exam = [...questions.values()].map((question) => ({
    ...question,
    pred: sheets.map(({ answers }) => answers.get(question.id) ?? NO_ROW).join(''),
  }))
  return {
    'mmlu_pro.jsonl': lines(exam),
    'models.json': `${JSON.stringify(sheets.map(summaryOf), null, 1)}\n`,
  }
}

/** One of the files holds words between its rows, of questions that could not be asked. */
function rowsIn(archive: Uint8Array, path: string): Fields[] {
  const files = [...readZip(archive)].filter(
    ([name]) => name.endsWith('.json') && !name.startsWith('__MACOSX'),
  )
  const [file] = files
  if (file === undefined || files.length > 1)
    throw new Error(`${path} holds ${files.length} JSON files, not one: has it changed?`)
  return arrayIn(file[1], `${path}/${file[0]}`).filter(isFields)
}

function sheetOf(model: string, rows: readonly Fields[], questions: Map<string, Question>): Sheet {
  const answers = new Map<string, string>()
  let right = 0
  for (const row of rows) {
    const question = questionOf(row, model)
    if (answers.has(question.id)) throw new Error(`${model} answered question ${question.id} twice`)
    if (!questions.has(question.id)) questions.set(question.id, question)
    const answer = letterOf(row, model)
    answers.set(question.id, answer)
    if (answer === question.answer) right += 1
  }
  return { model, answers, right }
}

function questionOf(row: Fields, model: string): Question {
  const id = row['question_id']
  const question = {
    id: typeof id === 'number' ? String(id) : text(id),
    category: text(row['category']),
    question: text(row['question']),
    options: listOf(row['options']),
    answer: text(row['answer']),
  }
  if (question.id === '' || !/^[A-J]$/.test(question.answer) || question.options.length === 0)
    throw new Error(`a row of ${model} is not a question: ${JSON.stringify(question)}; has the file changed?`)
  return question
}

function letterOf(row: Fields, model: string): string {
  const { pred } = fieldsOf(row)
  if (pred === null) return NO_ANSWER
  if (typeof pred !== 'string' || !/^[A-J]$/.test(pred))
    throw new Error(`an answer of ${model} is ${JSON.stringify(pred)}: has the file changed?`)
  return pred
}

function summaryOf({ model, answers, right }: Sheet): unknown {
  const none = [...answers.values()].filter((answer) => answer === NO_ANSWER).length
  return {
    model,
    acc: percent(right, answers.size),
    no_answer_pct: percent(none, answers.size),
    n: answers.size,
  }
}

const percent = (part: number, whole: number): number => Math.round((part / whole) * 10_000) / 100

export const MMLU_PRO: Source = {
  name: 'mmlu-pro',
  repository: 'TIGER-AI-Lab/MMLU-Pro',
  commit: 'f418b116db00b065c2aea046518d8fcf74d39872',
  sums: {
    'mmlu_pro.jsonl': '0227b649587a15e0a1abf8b38b69ac79f9a9d7933f6466a90fdeb1f19fbd4374',
    'models.json': '61b2a5253c228aab28639b297f9fc110b40de804a53a6f9cfeca384e3bbe08aa',
  },
  make: makeExam,
}
