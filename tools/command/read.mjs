// Reads what somebody typed after `minnow`: a tool to run, something to say, or a refusal that says what to type. Pure.
import { COMMANDS } from './commands.mjs'
import { commandHelp, generalHelp } from './help.mjs'

/** @returns {import('./read.mjs').Asked} */
export function readCommand(words, version) {
  const [first, ...rest] = words
  if (first === undefined || first === '--help' || first === '-h')
    return { kind: 'say', text: generalHelp(version) }
  if (first === '--version' || first === '-v') return { kind: 'say', text: `${version}\n` }
  if (first === 'help') return readHelp(rest, version)
  const command = COMMANDS.find(({ name }) => name === first)
  if (command === undefined) return refuse(unknown(first))
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'say', text: commandHelp(command) }
  return readOptions(command, rest)
}

function readHelp([name], version) {
  if (name === undefined) return { kind: 'say', text: generalHelp(version) }
  const command = COMMANDS.find((one) => one.name === name)
  return command === undefined ? refuse(unknown(name)) : { kind: 'say', text: commandHelp(command) }
}

function readOptions(command, words) {
  const environment = {}
  const passed = []
  for (let at = 0; at < words.length; at += 1) {
    const [, name, inline] = /^--([a-z-]+)(?:=(.*))?$/.exec(words[at]) ?? []
    const option = command.options.find((one) => one.name === name)
    if (option === undefined) return refuse(unknownOption(command, words[at]))
    if (option.isPassed === true) {
      if (inline !== undefined) return refuse(`--${name} takes no value.\n`)
      passed.push(`--${name}`)
      continue
    }
    const value = inline ?? words[(at += 1)]
    if (value === undefined || value === '' || (inline === undefined && value.startsWith('--')))
      return refuse(`--${name} needs a value: --${name} <${option.value}>, ${option.says}.\n`)
    if (option.form !== undefined && !option.form.test(value))
      return refuse(`--${name} is "${value}"; ${option.wanted} is expected.\n`)
    environment[option.variable] = value
  }
  const { tool, script } = command
  return { kind: 'run', tool, arguments: [...(script === undefined ? [] : [script]), ...passed], environment }
}

const refuse = (text) => ({ kind: 'refuse', text })

function unknown(word) {
  const near = nearest(
    word,
    COMMANDS.map(({ name }) => name),
  )
  const guess = near === undefined ? '' : ` Did you mean "minnow ${near}"?`
  return `There is no command "${word}".${guess} "minnow --help" lists them: ${COMMANDS.map(({ name }) => name).join(', ')}.\n`
}

function unknownOption({ name, options }, word) {
  const near = nearest(
    word.replace(/=.*$/, ''),
    options.map((option) => `--${option.name}`),
  )
  const guess = near === undefined ? '' : ` Did you mean ${near}?`
  return `"minnow ${name}" does not know "${word}".${guess} It takes: ${options.map((option) => `--${option.name}`).join(', ')}; "minnow ${name} --help" explains them.\n`
}

/** The one word that is at most two keystrokes away. */
function nearest(word, words) {
  const [best] = words
    .map((one) => ({ one, far: distance(word, one) }))
    .filter(({ far }) => far <= 2)
    .sort((a, b) => a.far - b.far)
  return best?.one
}

/** Insertions, deletions and replacements that lead from one word to another. */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[line - 1] === to[column - 1] ? 0 : 1
      next.push(Math.min(row[column] + 1, next[column - 1] + 1, row[column - 1] + same))
    }
    row = next
  }
  return row[to.length]
}
