// Three hundred tasks a seed: always the same, always others, and no checker that a lazy answer passes.
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../../../workers/rebench/tasks/task.ts'
import { makeTasks, taskAt } from '../../../../../workers/rebench/tasks/tasks.ts'

const tasks = ['a', 'b', 'c', 'd', 'e'].flatMap((seed) => makeTasks(seed, 300))

describe('tasks', () => {
  it('are the same for the same seed, and each can be made alone', () => {
    const shown = (seed: string): string[] => makeTasks(seed, 300).map(({ prompt }) => prompt)
    expect(shown('x')).toEqual(shown('x'))
    expect(taskAt('x', 217).prompt).toBe(shown('x')[217])
  })

  it('are others for another seed, and hardly ever twice in one run', () => {
    const first = new Set(makeTasks('x', 300).map(({ prompt }) => prompt))
    const again = makeTasks('y', 300).filter(({ prompt }) => first.has(prompt))
    expect(first.size).toBeGreaterThan(295)
    expect(again.length).toBeLessThan(6)
  })

  it('have every kind equally often', () => {
    for (const kind of KINDS)
      expect(makeTasks('x', 300).filter((task) => task.kind === kind)).toHaveLength(30)
  })

  it('fit into the window of a small model, with room for the answer', () => {
    expect(Math.max(...tasks.map(({ prompt }) => prompt.length))).toBeLessThan(900)
  })
})

describe('every checker', () => {
  const failing = (write: (task: (typeof tasks)[number]) => string, passes: boolean): string[] =>
    tasks
      .filter((task) => task.isRight(write(task)) !== passes)
      .map(({ prompt, kind }) => `${kind}: ${prompt}`)

  it('accepts the right answer', () => expect(failing(({ example }) => example, true)).toEqual([]))

  const dressed: readonly [string, (example: string) => string][] = [
    [
      'in bold',
      (example) => (example.includes('\n') || example.startsWith('{') ? example : `**${example}**`),
    ],
    ['in a fence', (example) => (example.includes('\n') ? example : `\`\`\`\n${example}\n\`\`\``)],
    ['with blanks around it', (example) => `\n  ${example}  \n`],
  ]
  it.each(dressed)('accepts the right answer %s', (_, dress) =>
    expect(failing(({ example }) => dress(example), true)).toEqual([]),
  )

  const lazy = [
    '',
    ' ',
    '\n',
    'I am not sure.',
    'unknown',
    'Unknown.',
    "I'm sorry, I can't help with that.",
    'Yes.',
    'No',
    '0',
    '42',
    'Answer:',
    'A',
    'This is big-1 speaking.',
    'Sure! Here is the answer to your question:',
    '{}',
    '[]',
    '1. unknown\n2. unknown',
    "1. I can't help with that.\n2. I can't help with that.",
    'n',
    'billing, shipping, technical, account',
    'A, B, C or D',
  ]
  it.each(lazy)('refuses the answer %j nearly always', (answer) => {
    const passed = tasks.filter((task) => task.isRight(answer))
    // A letter is right in a quarter of the questions with four of them; nothing else ever is, but by accident.
    const most = answer === 'A' ? tasks.length / 10 / 3 : tasks.length / 200
    expect(passed.length).toBeLessThanOrEqual(most)
  })

  it('refuses the question said back', () => expect(failing(({ prompt }) => prompt, false)).toEqual([]))

  it('refuses the right answer to another task', () => {
    const wrong = makeTasks('other', 300)
    const passed = makeTasks('x', 300).filter((task, at) => task.isRight(wrong[at]?.example ?? ''))
    // Three of four departments and letters differ; the rest must.
    expect(
      passed.every(({ kind }) => kind === 'classification' || kind === 'choice' || kind === 'extraction'),
    ).toBe(true)
    expect(passed.length).toBeLessThan(30)
  })
})
