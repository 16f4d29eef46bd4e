// How the chat widget is built: a classic script that any page can name, and modules that it loads when they are needed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build, type BuildOptions, type Plugin, transform } from 'esbuild'
import { asUsed } from './lexer-rules.ts'
import { LANGUAGES } from '../../workers/ui/widget/language.ts'

/** The folder under workers/ui that is built in this way. */
export const WIDGET = 'widget'

const common = (folder: string): BuildOptions => ({
  outdir: folder,
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  minify: true,
  plugins: [lexerOnly, tightStyles],
})

/** `/widget.js`, `/widget-chat.js`, one `/widget-words-<language>.js` a language, and the script of the page `/widget`. */
export function widgetOptions(root: string, folder: string): readonly BuildOptions[] {
  const home = join(root, 'workers/ui', WIDGET)
  const words = LANGUAGES.map((language) => ({
    in: join(home, `words/${language}.ts`),
    out: `widget-words-${language}`,
  }))
  return [
    // It must not leave names behind in the page, so it is wrapped.
    { ...common(folder), format: 'iife', entryPoints: [{ in: join(home, 'widget.ts'), out: 'widget' }] },
    {
      ...common(folder),
      format: 'esm',
      entryPoints: [
        { in: join(home, 'chat.ts'), out: 'widget-chat' },
        { in: join(home, 'page/page.ts'), out: 'widget-page' },
        ...words,
      ],
    },
  ]
}

/**
 * Of marked only the lexer is wanted, since shapes are made of its tokens. Its package is one file whose last part (a ready
 * made parser and functions around it) keeps the rest alive; that part is left out, and the bundler drops what nothing needs.
 */
const lexerOnly: Plugin = {
  name: 'the lexer of marked',
  setup(context) {
    context.onResolve({ filter: /^marked$/ }, ({ path, resolveDir }) => ({
      path: createRequire(join(resolveDir, 'x'))
        .resolve(path)
        .replace(/marked\.umd\.js$/, 'marked.esm.js'),
    }))
    context.onLoad({ filter: /marked\.esm\.js$/ }, async ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const tail =
        /var (\w+)=new \w+;function (\w+)\(\w+,\w+\)\{return \1\.parse\(\w+,\w+\)\}\2\.options=/.exec(text)
      const lexer = /\b([\w$]+) as Lexer\b/.exec(text)?.[1]
      const kept = tail === null ? undefined : asSet(text.slice(0, tail.index))
      const used =
        kept === undefined || lexer === undefined
          ? undefined
          : asUsed(await alone(`${kept}export{${lexer} as Lexer}`))
      return used === undefined
        ? { errors: [{ text: 'marked is not built as it was: look at tools/gateway/widget-bundle.ts' }] }
        : { contents: used }
    })
  },
}

/** What of a module is left where nothing that it does not export is wanted. */
async function alone(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    minify: true,
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** What `new Lexer({ gfm: true, breaks: true })` has for options; markdown.ts says so. */
const OPTIONS: Readonly<Record<string, string>> = {
  pedantic: '!1',
  gfm: '!0',
  breaks: '!0',
  extensions: '(void 0)',
  hooks: '(void 0)',
}

/** The same lexer for the options that it is always given: nothing is kept for others. Undefined where it is another. */
function asSet(text: string): string | undefined {
  const [whole = '', block, inline] =
    /=\{normal:\w+,gfm:\w+,pedantic:(\w+)\},\w+=\{normal:\w+,gfm:\w+,breaks:\w+,pedantic:(\w+)\}/.exec(
      text,
    ) ?? []
  if (block === undefined || inline === undefined) return undefined
  const without = [block, inline].reduce<string | undefined>((rest, name) => rest && cut(rest, name), text)
  return without
    ?.replace(whole, whole.replaceAll(/,pedantic:\w+/g, ''))
    .replaceAll(/\bthis\.options\.(\w+)\b(?!=)/g, (same, name: string) => OPTIONS[name] ?? same)
}

/** Without a set of rules, which is an object that ends with its last rule, and without the rules that only it has. */
function cut(text: string, name: string): string | undefined {
  const start = text.indexOf(`,${name}={`)
  const end = text.indexOf('.getRegex()},', start)
  if (start < 0 || end < 0) return undefined
  const rest = text.slice(0, start) + text.slice(end + '.getRegex()}'.length)
  const rules = [...text.slice(start, end).matchAll(/(?<=:)\w+(?=,)/g)].map(([rule]) => rule)
  return rules.reduce((now, rule) => {
    const made = new RegExp(`,${rule}=g\\(\\w+,"g?u"\\)(?:\\.replace\\(/\\w+/g,\\w+\\))+\\.getRegex\\(\\)`)
    return now.match(new RegExp(`\\b${rule}\\b`, 'g'))?.length === 1 ? now.replace(made, '') : now
  }, rest)
}

/** Styles stand in the code as text, and go out without the room between them. */
const tightStyles: Plugin = {
  name: 'tight styles',
  setup(context) {
    context.onLoad({ filter: /[/-]style\.ts$/ }, async ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const [whole = '', css = ''] = /`\n([^`]*)`/.exec(text) ?? []
      const { code } = await transform(css, { loader: 'css', minify: true, target: 'es2022' })
      return { contents: text.replace(whole, JSON.stringify(code.trim())), loader: 'ts' }
    })
  },
}
