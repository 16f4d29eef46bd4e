// The help of `minnow`, in plain text that fits a terminal of 80 columns. Pure.
import { COMMANDS } from './commands.mjs'

const WIDTH = 80

export function generalHelp(version) {
  const lines = [
    `minnow ${version}: an LLM gateway at the edge`,
    '',
    'Usage: minnow <command> [options]     (npx minnow ... inside this folder)',
    '',
    'Commands',
    ...table(COMMANDS.map(({ name, says }) => [name, says])),
    '',
    'Options',
    ...table([
      ['--help, -h', 'this, or what a command takes: minnow start --help'],
      ['--version, -v', 'the version'],
    ]),
    '',
    'First steps',
    '  minnow start                  then paste the curl line that it prints',
    '  http://127.0.0.1:8787/start   a page to try it by hand',
    '  http://127.0.0.1:8787/        the dashboard: spend, quality, health',
    '  http://127.0.0.1:8787/docs    every call, to read and to try',
    '  http://127.0.0.1:8787/widget  a chat for a web site, in one line',
    '  minnow.jsonc                  where a large model goes; see docs/README.md',
  ]
  return `${lines.join('\n')}\n`
}

export function commandHelp({ name, says, more, options, examples }) {
  const lines = [
    `minnow ${name}: ${says}`,
    '',
    ...wrap(more, 0),
    '',
    'Options',
    ...table(
      options.map((option) => [
        option.value === undefined ? `--${option.name}` : `--${option.name} <${option.value}>`,
        option.variable === undefined ? option.says : `${option.says}; also the variable ${option.variable}`,
      ]),
    ),
    '',
    'Examples',
    ...examples.map((example) => `  ${example}`),
  ]
  return `${lines.join('\n')}\n`
}

/** Two columns, the second wrapped. */
function table(rows) {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4
  return rows.flatMap(([left, right]) => {
    const [first, ...rest] = wrap(right, width)
    return [`  ${left.padEnd(width - 2)}${first.trimStart()}`, ...rest]
  })
}

function wrap(text, indent) {
  const lines = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => `${' '.repeat(indent)}${one}`)
}
