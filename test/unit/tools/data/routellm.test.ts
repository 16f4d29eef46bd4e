// The outcomes of RouteLLM: read from its files as they are published, prompts that routers had seen left out.
import { describe, expect, it } from 'vitest'
import { contaminatedIn, makeRouteLlm, rowsOf } from '../../../../tools/data/routellm.ts'
import { fileReader } from './files.ts'

describe('outcomes', () => {
  const csv =
    'prompt,mistralai/Mixtral-8x7B-Instruct-v0.1,gpt-4-1106-preview\n"Which?\nA. x",False,True\nSeen,True,True\n'

  it('are weak and strong, the contaminated ones left out', () => {
    const seen = contaminatedIn('{"eval_prompt":"Seen","similarity":1}\n\n')
    expect(rowsOf(csv, seen, 'anatomy')).toEqual([
      { domain: 'anatomy', prompt: 'Which?\nA. x', weak: 0, strong: 1 },
    ])
  })

  it('have their answers where they were recorded, under either name of a model', () => {
    const text =
      'prompt,mixtral-8x7b-instruct-v0.1,gpt-4-1106-preview,mixtral-8x7b-instruct-v0.1_response,gpt-4-1106-preview_response\nQ,True,False,yes,no\n'
    expect(rowsOf(text, new Set())).toEqual([
      { prompt: 'Q', weak: 1, strong: 0, weak_response: 'yes', strong_response: 'no' },
    ])
  })

  it('of a changed file are refused', () =>
    expect(() => rowsOf('prompt,other\nQ,True\n', new Set())).toThrow('has the file changed'))

  it('of both benchmarks are laid out a row a line, subjects in their order', async () => {
    const read = fileReader({
      'routellm/evals/mmlu/contaminated_prompts.jsonl': '{"eval_prompt":"Seen"}\n',
      'routellm/evals/mmlu/responses/mmlu_law.csv': csv,
      'routellm/evals/mmlu/responses/mmlu_art.csv': csv.replace('Which', 'Who'),
      'routellm/evals/gsm8k/contaminated_prompts.jsonl': '',
      'routellm/evals/gsm8k/gsm8k_responses.csv':
        'prompt,mixtral-8x7b-instruct-v0.1,gpt-4-1106-preview\n1+1?,True,True\n',
    })
    expect(await makeRouteLlm(read, ['law', 'art'])).toEqual({
      'mmlu.jsonl':
        '{"domain":"law","prompt":"Which?\\nA. x","weak":0,"strong":1}\n{"domain":"art","prompt":"Who?\\nA. x","weak":0,"strong":1}\n',
      'gsm8k.jsonl': '{"prompt":"1+1?","weak":1,"strong":1}\n',
    })
  })
})
