// ZeroEval: what 15 models answered to GSM8K and to the hardest of MATH, from the results of WildEval/ZeroEval. Whether
// an answer is right is computed here, by one rule for all models.
import { type Fields, fieldsOf, isFields, listOf, parse, text } from '../../shared/fields.ts'
import { arrayIn, lines, type Read, type Source } from './source.ts'

const MODELS = [
  'gpt-4o-mini-2024-07-18',
  'gpt-4o-2024-08-06',
  'claude-3-haiku-20240307',
  'claude-3-5-haiku-20241022',
  'claude-3-5-sonnet-20241022',
  'Meta-Llama-3.1-8B-Instruct',
  'Meta-Llama-3.1-70B-Instruct',
  'Llama-3.1-405B-Instruct-Turbo',
  'gpt-3.5-turbo-0125',
  'gemini-1.5-flash',
  'gemini-1.5-pro',
  'gemma-2-2b-it',
  'gemma-2-9b-it',
  'Phi-3.5-mini-instruct',
  'Mistral-Nemo-Instruct-2407',
]

/** Two of the models were not asked the questions of MATH. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  gsm: MODELS,
  'math-l5': MODELS.filter((model) => !/^(?:Llama-3\.1-405B|Mistral-Nemo)/.test(model)),
}

interface Row {
  readonly id: string
  readonly prompt: string
  /** The right one, as it stands there. */
  readonly answer: string
  /** By model: 1 where it was right. */
  readonly c: Record<string, 0 | 1>
  /** By model: the number that it gave, null where it gave none. */
  readonly a: Record<string, number | null>
  /** By model: how many characters it wrote. */
  readonly olen: Record<string, number>
}

export async function makeZeroEval(
  read: Read,
  sets: Readonly<Record<string, readonly string[]>> = SETS,
): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {}
  for (const [set, models] of Object.entries(sets)) {
    const rows = new Map<string, Row>()
    for (const model of models) {
      const path = `result_dirs/${set}/${model}.json`
      for (const one of arrayIn(await read(path), path)) note(rows, model, fieldsOf(one), path)
    }
    files[`${set}.jsonl`] = lines([...rows.values()])
  }
  return files
}

function note(rows: Map<string, Row>, model: string, fields: Fields, path: string): void {
  const id = typeof fields['id'] === 'number' ? String(fields['id']) : text(fields['id'])
  const answer = text(fields['answer'])
  const prompt = text(fields['question'] ?? fields['problem'])
  const [output] = listOf(fields['output'])
  const right = numberIn(answer)
  if (id === '' || prompt === '' || typeof output !== 'string' || right === null)
    throw new Error(`row '${id}' of ${path} is not an answer to a question: has the file changed?`)
  const row = rows.get(id) ?? { id, prompt, answer, c: {}, a: {}, olen: {} }
  if (row.prompt !== prompt || row.answer !== answer)
    throw new Error(`row '${id}' of ${path} is another question than in the files before it`)
  rows.set(id, row)
  const given = numberIn(answerIn(output))
  row.c[model] = given === right ? 1 : 0
  row.a[model] = given
  row.olen[model] = [...output].length
}

/**
 * Models were told to write JSON with a field `answer`. It is read from the first brace to the last; where that is not
 * JSON (formulas break it, or a second object follows), from the last place that looks like the field.
 */
export function answerIn(output: string): string {
  const whole = parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1))
  const answer = isFields(whole) ? whole['answer'] : undefined
  if (answer !== undefined && answer !== null)
    return typeof answer === 'string' ? answer : JSON.stringify(answer)
  return [...output.matchAll(/"answer"\s*:\s*"?([^"]*)/g)].at(-1)?.[1] ?? ''
}

/** The first number, thousands separated or not. A fraction counts as its numerator: no right answer is one. */
export function numberIn(answer: string): number | null {
  const found = /-?\d+(?:\.\d+)?/.exec(answer.replaceAll(/[$,]/g, ''))
  return found === null ? null : Number(found[0])
}

export const ZEROEVAL: Source = {
  name: 'zeroeval',
  repository: 'WildEval/ZeroEval',
  commit: '8c1485edf12c6efb5f69135a562927c5ad484059',
  sums: {
    'gsm.jsonl': '7d76ed0bcafe493689526e5c1363338467c1b39624a9496cf15e29a61ff0fafa',
    'math-l5.jsonl': '33ae7b172a79dcf3f3f39fec5c708f3f2470903b7969749478d6a4504ca317c9',
  },
  make: makeZeroEval,
}
