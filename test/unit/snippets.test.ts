import { describe, expect, it } from 'vitest'
import { anchorsIn, commandsIn, linksIn, snippetsIn } from '../lab/snippets.ts'

const page = `# A page
Text.
\`\`\`sh store=second
one --flag \\
  'goes on'   # said aside
# a comment

two
\`\`\`
<!-- not run: it needs an account -->
\`\`\`jsonc in=models.big
{}
\`\`\`
\`\`\`
output
\`\`\`
- in a list
  \`\`\`ts
  code
  \`\`\`
`

describe('snippets', () => {
  const [shell, part, code, ...none] = snippetsIn('page.md', page)

  it('are found with language, place, options and excuse; plain fences are output', () => {
    expect(shell).toMatchObject({ page: 'page.md', line: 3, language: 'sh', options: { store: 'second' } })
    expect(shell).not.toHaveProperty('excuse')
    expect(part).toMatchObject({ line: 11, options: { in: 'models.big' }, excuse: 'it needs an account' })
    expect(code).toMatchObject({ language: 'ts', text: 'code\n' })
    expect(none).toEqual([])
  })

  it('a shell has one command for lines that go on, and none for comments', () => {
    expect(commandsIn({ line: 3, text: shell?.text ?? '' })).toEqual([
      { line: 4, text: "one --flag \\\n  'goes on'   # said aside" },
      { line: 8, text: 'two' },
    ])
    expect(commandsIn({ line: 1, text: "curl -d '{\n}'\nnext\n" }).map(({ line }) => line)).toEqual([2, 4])
  })

  it('a fence or a command without an end is a mistake', () => {
    expect(() => snippetsIn('page.md', '```sh\none')).toThrow('page.md:1')
    expect(() => commandsIn({ line: 1, text: 'one \\' })).toThrow('line 2')
  })
})

it('links within the project are found, and what headings are called', () => {
  expect(linksIn('[a](b.md#c) [web](https://x.y) ![p](p.svg)')).toEqual([
    { line: 1, to: 'b.md#c' },
    { line: 1, to: 'p.svg' },
  ])
  expect(anchorsIn('## When a provider fails\n### `x`, y?')).toEqual(
    new Set(['when-a-provider-fails', 'x-y']),
  )
})
