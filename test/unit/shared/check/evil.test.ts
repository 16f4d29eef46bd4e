// Texts that are made to take long: a check of 64,000 characters takes no longer than one of any other text.
import { describe, expect, it } from 'vitest'
import { agrees, doubtIn, type Heard, isComparable } from '../../../../shared/check/verdict.ts'
import { requestFor } from '../../samples.ts'
import { processorMs } from '../../../lab/slowdown.ts'

const LENGTH = 64_000
const fill = (bit: string): string => bit.repeat(Math.ceil(LENGTH / bit.length)).slice(0, LENGTH)

const EVIL: readonly [string, string][] = [
  ['blank lines', fill('\n')],
  ['lines of blanks', fill(' \n')],
  ['blanks', fill(' ')],
  ['one word', fill('a')],
  ['open calls', fill('f(')],
  ['calls in calls', `${fill('f(').slice(0, LENGTH / 2)}${fill(')').slice(0, LENGTH / 2)}`],
  ['calls beside calls', fill('f(1) ')],
  ['options', fill('A. a ')],
  ['options on lines', fill('\nA. a')],
  ['options in brackets', fill(' (A) ')],
  ['answers', fill('answer is ')],
  ['the word is', fill('is ')],
  ['stars', fill('**')],
  ['digits', fill('1')],
  ['digits and commas', fill('1,111')],
  ['digits and slashes', fill('1 / ')],
  ['fences', fill('```\n')],
  ['an open fence', `\`\`\`\n${fill('\n')}`],
  ['asserts', fill('assert ')],
  ['asserts on lines', fill('assert f(1) == 1\n')],
  ['prompts on lines', fill('>>> f(1)\n')],
  ['semicolons', fill('; ')],
  ['writes', fill('write ')],
  ['quotes', fill('"\'(')],
  ['backslashes', fill('\\boxed{')],
]

const heard = (text: string): Heard => ({ text, refusal: '', calls: [], finish: 'stop' })

describe.each(EVIL)('%s', (_, text) => {
  it.each([
    ['as an answer to a choice', requestFor('Which?\nA. a\nB. b\nAnswer:'), text],
    ['as an answer to a sum', requestFor('What is 1 + 1?'), text],
    ['as an answer to a task', requestFor('Write a function f.\nassert f(1) == 2'), text],
    ['as an answer in JSON', requestFor('Go.', { format: { type: 'json' } }), text],
    ['as a question', requestFor(text), 'It is A, or 1.'],
    ['as a task', requestFor(`Write a function f.\n${text}`), text],
  ])('%s takes no time', (__, request, answer) => {
    const startedAt = processorMs()
    doubtIn(request, heard(answer))
    isComparable(request, heard(answer))
    agrees(request, answer, answer)
    expect(processorMs() - startedAt).toBeLessThan(1_000)
  })
})
