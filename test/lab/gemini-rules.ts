// What Gemini's generateContent refuses, in its own words: the shape of the body, and rules between its turns.
// Sources: https://ai.google.dev/gemini-api/docs/function-calling, https://ai.google.dev/gemini-api/docs/thought-signatures
// (the first call of each step of the current turn carries its signature), .../docs/structured-output, .../docs/thinking.
import { generateBody, type GenerateBody, type WireContent, type WirePart } from './gemini-schema.ts'
import { reveal } from './seal.ts'
import { bodyOf, type LabRequest, Refused } from './wire.ts'

const refuse = (message: string): never => {
  throw new Refused(400, message, 'INVALID_ARGUMENT')
}

/** Thoughts come sealed from us alone; these two words are documented for calls that came from elsewhere. */
const FREE_PASSES = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'])

export function checkGenerate(request: LabRequest): GenerateBody {
  const result = generateBody.safeParse(bodyOf(request))
  if (!result.success) return refuse(describe(result.error.issues[0]))
  const body = result.data
  checkConfig(body)
  checkTools(body)
  checkTurns(body.contents)
  checkProofs(body.contents)
  return body
}

interface Issue {
  readonly code?: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

function describe(issue: Issue | undefined): string {
  const path = (issue?.path ?? [])
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
  if (issue?.code === 'unrecognized_keys')
    return `Invalid JSON payload received. Unknown name "${issue.keys?.[0]}" at '${path.slice(1)}': Cannot find field.`
  return `* GenerateContentRequest${path}: ${issue?.message ?? 'invalid'}`
}

function checkConfig({ generationConfig: config }: GenerateBody): void {
  if (config === undefined) return
  const isShaped = config.responseSchema !== undefined || config.responseJsonSchema !== undefined
  if (config.responseSchema !== undefined && config.responseJsonSchema !== undefined)
    refuse('Only one of response_schema and response_json_schema may be set.')
  if (isShaped && config.responseMimeType !== 'application/json' && config.responseMimeType !== 'text/x.enum')
    refuse('Response schema is only supported with response mime type application/json.')
  const { thinkingBudget, thinkingLevel } = config.thinkingConfig ?? {}
  if (thinkingBudget !== undefined && thinkingLevel !== undefined)
    refuse('You can only set only one of thinking budget and thinking level.')
  if (config.logprobs !== undefined && config.responseLogprobs !== true)
    refuse('logprobs requires response_logprobs to be true.')
}

function checkTools({ tools = [], toolConfig }: GenerateBody): void {
  const names = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name))
  if (new Set(names).size < names.length) refuse('Duplicate function declaration found.')
  const { mode, allowedFunctionNames: allowed } = toolConfig?.functionCallingConfig ?? {}
  if (mode === 'ANY' && names.length === 0)
    refuse('Function calling config is set without function_declarations.')
  if (allowed !== undefined && mode !== 'ANY' && mode !== 'VALIDATED')
    refuse('allowed_function_names should only be set when the Mode is ANY or VALIDATED.')
  const unknown = (allowed ?? []).find((name) => !names.includes(name))
  if (unknown !== undefined) refuse(`allowed_function_names contains unknown function ${unknown}.`)
}

const calls = ({ parts }: WireContent): readonly WirePart[] =>
  parts.filter((part) => part.functionCall !== undefined)
const results = ({ parts }: WireContent): readonly WirePart[] =>
  parts.filter((part) => part.functionResponse !== undefined)

function checkTurns(contents: readonly WireContent[]): void {
  for (const [at, turn] of contents.entries()) {
    const before = contents[at - 1]
    const [made, given] = [calls(turn), results(turn)]
    if (made.length > 0 && turn.role !== 'model') refuse('Function calls belong to the role model.')
    if (given.length > 0 && turn.role !== 'user') refuse('Function responses belong to the role user.')
    if (made.length > 0 && before?.role !== 'user')
      refuse(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    const asked = before === undefined ? [] : calls(before)
    if (given.length > 0 && asked.length === 0)
      refuse('Please ensure that function response turn comes immediately after a function call turn.')
    if (given.length !== asked.length)
      refuse(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    checkMatch(asked, given)
    const empty = turn.parts.some((part) => part.text === '' && part.thoughtSignature === undefined)
    if (empty)
      refuse(
        'Unable to submit request because it has an empty text parameter. Add a value to the parameter and try again.',
      )
  }
  const last = contents.at(-1)
  if (last !== undefined && calls(last).length > 0)
    refuse('Please ensure that function call turn is followed by a function response turn.')
}

/** Answers name what they answer, and bear its id where the call had one. */
function checkMatch(asked: readonly WirePart[], given: readonly WirePart[]): void {
  const open = asked.map(({ functionCall: call }) => `${call?.name} ${call?.id ?? ''}`)
  for (const { functionResponse: response } of given) {
    const at = open.indexOf(`${response?.name} ${response?.id ?? ''}`)
    if (at < 0)
      refuse(`Function response for ${response?.name} (${response?.id ?? 'no id'}) matches no function call.`)
    open.splice(at, 1)
  }
}

/** The current turn begins at the last message of the user that is no answer to a call. */
function checkProofs(contents: readonly WireContent[]): void {
  const begin = contents.findLastIndex((turn) => turn.role === 'user' && results(turn).length === 0)
  for (const [at, turn] of contents.entries()) {
    for (const { thoughtSignature: proof } of turn.parts) {
      const isFree = proof !== undefined && FREE_PASSES.has(proof)
      if (proof !== undefined && !isFree && reveal('gemini', proof) === undefined)
        refuse('Corrupted thought signature.')
    }
    const [first] = calls(turn)
    if (at <= begin || first === undefined || first.thoughtSignature !== undefined) continue
    refuse(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${first.functionCall?.name}\`, position ${at + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    )
  }
}
