// Markdown into shapes: what people and models write, and what never becomes an element.
import { expect, it } from 'vitest'
import { blocksOf, type Shape } from '../../../../workers/ui/widget/markdown.ts'

/** As it would stand on a page, without attributes that say nothing of the case. */
function drawn(shape: Shape): string {
  if (typeof shape === 'string') return shape.replaceAll('<', '&lt;')
  const { tag, attributes = {}, children } = shape
  const { href, start } = attributes
  const told = [href === undefined ? '' : ` href=${href}`, start === undefined ? '' : ` start=${start}`].join(
    '',
  )
  return `<${tag}${told}>${children.map(drawn).join('')}</${tag}>`
}

const draw = (text: string): string =>
  blocksOf(text, 'Copy')
    .flatMap(({ shapes }) => shapes)
    .map(drawn)
    .join('')

const CASES: readonly (readonly [string, string])[] = [
  ['plain', '<p>plain</p>'],
  ['a\nb', '<p>a<br></br>b</p>'],
  ['**a** *b* ~~c~~ `d`', '<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>'],
  ['# A\n\n#### B', '<h3>A</h3><h5>B</h5>'],
  ['3. a\n4. b', '<ol start=3><li>a</li><li>b</li></ol>'],
  ['- [x] a\n- [ ] b', '<ul><li>☑ a</li><li>☐ b</li></ul>'],
  ['> a', '<blockquote><p>a</p></blockquote>'],
  ['---', '<hr></hr>'],
  [
    '```js\na < b\n```',
    '<div><div><span>js</span><button>Copy</button></div><pre><code>a &lt; b</code></pre></div>',
  ],
  [
    '|a|\n|-|\n|b|',
    '<div><table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table></div>',
  ],
  ['[a](https://b.example)', '<p><a href=https://b.example>a</a></p>'],
  ['https://b.example', '<p><a href=https://b.example>https://b.example</a></p>'],
  ['[a](mailto:b@c.example)', '<p><a href=mailto:b@c.example>a</a></p>'],
  ['[a](javascript:b)', '<p>a</p>'],
  ['[a](/b)', '<p>a</p>'],
  ['![a](https://b.example/c.png)', '<p><a href=https://b.example/c.png>a</a></p>'],
  ['<b>a</b>', '<p>&lt;b>a&lt;/b></p>'],
  ['<script>a</script>', '&lt;script>a&lt;/script>'],
  ['a &amp; &lt;b&gt; &constructor;', '<p>a & &lt;b> &constructor;</p>'],
]

it.each(CASES)('%j', (text, html) => expect(draw(text)).toBe(html))

it('what was made of a block says how much of the text that was, to the letter', () => {
  const text = CASES.map(([source]) => source).join('\n\n')
  expect(
    blocksOf(text, '')
      .map(({ raw }) => raw)
      .join(''),
  ).toBe(text)
})

it('what is too deep to be read is shown as it is', () => {
  for (const text of ['>'.repeat(5_000), '['.repeat(5_000), `${'- '.repeat(2_000)}a`])
    expect(blocksOf(text, '').length).toBeGreaterThan(0)
})

it('a block runs the way its words do as a whole, so nothing inside of it says a way of its own', () => {
  const text = '# ا\n\nب\n\n- ت\n- ث\n\n> ج\n\n|ح|خ|\n|-|-|\n|د|ذ|\n\n```\ncode\n```'
  const shapes = blocksOf(text, 'Copy').flatMap((block) => block.shapes)
  const dirOf = (shape: Shape): string | undefined =>
    typeof shape === 'string' ? undefined : shape.attributes?.['dir']
  const inner = (shape: Shape): readonly Shape[] =>
    typeof shape === 'string' ? [] : shape.children.flatMap((child) => [child, ...inner(child)])
  expect(shapes.map(dirOf)).toEqual(['auto', 'auto', 'auto', 'auto', 'auto', 'ltr'])
  expect(shapes.flatMap(inner).map(dirOf)).not.toContain('auto')
})
