// What is said and heard: every language says everything, and a screen reader is given whole sentences.
import { expect, it } from 'vitest'
import { sentencesEnd, spoken } from '../../../../workers/ui/widget/announce.ts'
import { LANGUAGES, languageOf, OPEN } from '../../../../workers/ui/widget/language.ts'
import english from '../../../../workers/ui/widget/words/en.ts'
import type { Words } from '../../../../workers/ui/widget/words/words.ts'

const ending = (text: string): boolean => /[.!?。！？؟…]$/.test(text)

it.each(LANGUAGES)('%s says all that English says, sentences as sentences', async (language) => {
  const { default: words } = (await import(`../../../../workers/ui/widget/words/${language}.ts`)) as {
    default: Words
  }
  expect(Object.keys(words).toSorted()).toEqual(Object.keys(english).toSorted())
  for (const [name, text] of Object.entries(words) as [keyof Words, string][])
    expect([name, ending(text)]).toEqual([name, ending(english[name])])
  expect(OPEN[language]).toBe(words.open)
})

it('the first wish that there are words for is spoken', () => {
  expect(languageOf(undefined, 'pt-BR', 'de')).toBe('pt')
  expect(languageOf('zh_Hant_TW')).toBe('zh')
  expect(languageOf('tlh', '', null)).toBe('en')
})

it('a sentence ends where it ends in its language, and not in a number', () => {
  const until = (text: string): string => text.slice(0, sentencesEnd(text, 0))
  expect(until('It costs 3.50 today. And')).toBe('It costs 3.50 today.')
  expect(until('It costs 3.')).toBe('')
  expect(until('そうです。次')).toBe('そうです。')
  expect(until('هل هذا؟ نعم')).toBe('هل هذا؟')
  expect(until('- one\n- tw')).toBe('- one\n')
})

it('the marks of Markdown are not read out', () => {
  expect(spoken('## A **bold** `word`\n- and [a link](https://x.example)')).toBe('A bold word\nand a link')
})
