// Random dates, phone numbers, amounts and other things that stand in sentences, to fill the authors' phrasings. Pure.

export type Dice = () => number

export const pick = <T>(dice: Dice, items: readonly [T, ...T[]]): T =>
  items[Math.floor(dice() * items.length)] ?? items[0]

const between = (dice: Dice, low: number, high: number) => low + Math.floor(dice() * (high - low + 1))
const digits = (dice: Dice, count: number) =>
  Array.from({ length: count }, () => between(dice, 0, 9)).join('')
const two = (value: number) => String(value).padStart(2, '0')

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

function date(dice: Dice): string {
  const [day, month, year] = [between(dice, 1, 28), between(dice, 1, 12), between(dice, 2019, 2032)]
  const name = pick(dice, [...MONTHS])
  const ordinal = `${day}${day > 10 && day < 20 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')}`
  return pick(dice, [
    `${name} ${day}, ${year}`,
    `${day} ${name} ${year}`,
    `${year}-${two(month)}-${two(day)}`,
    `${two(month)}/${two(day)}/${year}`,
    `${day}.${month}.${year}`,
    `${name} ${ordinal}`,
    `${ordinal} of ${name}`,
    `${name.slice(0, 3)} ${day}`,
  ])
}

function phone(dice: Dice): string {
  return pick(dice, [
    `+1 ${digits(dice, 3)} ${digits(dice, 3)} ${digits(dice, 4)}`,
    `(${digits(dice, 3)}) ${digits(dice, 3)}-${digits(dice, 4)}`,
    `${digits(dice, 3)}-${digits(dice, 4)}`,
    `+44 20 ${digits(dice, 4)} ${digits(dice, 4)}`,
    `0${digits(dice, 3)} ${digits(dice, 6)}`,
    `+49 ${digits(dice, 3)} ${digits(dice, 7)}`,
  ])
}

function amount(dice: Dice): string {
  const whole = between(dice, 1, 999)
  return pick(dice, [
    `$${whole}`,
    `$${whole}.${digits(dice, 2)}`,
    `EUR ${between(dice, 1, 9)},${digits(dice, 3)}`,
    `${whole} euros`,
    `${whole} dollars`,
    `£${whole}.${digits(dice, 2)}`,
    `${whole}.${digits(dice, 2)} USD`,
  ])
}

const syllables = (dice: Dice) =>
  Array.from({ length: between(dice, 1, 3) }, () =>
    pick(dice, ['ka', 'lor', 'min', 'ste', 'bru', 'fen', 'oli', 'wex', 'tan', 'ri', 'gos', 'pel']),
  ).join('')

function email(dice: Dice): string {
  const local = pick(dice, [
    `${syllables(dice)}.${syllables(dice)}`,
    syllables(dice),
    `${syllables(dice)}${digits(dice, 2)}`,
    `${syllables(dice)}_${syllables(dice)}`,
    `${syllables(dice)}+${syllables(dice)}`,
  ])
  const host = pick(dice, [
    syllables(dice),
    `${syllables(dice)}-${syllables(dice)}`,
    `mail.${syllables(dice)}`,
  ])
  return `${local}@${host}.${pick(dice, ['com', 'org', 'de', 'co.uk', 'io', 'fr'])}`
}

const MAKERS: Readonly<Record<string, (dice: Dice) => string>> = {
  date,
  phone,
  amount,
  email,
  number: (dice) => String(between(dice, 2, 9999)),
  name: (dice) =>
    pick(dice, ['Miller', 'Okafor', 'Anna', 'Tanaka', 'Rossi', 'Lindqvist', 'Ben Carter', 'Priya']),
  city: (dice) => pick(dice, ['Leeds', 'Lyon', 'Osaka', 'Denver', 'Porto', 'Tallinn', 'Nairobi', 'Ghent']),
  time: (dice) =>
    pick(dice, [
      `${between(dice, 1, 12)} pm`,
      `${two(between(dice, 0, 23))}:${two(between(dice, 0, 59))}`,
      'noon',
    ]),
}

/** Fills the placeholders of a sentence; gives it with the value that stands for `wanted`. */
export function fill(
  text: string,
  wanted: string,
  dice: Dice,
): { readonly text: string; readonly value: string } {
  let value = ''
  const filled = text.replaceAll(/\{(\w+)\}/gu, (whole, kind: string) => {
    const made = MAKERS[kind]?.(dice) ?? whole
    if (kind === wanted) value = made
    return made
  })
  return { text: filled, value }
}

/** Two whole numbers from 0 to 999, the larger first. */
export function operands(dice: Dice): readonly [number, number] {
  const make = () => between(dice, 0, pick(dice, [9, 99, 999]))
  const [a, b] = [make(), make()]
  return a >= b ? [a, b] : [b, a]
}
