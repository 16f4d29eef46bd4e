// A tiny calculator for expressions that models write: whole-number arithmetic in one variable. Nothing else runs. Pure.

/** Longer or deeper ones are none that anybody was asked for. */
const MOST_CHARS = 200
const MOST_DEPTH = 20

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?)|(\*\*|\/\/|[=!]==?|[<>]=|[-+*/%(),<>?:]))/y

type Token = { readonly number: number } | { readonly name: string } | { readonly sign: string }

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const found = TOKEN.exec(text)
    if (found === null) return undefined
    const [, number, name, sign] = found
    if (number !== undefined) tokens.push({ number: Number(number) })
    else if (name !== undefined) tokens.push({ name })
    else if (sign !== undefined) tokens.push({ sign })
  }
  return tokens
}

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  'Math.floor': Math.floor,
  'Math.abs': Math.abs,
  'Math.max': Math.max,
  'Math.min': Math.min,
  'Math.pow': (base = Number.NaN, power = Number.NaN) => base ** power,
  floor: Math.floor,
  abs: Math.abs,
  max: Math.max,
  min: Math.min,
}

const BINARY: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  {
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '===': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
    '!==': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b, '//': (a, b) => Math.floor(a / b), '%': (a, b) => a % b },
]

/** Its value with the variable so; undefined where it is no such expression. */
export function evaluate(text: string, variable: string, value: number): number | undefined {
  const tokens = text.length > MOST_CHARS ? undefined : tokensOf(text)
  if (tokens === undefined || tokens.length === 0) return undefined
  let at = 0
  let isWrong = false
  const wrong = (): number => {
    isWrong = true
    return Number.NaN
  }
  const signAt = (): string | undefined => {
    const token = tokens[at]
    return token !== undefined && 'sign' in token ? token.sign : undefined
  }
  const take = (sign: string): boolean => {
    if (signAt() !== sign) return false
    at += 1
    return true
  }

  const ternary = (depth: number): number => {
    if (depth > MOST_DEPTH || isWrong) return wrong()
    const test = binary(0, depth)
    if (!take('?')) return test
    const yes = ternary(depth + 1)
    if (!take(':')) return wrong()
    const no = ternary(depth + 1)
    return test === 0 ? no : yes
  }
  const binary = (level: number, depth: number): number => {
    const row = BINARY[level]
    if (row === undefined) return unary(depth)
    let left = binary(level + 1, depth)
    for (;;) {
      const sign = signAt()
      const operate = sign !== undefined && Object.hasOwn(row, sign) ? row[sign] : undefined
      if (operate === undefined) return left
      at += 1
      left = operate(left, binary(level + 1, depth))
    }
  }
  const unary = (depth: number): number => {
    if (depth > MOST_DEPTH || isWrong) return wrong()
    if (take('-')) return -unary(depth + 1)
    if (take('+')) return unary(depth + 1)
    const base = atom(depth)
    return take('**') ? base ** unary(depth + 1) : base
  }
  const atom = (depth: number): number => {
    const token = tokens[at]
    at += 1
    if (token === undefined) return wrong()
    if ('number' in token) return token.number
    if ('sign' in token) {
      if (token.sign !== '(') return wrong()
      const inner = ternary(depth + 1)
      return take(')') ? inner : wrong()
    }
    if (token.name === variable) return value
    const call = Object.hasOwn(FUNCTIONS, token.name) ? FUNCTIONS[token.name] : undefined
    if (call === undefined || !take('(')) return wrong()
    const values = [ternary(depth + 1)]
    while (take(',')) values.push(ternary(depth + 1))
    return take(')') ? call(...values) : wrong()
  }

  const result = ternary(0)
  return isWrong || at < tokens.length || !Number.isFinite(result) ? undefined : result
}
