// Which language the widget speaks, and in which direction that is written. Pure.

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ar', 'ja', 'zh'] as const

export type Language = (typeof LANGUAGES)[number]

/** The first of the wishes that there are words for; English where there is none. */
export function languageOf(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const short = wish?.toLowerCase().split(/[-_]/)[0]
    const found = LANGUAGES.find((language) => language === short)
    if (found !== undefined) return found
  }
  return 'en'
}

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/** What the launcher says before anything else is loaded. */
export const OPEN: Readonly<Record<Language, string>> = {
  en: 'Open chat',
  de: 'Chat öffnen',
  fr: 'Ouvrir le chat',
  es: 'Abrir el chat',
  pt: 'Abrir o chat',
  ar: 'افتح المحادثة',
  ja: 'チャットを開く',
  zh: '打开聊天',
}
