// Log-probabilities of a candidate, between Gemini's form and that of chat completions, which events carry. Pure.
// Source: https://ai.google.dev/api/generate-content#LogprobsResult
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'

const readToken = (candidate: Fields) => ({
  token: text(candidate['token']),
  logprob: typeof candidate['logProbability'] === 'number' ? candidate['logProbability'] : 0,
  bytes: null,
})

export function readLogprobs(result: Fields): Record<string, unknown> {
  const tops = listOf(result['topCandidates'])
  const content = listOf(result['chosenCandidates']).map((chosen, at) => ({
    ...readToken(fieldsOf(chosen)),
    top_logprobs: listOf(fieldsOf(tops[at])['candidates']).map((one) => readToken(fieldsOf(one))),
  }))
  return { content, refusal: null }
}

const writeToken = (entry: Fields) => ({ token: text(entry['token']), logProbability: entry['logprob'] })

/** Undefined where the value says nothing that Gemini has a word for. */
export function writeLogprobs(value: unknown): Record<string, unknown> | undefined {
  const entries = listOf(fieldsOf(value)['content']).filter(isFields)
  if (entries.length === 0) return undefined
  return {
    topCandidates: entries.map((entry) => ({
      candidates: listOf(entry['top_logprobs']).map((one) => writeToken(fieldsOf(one))),
    })),
    chosenCandidates: entries.map(writeToken),
  }
}
