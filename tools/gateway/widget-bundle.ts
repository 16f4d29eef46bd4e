// How the chat widget is built: a classic script that any page can name, and modules that it loads when they are needed.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BuildOptions, type Plugin, transform } from 'esbuild'
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
    context.onLoad({ filter: /marked\.esm\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const tail =
        /var (\w+)=new \w+;function (\w+)\(\w+,\w+\)\{return \1\.parse\(\w+,\w+\)\}\2\.options=/.exec(text)
      const lexer = /\b([\w$]+) as Lexer\b/.exec(text)?.[1]
      return tail === null || lexer === undefined
        ? { errors: [{ text: 'marked is not built as it was: look at tools/gateway/widget-bundle.ts' }] }
        : { contents: `${text.slice(0, tail.index)}export{${lexer} as Lexer}` }
    })
  },
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
