// RouteLLM: whether Mixtral-8x7B and GPT-4 were right on MMLU and GSM8K, from the evaluations of lm-sys/RouteLLM.
import { readCsv } from './csv.ts'
import { lines, type Read, type Source, utf8 } from './source.ts'

const FOLDER = 'routellm/evals'
/** Some files name the maker of a model before it, some do not. */
const WEAK = 'mixtral-8x7b-instruct-v0.1'
const STRONG = 'gpt-4-1106-preview'

const SUBJECTS =
  'abstract_algebra anatomy astronomy business_ethics clinical_knowledge college_biology college_chemistry college_computer_science college_mathematics college_medicine college_physics computer_security conceptual_physics econometrics electrical_engineering elementary_mathematics formal_logic global_facts high_school_biology high_school_chemistry high_school_computer_science high_school_european_history high_school_geography high_school_government_and_politics high_school_macroeconomics high_school_mathematics high_school_microeconomics high_school_physics high_school_psychology high_school_statistics high_school_us_history high_school_world_history human_aging human_sexuality international_law jurisprudence logical_fallacies machine_learning management marketing medical_genetics miscellaneous moral_disputes moral_scenarios nutrition philosophy prehistory professional_accounting professional_law professional_medicine professional_psychology public_relations security_studies sociology us_foreign_policy virology world_religions'.split(
    ' ',
  )

interface Row {
  readonly domain?: string
  readonly prompt: string
  readonly weak: 0 | 1
  readonly strong: 0 | 1
  readonly weak_response?: string
  readonly strong_response?: string
}

/** Prompts that the published routers were trained on are left out, as in the published figures. */
export function rowsOf(csv: string, contaminated: ReadonlySet<string>, domain?: string): Row[] {
  return readCsv(csv).flatMap((line) => {
    const prompt = line['prompt'] ?? ''
    if (prompt === '' || contaminated.has(prompt)) return []
    const [weak, strong] = [rightness(line, WEAK), rightness(line, STRONG)]
    const answers = [field(line, `${WEAK}_response`), field(line, `${STRONG}_response`)]
    return [
      {
        ...(domain === undefined ? {} : { domain }),
        prompt,
        weak,
        strong,
        ...(answers[0] === undefined ? {} : { weak_response: answers[0] }),
        ...(answers[1] === undefined ? {} : { strong_response: answers[1] }),
      },
    ]
  })
}

const field = (line: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(line).find(([key]) => key.toLowerCase().split('/').at(-1) === name)?.[1]

function rightness(line: Readonly<Record<string, string>>, model: string): 0 | 1 {
  const value = field(line, model)?.toLowerCase()
  if (value === 'true' || value === '1') return 1
  if (value === 'false' || value === '0') return 0
  throw new Error(`'${model}' is neither true nor false but '${value ?? 'absent'}': has the file changed?`)
}

export function contaminatedIn(lines: string): Set<string> {
  return new Set(
    lines
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): string => {
        const its: unknown = JSON.parse(line)
        return typeof its === 'object' && its !== null && 'eval_prompt' in its ? String(its.eval_prompt) : ''
      }),
  )
}

export async function makeRouteLlm(
  read: Read,
  subjects: readonly string[] = SUBJECTS,
): Promise<Readonly<Record<string, string>>> {
  const file = async (path: string): Promise<string> => utf8(await read(`${FOLDER}/${path}`))
  const seen = contaminatedIn(await file('mmlu/contaminated_prompts.jsonl'))
  const mmlu: Row[] = []
  for (const subject of subjects)
    mmlu.push(...rowsOf(await file(`mmlu/responses/mmlu_${subject}.csv`), seen, subject))
  const known = contaminatedIn(await file('gsm8k/contaminated_prompts.jsonl'))
  const gsm8k = rowsOf(await file('gsm8k/gsm8k_responses.csv'), known)
  return { 'mmlu.jsonl': lines(mmlu), 'gsm8k.jsonl': lines(gsm8k) }
}

/** At the revision that the published figures were measured at. */
export const ROUTELLM: Source = {
  name: 'routellm',
  repository: 'lm-sys/RouteLLM',
  commit: '0b64fdafe049e596a3f5657c219329f24af24198',
  sums: {
    'mmlu.jsonl': '5e691b9e961cd72392249fbc7769021b24335786caeb55bb846a3b40b1ba3957',
    'gsm8k.jsonl': 'd4b2997fd030d2352a72c64f2ba8970c95780dead00385c9ee16d8a993d21bbb',
  },
  make: makeRouteLlm,
}
