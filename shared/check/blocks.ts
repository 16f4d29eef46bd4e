// The code in an answer, block by block, and in which language it is. Pure.

/** Those that can be run. */
export type Language = 'javascript' | 'python'

export interface Block {
  /** Absent for a language that cannot be run. */
  readonly language?: Language
  readonly code: string
}

const TAGS: Readonly<Record<string, Language>> = {
  js: 'javascript',
  javascript: 'javascript',
  mjs: 'javascript',
  node: 'javascript',
  py: 'python',
  python: 'python',
  python3: 'python',
}

/** What stands between fences; without any, the whole of it where it reads like code. */
export function blocksIn(answer: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { readonly tag: string; readonly lines: string[] } | undefined
  for (const line of answer.split('\n')) {
    const fence = line.trimStart()
    if (!fence.startsWith('```')) open?.lines.push(line)
    else if (open === undefined) open = { tag: fence.slice(3).trim().toLowerCase(), lines: [] }
    else {
      blocks.push(blockOf(open.tag, open.lines.join('\n')))
      open = undefined
    }
  }
  if (open !== undefined) return [] // cut off
  return blocks.length === 0 ? [blockOf('', answer)] : blocks
}

function blockOf(tag: string, code: string): Block {
  const language = tag === '' ? languageOf(code) : TAGS[tag]
  return language === undefined ? { code } : { language, code }
}

function languageOf(code: string): Language | undefined {
  if (/^[ \t]*(?:async )?def \w{1,80}\(/m.test(code)) return 'python'
  if (
    /^[ \t]*(?:export )?(?:default )?(?:async )?function\b|^[ \t]*(?:export )?(?:const|let|var) \w/m.test(
      code,
    )
  )
    return 'javascript'
  return undefined
}
