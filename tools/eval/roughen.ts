// Spoils the wording of a request as hasty people do: a lost word, slips of the finger, another case. Pure.
// The model was trained on the authors' phrasings as they stand; spoiled ones show where it goes wrong.
import { pick, type Dice } from './values.ts'

const LETTER = /[a-z]/u

function slip(word: string, dice: Dice): string {
  if (word.length < 4 || !/^[a-z]+$/iu.test(word)) return word
  const at = 1 + Math.floor(dice() * (word.length - 2))
  return pick(dice, [
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + (word[at + 1] ?? '') + (word[at] ?? '') + word.slice(at + 2),
    word.slice(0, at) + (word[at] ?? '') + word.slice(at),
    word.slice(0, at) + String.fromCharCode(97 + Math.floor(dice() * 26)) + word.slice(at + 1),
  ])
}

/** Leaves anything with a digit alone, since answers are copied from there. */
export function roughen(text: string, dice: Dice): string {
  let words = text.split(' ')
  const lost = Math.floor(dice() * words.length)
  const word = words[lost] ?? ''
  if (words.length > 3 && LETTER.test(word) && !/\d/u.test(word)) words.splice(lost, 1)
  words = words.map((word) => (dice() < 0.1 ? slip(word, dice) : word))
  const result = words.join(' ')
  return dice() < 0.3 ? result.toLowerCase() : result
}
